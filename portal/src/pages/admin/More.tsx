import { Button } from '../../components/Button';
import { count } from '../../logic/format';
import type { Pages } from '../../logic/pages';

interface Props<T> {
  readonly pages: Pages<T>;
  /** What an entry is called. */
  readonly what: string;
  readonly label?: string;
}

/** Says how much of a list is shown, and fetches more of it. */
export function More<T>({ pages, what, label = 'Show more' }: Props<T>) {
  return (
    <p class="row" role="status">
      <span class="soft">
        {count(pages.entries?.length ?? 0, what)} shown{pages.hasMore ? '' : ', the last one included'}
      </span>
      {pages.hasMore && (
        <Button small busy={pages.isLoading} onClick={pages.more}>
          {label}
        </Button>
      )}
    </p>
  );
}
