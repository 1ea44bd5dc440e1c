import './RowsBar.css';
import type { Upload } from '../api/types';
import { shares } from '../logic/progress';

/** The rows of an upload as a picture: valid, with errors, still to come. The numbers stand beside it as text. */
export function RowsBar({ counts, busy = false }: { readonly counts: Upload['counts']; readonly busy?: boolean }) {
  const { valid, errors } = shares(counts);
  // Even one row among thousands is to be seen.
  const seen = (share: number) => (share > 0 ? Math.max(share, 0.01) : 0);
  return (
    <div class={`rows-bar${busy ? ' rows-bar-busy' : ''}`} aria-hidden="true">
      {valid > 0 && <Part kind="valid" share={seen(valid)} />}
      {errors > 0 && <Part kind="errors" share={seen(errors)} />}
      {valid + errors < 1 && <Part kind="open" share={1 - valid - errors} />}
    </div>
  );
}

function Part({ kind, share }: { readonly kind: string; readonly share: number }) {
  return <i class={`rows-bar-${kind}`} style={{ flexGrow: share }} />;
}
