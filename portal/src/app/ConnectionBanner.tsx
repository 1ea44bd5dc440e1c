import { connection } from '../api/client';
import { Notice } from '../components/Notice';
import { useStore } from '../logic/store';

/** Tells that requests are being tried again, and goes away when they get through. */
export function ConnectionBanner() {
  const state = useStore(connection);
  return (
    <div class="banner" aria-live="polite">
      {state === 'waking-up' && (
        <Notice tone="info" title="The service is waking up" announce={false}>
          It sleeps when nobody uses it. This takes up to half a minute; the page goes on by itself.
        </Notice>
      )}
      {state === 'away' && (
        <Notice tone="warn" title="No connection" announce={false}>
          Trying again. Nothing is lost: files that have arrived are processed in any case.
        </Notice>
      )}
    </div>
  );
}
