import { dateTime, exactDateTime } from '../logic/format';

/** A moment in the reader's time zone; to the second when one points at it. */
export function Moment({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={exactDateTime(at)}>
      {dateTime(at)}
    </time>
  );
}
