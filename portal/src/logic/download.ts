/** Files for the reader to keep. */
import { getFile, type Asked } from '../api/client';

/** Has the browser fetch a link that needs no sign-in; the service sends it as a file to be kept. */
export function fetchLink(url: string): void {
  click(url, null);
}

/** Fetches a file that needs the sign-in and hands it to the browser to be kept. Throws ApiError. */
export async function fetchSigned(
  path: readonly string[],
  fileName: string,
  query: NonNullable<Asked['query']> = {},
): Promise<void> {
  const address = URL.createObjectURL(await getFile(path, { query }));
  click(address, fileName);
  // The browser has taken the content by the time it comes back to this page.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function click(address: string, fileName: string | null): void {
  const link = document.createElement('a');
  link.href = address;
  if (fileName !== null) link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
}
