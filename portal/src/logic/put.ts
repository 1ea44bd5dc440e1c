/** Puts a file at a signed link and tells how many bytes are out. */

/** The storage or the network did not take the file. `status` is 0 for the network. */
export class PutError extends Error {
  constructor(readonly status: number) {
    super(`PUT: ${status}`);
  }

  /** True for what a new link and another try may heal. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 403 || this.status === 429 || this.status >= 500;
  }
}

/** What a browser sets by itself and lets nobody else set (Fetch standard, "forbidden request-header"). */
const SET_BY_BROWSER = /^(content-length|host)$/i;
/** The file is there already: an earlier try arrived, and its answer was lost. */
const ALREADY_THERE = 412;

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Resolves when the storage has the file. Rejects with PutError and, when `signal` says so, AbortError. */
export function putFile(target: Target, body: Blob, told: (sent: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', target.url);
    for (const [name, value] of Object.entries(target.headers)) {
      if (!SET_BY_BROWSER.test(name)) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => told(event.loaded);
    request.onload = () => {
      const { status } = request;
      if ((status >= 200 && status < 300) || status === ALREADY_THERE) resolve();
      else reject(new PutError(status));
    };
    request.onerror = () => reject(new PutError(0));
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    if (signal.aborted) request.abort();
    else request.send(body);
  });
}
