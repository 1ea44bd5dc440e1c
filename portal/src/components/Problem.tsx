import type { ApiError } from '../api/problems';
import { Button } from './Button';
import { Notice } from './Notice';

/** What went wrong and what to do; with `retry` the reader can try again. */
export function Problem({ error, retry }: { readonly error: ApiError; readonly retry?: () => void }) {
  return (
    <Notice tone={error.isPassing ? 'warn' : 'bad'} title={error.title}>
      <p class="theirs">{error.detail}</p>
      {retry && (
        <p>
          <Button small icon="retry" onClick={retry}>
            Try again
          </Button>
        </p>
      )}
    </Notice>
  );
}
