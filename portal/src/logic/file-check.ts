/** What can be said about a file before it is sent, in the words that the service itself would refuse it with. */
import type { Columns } from '../api/types';

type Refusals = Pick<Columns, 'refusals' | 'max_bytes'>;

/** Returns why the service would refuse the file whatever else is in it, or null. `head` is its beginning. */
export function refusalOf(head: Uint8Array, bytes: number, { refusals, max_bytes }: Refusals): string | null {
  if (bytes === 0) return refusals.empty;
  if (bytes > max_bytes) {
    const megabytes = Math.ceil((bytes * 10) / 1024 / 1024) / 10;
    return refusals.too_large.replace('{megabytes}', megabytes.toFixed(1));
  }
  const hex = Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return refusals.beginnings.find((beginning) => hex.startsWith(beginning.bytes))?.message ?? null;
}

/** As many bytes as the longest beginning has, and some to spare. */
export const HEAD_BYTES = 64;
