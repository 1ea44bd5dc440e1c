/** How far an upload is, for a bar and for a sentence. */
import type { Correction, FollowedUpload, Upload } from '../api/types';
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

/** The uploads that correct this one. An API of the version before, which a deployment may bring back, knows of none. */
export function correctionsOf(upload: Pick<FollowedUpload, 'corrected_by'>): readonly Correction[] {
  return upload.corrected_by ?? [];
}

type Corrected = Pick<FollowedUpload, 'mode' | 'preview' | 'counts' | 'corrected_by'>;
type Correcting = Pick<Correction, 'upload_id' | 'counts'>;

/**
 * Returns how many rows of an upload are still to be fixed after one that corrects it, and null where another correction
 * has changed something as well: which rows that one fixed is not known here.
 */
export function stillToFix(earlier: Corrected, { upload_id, counts }: Correcting): number | null {
  const others = correctionsOf(earlier).filter((other) => other.upload_id !== upload_id);
  if (others.some((other) => !other.preview && other.counts.valid > 0)) return null;
  const { errors } = earlier.counts;
  // More rows than had errors: the whole file, unless an import has listed its good rows, which are duplicates now.
  const hasListed = earlier.mode === 'import' && !earlier.preview && errors > 0;
  if ((counts.total ?? 0) > errors && !hasListed) return counts.errors;
  return Math.max(0, errors - counts.valid); // a file with corrections may hold only some of them
}

/** What became of an upload's errors in a later one that corrects it. */
export function afterCorrection(earlier: Corrected, correction: Correction): string {
  const { status, preview, counts } = correction;
  if (status === 'processing') return 'it is being checked';
  if (!counts.total) return 'it was refused as a whole';
  const left = stillToFix(earlier, correction);
  const rows = (of: number) => (of === 0 ? 'no row' : count(of, 'row'));
  if (left === null) return `${rows(counts.errors)} in it ${counts.errors < 2 ? 'needs' : 'need'} a fix`;
  return `${rows(left)} ${areLeft(left, preview)} to fix`;
}

/** What an upload that corrects this one has left of its errors. */
export function beforeCorrection(earlier: Corrected & Pick<Upload, 'failure'>, correction: Upload): string {
  if (earlier.failure) return 'it was refused as a whole';
  const had = `${count(earlier.counts.errors, 'row')} had something to fix`;
  const left = stillToFix(earlier, correction);
  if (left === null) return had;
  return `${had}, ${left === 0 ? 'none' : number(left)} ${areLeft(left, correction.preview)}`;
}

function areLeft(left: number, preview: boolean): string {
  return `${preview ? 'would be' : left < 2 ? 'is' : 'are'} left`;
}
