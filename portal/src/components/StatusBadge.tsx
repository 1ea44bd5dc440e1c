import './StatusBadge.css';
import type { ComponentChildren } from 'preact';
import type { Upload } from '../api/types';

const WORDS: Record<Upload['status'], readonly [tone: string, words: string]> = {
  awaiting_file: ['busy', 'Waiting for the file'],
  expired: ['plain', 'File never came'],
  processing: ['busy', 'In progress'],
  completed: ['good', 'Completed'],
  partial: ['warn', 'Some rows to fix'],
  failed: ['bad', 'Nothing taken over'],
};

/** The statuses in words, for a choice among them. */
export const STATUSES = Object.entries(WORDS).map(([status, [, words]]) => [status, words] as const);

/** How an upload stands, in a word. */
export function StatusBadge({ upload }: { readonly upload: Pick<Upload, 'status' | 'preview'> }) {
  const [tone, words] = WORDS[upload.status];
  const checked = upload.status === 'completed' ? 'All rows fine' : upload.status === 'failed' ? 'To fix' : words;
  return <span class={`badge badge-${tone}`}>{upload.preview ? checked : words}</span>;
}

/** A short word beside something, without a meaning of colour. */
export function Tag({ children }: { readonly children: ComponentChildren }) {
  return <span class="badge badge-plain">{children}</span>;
}
