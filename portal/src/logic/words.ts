/** What the modes of uploads are called on the pages. */
import type { Upload } from '../api/types';

/** Returns what an upload does, or did, to the catalogue. */
export function modeWords({ mode, preview }: Pick<Upload, 'mode' | 'preview'>): string {
  const words = { import: 'New products', update: 'Changes', revert: 'Taken back by TechMart' }[mode];
  return preview ? `${words}, check only` : words;
}
