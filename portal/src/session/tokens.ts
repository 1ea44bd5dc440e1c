/** The tokens of this tab. They go when it is closed, and no other tab sees them. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const KEY = 'techmart.tokens';
/** What the API has said about who is signed in. */
const WHO = 'techmart.who';
/** A token that ends within this time is renewed before it is used. */
const MARGIN_MS = 60_000;

export function readTokens(): Tokens | null {
  const text = sessionStorage.getItem(KEY);
  return text === null ? null : (JSON.parse(text) as Tokens);
}

export function writeTokens(tokens: Tokens | null): void {
  if (tokens !== null) return sessionStorage.setItem(KEY, JSON.stringify(tokens));
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(WHO);
}

export function writeWho(who: unknown): void {
  sessionStorage.setItem(WHO, JSON.stringify(who));
}

/** Returns what was written last; it goes when the tokens go. */
export function readWho<T>(): T | null {
  const text = sessionStorage.getItem(WHO);
  return text === null ? null : (JSON.parse(text) as T);
}

export function isFresh(tokens: Tokens, now: number): boolean {
  return now < tokens.expiresAt - MARGIN_MS;
}

/** Returns whose access token it is; null when it cannot be read, which the API will say as well. */
export function subjectOf({ access }: Tokens): string | null {
  try {
    const payload = atob((access.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const { sub } = JSON.parse(payload) as { readonly sub?: unknown };
    return typeof sub === 'string' ? sub : null;
  } catch {
    return null;
  }
}
