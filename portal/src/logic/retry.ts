/** How long to wait before the next try, in milliseconds. */

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * Doubles from half a second up to 15 seconds, with a random part so that many pages do not come back at once.
 * `retryAfterSeconds` is what the service asked for: no try comes sooner than that.
 */
export function waitBefore(attempt: number, retryAfterSeconds: number | null, random: () => number = Math.random): number {
  const doubled = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  const spread = doubled * (0.75 + random() / 2);
  return Math.max(spread, (retryAfterSeconds ?? 0) * 1000);
}

/** Resolves after that time, or at once when the browser is online again. Rejects with AbortError. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      removeEventListener('online', wake);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const wake = () => end(resolve);
    const abort = () => end(() => reject(new DOMException('aborted', 'AbortError')));
    const timer = setTimeout(wake, milliseconds);
    if (signal?.aborted) return abort();
    addEventListener('online', wake);
    signal?.addEventListener('abort', abort);
  });
}

/** Returns the seconds of a Retry-After header; null for none and for a date, which the API does not use. */
export function retryAfter(headers: Headers): number | null {
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
