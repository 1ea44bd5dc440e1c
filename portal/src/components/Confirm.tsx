import './Confirm.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useAction } from '../logic/action';
import { Button } from './Button';
import { Problem } from './Problem';

interface Props {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button says that does it: a verb, and not "OK". */
  readonly verb: string;
  /** Does it. The dialog stays open, with the problem in it, when that comes to nothing. */
  readonly act: () => Promise<void>;
  /** Closes the dialog: nothing was done, or all of it. */
  readonly close: () => void;
}

/** Asks before something is done. Escape and the first button leave everything as it is. */
export function Confirm({ title, children, verb, act, close }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const doing = useAction(async () => {
    await act();
    // Closing it first gives the focus back to where it was before.
    dialog.current?.close();
  });
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby={id} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!doing.isBusy) doing.run();
        }}
      >
        <h2 id={id} class="theirs">
          {title}
        </h2>
        {children}
        {doing.error && <Problem error={doing.error} />}
        <div class="row">
          <Button onClick={() => dialog.current?.close()}>Cancel</Button>
          <button type="submit" class="button button-primary" aria-disabled={doing.isBusy}>
            {verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
