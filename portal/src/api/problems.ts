import type { ProblemDocument } from './types';

/** Why a request came to nothing. `kind` is the last word of the problem's type, `network` or `unreadable`. */
export class ApiError extends Error {
  constructor(
    readonly kind: string,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly retryAfter: number | null = null,
  ) {
    super(`${kind}: ${detail}`);
  }

  /** True for what may be gone at the next try: it is no fault of the request. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function networkError(): ApiError {
  return new ApiError('network', 0, 'No connection', 'The service cannot be reached. Check the connection to the network.');
}

/** Returns the problem of an answer, also of one that API Gateway gave without asking the API. */
export async function problemOf(answer: Response, retryAfterSeconds: number | null): Promise<ApiError> {
  const document = (await answer.json().catch(() => null)) as Partial<ProblemDocument> | null;
  const kind = document?.type?.split(':').pop() ?? (answer.status === 401 ? 'not-signed-in' : 'unreadable');
  const title = document?.title ?? 'Something went wrong on our side';
  const fields = (document?.errors ?? []).map((error) => error.message).join(' ');
  const detail = fields || document?.detail || 'Try again in a moment. If it stays so, tell TechMart.';
  return new ApiError(kind, answer.status, title, detail, retryAfterSeconds);
}
