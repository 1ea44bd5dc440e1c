import './Status.css';
import type { Upload } from '../api/types';
import { statusWords } from '../logic/words';

/** How an upload stands, as a small label. */
export function Status({ upload }: { readonly upload: Pick<Upload, 'status' | 'preview' | 'failure'> }) {
  const { label, tone } = statusWords(upload);
  return <span class={`status status-${tone}`}>{label}</span>;
}
