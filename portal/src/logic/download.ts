import { get } from '../api/client';
import type { Download } from '../api/types';

/** Fetches a file of an upload by a link made now: one in the page would have died in the meantime. Throws ApiError. */
export async function downloadOf(uploadId: string, what: 'report' | 'corrections'): Promise<void> {
  follow((await get<Download>(['uploads', uploadId, what])).url);
}

/** The storage answers such links as an attachment: the page stays where it is. */
export function follow(url: string, name = ''): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Saves what the page has in hand under this name. */
export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  follow(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
