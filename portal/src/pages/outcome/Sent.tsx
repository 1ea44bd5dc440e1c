import type { Cause } from '../../api/types';

/** The cell as it stood in the file: blank ones are told apart from rows that are wrong as a whole. */
export function Sent({ error: { sent, column } }: { readonly error: Pick<Cause, 'sent' | 'column'> }) {
  if (column === null) return <span class="soft">–</span>;
  if (!sent?.trim()) return <em class="soft">blank</em>;
  return <code class="sent theirs">{sent}</code>;
}
