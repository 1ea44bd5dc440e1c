/** What the statuses and modes of uploads are called on the pages. */
import type { Upload } from '../api/types';

export type StatusTone = 'good' | 'warn' | 'bad' | 'busy' | 'plain';

export interface StatusWords {
  readonly label: string;
  readonly tone: StatusTone;
}

type Facts = Pick<Upload, 'status' | 'preview' | 'failure'>;

export const STATUSES: readonly (readonly [Upload['status'], string])[] = [
  ['completed', 'Completed'],
  ['partial', 'Partly done'],
  ['failed', 'Failed'],
  ['processing', 'Being checked'],
  ['awaiting_file', 'Waiting for the file'],
  ['expired', 'File never came'],
];

/** Returns how an upload stands, in a word or two: a refused file is told from one whose rows are all wrong. */
export function statusWords({ status, preview, failure }: Facts): StatusWords {
  switch (status) {
    case 'completed':
      return { label: preview ? 'No errors' : 'Completed', tone: 'good' };
    case 'partial':
      return { label: preview ? 'Some errors' : 'Partly done', tone: 'warn' };
    case 'failed':
      return { label: failure ? 'Refused' : preview ? 'Only errors' : 'Nothing valid', tone: 'bad' };
    case 'processing':
      return { label: 'Being checked', tone: 'busy' };
    case 'awaiting_file':
      return { label: 'Waiting for the file', tone: 'plain' };
    case 'expired':
      return { label: 'File never came', tone: 'plain' };
  }
}

/** Returns what an upload does, or did, to the catalogue. */
export function modeWords({ mode, preview }: Pick<Upload, 'mode' | 'preview'>): string {
  const words = { import: 'New products', update: 'Changes', revert: 'Taken back by TechMart' }[mode];
  return preview ? `${words}, check only` : words;
}
