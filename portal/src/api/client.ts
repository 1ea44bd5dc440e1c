/** Asks the API: signs each request, renews the session when needed, and tries again what may work a moment later. */
import { createStore } from '../logic/store';
import { pause, retryAfter, waitBefore } from '../logic/retry';
import { BASE } from '../session/config';
import { accessToken, endSession, renew, SessionEndedError, untilSignedIn } from '../session/session';
import { ApiError, networkError, problemOf } from './problems';

export interface Asked {
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Tries before giving up on passing problems; 1 for requests that must not be made twice. */
  readonly tries?: number;
}

export interface Answered<T> {
  readonly document: T;
  /** Seconds after which to ask again; null when there is nothing to wait for. */
  readonly retryAfter: number | null;
}

const TRIES = 5;

/** What the reader should know about the connection while a request is being tried again. */
export const connection = createStore<'fine' | 'waking-up' | 'away'>('fine');

/** Returns what GET answers at the path below `/v1`; segments are encoded. Throws ApiError and AbortError. */
export async function get<T>(path: readonly string[], asked: Asked = {}): Promise<T> {
  return (await ask<T>('GET', path, asked)).document;
}

/** Makes a request that changes something. It is made once, unless `tries` says that repeating it does no harm. */
export async function send<T>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: readonly string[],
  asked: Asked = {},
): Promise<T> {
  return (await ask<T>(method, path, { tries: 1, ...asked })).document;
}

/** Returns what GET answers where that is a file and no document. Throws ApiError and AbortError. */
export function getFile(path: readonly string[], asked: Asked = {}): Promise<Blob> {
  return repeated(asked, async () => (await once('GET', path, asked)).blob());
}

export function ask<T>(method: string, path: readonly string[], asked: Asked = {}): Promise<Answered<T>> {
  return repeated(asked, async () => {
    const answer = await once(method, path, asked);
    const document = (answer.status === 204 ? null : await answer.json()) as T;
    return { document, retryAfter: retryAfter(answer.headers) };
  });
}

async function repeated<T>(asked: Asked, once: () => Promise<T>): Promise<T> {
  const tries = asked.tries ?? TRIES;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answered = await once();
      connection.set('fine');
      return answered;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isPassing) throw error;
      connection.set(error.kind === 'starting-up' ? 'waking-up' : error.kind === 'network' ? 'away' : 'fine');
      if (attempt + 1 >= tries) throw error;
      await pause(waitBefore(attempt, error.retryAfter), asked.signal);
    }
  }
}

async function once(method: string, path: readonly string[], asked: Asked): Promise<Response> {
  let answer = await signed(method, path, asked, accessToken);
  if (answer.status === 401) answer = await signed(method, path, asked, renew);
  while (answer.status === 401) {
    // Not even a new token opens the door. The request waits until the reader has signed in again.
    endSession();
    answer = await signed(method, path, asked, accessToken);
  }
  if (!answer.ok) throw await problemOf(answer, retryAfter(answer.headers));
  return answer;
}

async function signed(
  method: string,
  path: readonly string[],
  asked: Asked,
  token: () => Promise<string>,
): Promise<Response> {
  for (;;) {
    try {
      const headers = { ...asked.headers, Authorization: `Bearer ${await token()}` };
      return await fetch(address(path, asked.query ?? {}), withBody(method, headers, asked));
    } catch (error) {
      if (error instanceof TypeError) throw networkError();
      if (!(error instanceof SessionEndedError)) throw error;
      await untilSignedIn();
    }
  }
}

function withBody(method: string, headers: Record<string, string>, asked: Asked): RequestInit {
  const signal = asked.signal ? { signal: asked.signal } : {};
  if (asked.body === undefined) return { method, headers, ...signal };
  return {
    method,
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(asked.body),
    ...signal,
  };
}

function address(path: readonly string[], query: NonNullable<Asked['query']>): URL {
  const url = new URL(`v1/${path.map(encodeURIComponent).join('/')}`, BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, String(value));
  }
  return url;
}
