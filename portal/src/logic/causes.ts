/** Causes of errors as the reader works through them. */
import type { Cause, Columns } from '../api/types';
import { labelOf } from './columns';

/** Names one cause in an address: code and column. */
export function keyOf({ code, column }: Pick<Cause, 'code' | 'column'>): string {
  return column === null ? code : `${code}.${column}`;
}

/** Returns what a key of an address names; null for none. */
export function parseKey(key: string | null): Pick<Cause, 'code' | 'column'> | null {
  if (!key) return null;
  const [code = '', column = null] = key.split('.', 2);
  return { code, column };
}

/** MISSING_REQUIRED_FIELD of the price is "Price: missing required field", MALFORMED_ROW "Malformed row". */
export function titleOf({ code, column }: Pick<Cause, 'code' | 'column'>, columns: Columns | null): string {
  const words = code.toLowerCase().replaceAll('_', ' ').replace(/\bsku\b/, 'SKU').replace(/\bid\b/, 'ID');
  const label = labelOf(column, columns);
  if (column !== null && !words.toLowerCase().includes(label.toLowerCase())) return `${label}: ${words}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The first causes that together are in at least this share of all rows with errors; at least one, at most `most`. */
export function worthShowingFirst(causes: readonly Cause[], errorRows: number, most = 5): readonly Cause[] {
  let covered = 0;
  let count = 0;
  while (count < Math.min(causes.length, most) && covered < errorRows * 0.95) {
    covered += causes[count]?.rows ?? 0;
    count += 1;
  }
  return causes.slice(0, Math.max(count, 1));
}
