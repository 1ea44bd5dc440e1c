import './session-ended.css';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../components/Button';
import { signInAgain } from '../session/session';

/** Lies over the page when the session has ended in the middle of work; the page below stays as it is. */
export function SessionEnded() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="session-ended"
      aria-labelledby="session-ended"
      onCancel={(event) => event.preventDefault()}
    >
      <h2 id="session-ended">Please sign in again</h2>
      <p>
        Your session has ended. Nothing on this page is lost: sign in in the window that opens, and the page goes on
        where it was.
      </p>
      <Button kind="primary" onClick={signInAgain}>
        Sign in again
      </Button>
    </dialog>
  );
}
