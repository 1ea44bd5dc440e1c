import type { Column } from '../../api/types';
import { number } from '../../logic/format';

type Limits = Pick<Column, 'type' | 'max_length' | 'min' | 'max' | 'decimals'>;

/**
 * Returns in words what the cells of a column may hold. Numbers that are to be written into the file are shown as the
 * file wants them, with a point and without separators.
 */
export function allowed({ type, max_length, min, max, decimals }: Limits): string {
  if (type === 'category') return 'one of the categories, written exactly so';
  if (type !== 'number') {
    return max_length == null ? 'text' : `text of up to ${number(max_length)} characters`;
  }
  const kind = decimals ? 'a number' : 'a whole number';
  const range = min == null || max == null ? '' : ` from ${min} to ${max}`;
  const digits = decimals ? `, with at most ${decimals} ${decimals === 1 ? 'digit' : 'digits'} after the point` : '';
  return `${kind}${range}${digits}`;
}
