/** How far an upload is, for a bar and for a sentence. */
import type { Correction, Upload } from '../api/types';
import { count, number } from './format';

/** Shares of the whole, each from 0 to 1; what is missing to 1 is still to come. */
export interface Shares {
  readonly valid: number;
  readonly errors: number;
}

export function shares({ total, valid, errors }: Upload['counts']): Shares {
  if (!total) return { valid: 0, errors: 0 };
  return { valid: valid / total, errors: errors / total };
}

export function isUnderWay(upload: Upload): boolean {
  return upload.status === 'awaiting_file' || upload.status === 'processing';
}

export type Phase = 'arriving' | 'reading' | 'checking' | 'finishing' | 'done';

export function phaseOf({ status, counts }: Upload): Phase {
  if (status === 'awaiting_file') return 'arriving';
  if (status !== 'processing') return 'done';
  if (counts.total === null) return 'reading';
  return counts.valid + counts.errors < counts.total ? 'checking' : 'finishing';
}

/** What a screen reader says: changes a few times only, not with every row. */
export function spoken(upload: Upload): string {
  const { total, valid, errors } = upload.counts;
  switch (phaseOf(upload)) {
    case 'arriving':
      return 'Waiting for the file.';
    case 'reading':
      return 'The file is being read.';
    case 'checking': {
      const tenths = Math.floor(((valid + errors) / (total ?? 1)) * 4) * 25;
      return `${tenths} percent of ${count(total ?? 0, 'row')} checked.`;
    }
    case 'finishing':
      return 'All rows are checked, the report is being made.';
    case 'done':
      return `Done. ${summary(upload)}`;
  }
}

/** What happened, in one sentence. */
export function summary(upload: Upload): string {
  const { total, valid, errors } = upload.counts;
  if (upload.status === 'expired') return 'The file did not arrive in time, so nothing happened.';
  if (upload.failure) return 'The file was refused as a whole, so nothing in the catalogue changed.';
  const rows = count(total ?? 0, 'row');
  const isOne = total === 1;
  const all = isOne ? 'The one row' : `All ${rows}`;
  const rest = `${number(errors)} ${errors === 1 ? 'needs' : 'need'} a fix`;
  const are = valid === 1 ? 'is' : 'are';
  if (upload.preview) {
    const unchanged = 'Nothing was changed: it was only checked.';
    if (errors === 0) return `${all} ${are} fine. Nothing was changed yet: it was only checked.`;
    if (valid === 0) return `${isOne ? 'The one row needs a fix' : `None of the ${rows} is fine yet`}. ${unchanged}`;
    return `${number(valid)} of ${rows} ${are} fine, ${rest}. ${unchanged}`;
  }
  if (upload.mode === 'revert') return `An earlier upload was taken back: ${rows}.`;
  const done = upload.mode === 'update' ? `${valid === 1 ? 'was' : 'were'} taken over` : `${are} in the catalogue`;
  if (errors === 0) return `${all} ${done}. There is nothing left to do.`;
  if (valid > 0) return `${number(valid)} of ${rows} ${done}, ${rest}.`;
  return isOne
    ? 'The one row could not be taken over: it has something to fix.'
    : `None of the ${rows} could be taken over: each has something to fix.`;
}

type Counts = Upload['counts'];

/**
 * Returns how many of an upload's rows with errors are still to be fixed after an upload that corrects them: the file
 * with corrections may hold only some of them.
 */
export function stillToFix(earlier: Pick<Counts, 'errors'>, correction: Pick<Counts, 'valid'>): number {
  return Math.max(0, earlier.errors - correction.valid);
}

/** What became of an upload's errors in a later one that corrects it. */
export function afterCorrection(earlier: Pick<Counts, 'errors'>, { status, preview, counts }: Correction): string {
  if (status === 'processing') return 'it is being checked';
  // Of an upload that was refused as a whole, there are no rows to be left of.
  const left = earlier.errors > 0 ? stillToFix(earlier, counts) : counts.errors;
  const are = preview ? 'would be' : left < 2 ? 'is' : 'are';
  return `${left === 0 ? 'no row' : count(left, 'row')} ${are} left to fix`;
}
