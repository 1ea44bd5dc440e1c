/** Who is signed in: authorisation code with PKCE at the user pool's own page, renewed silently, revoked at the end. */
import { createStore } from '../logic/store';
import { loadConfig } from './config';
import { challengeOf, randomText } from './pkce';
import { isFresh, readTokens, subjectOf, writeTokens, type Tokens } from './tokens';

export type SessionState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed-out'; readonly problem: string | null }
  | { readonly kind: 'signed-in' }
  /** Was signed in and is no longer; the page stays as it is until the reader has signed in again. */
  | { readonly kind: 'ended' };

/** The user pool no longer renews the session. */
export class SessionEndedError extends Error {}

interface Pending {
  readonly state: string;
  readonly verifier: string;
  readonly returnTo: string;
  /** True in a window of its own, opened to go on with the page behind it. */
  readonly isSecondWindow: boolean;
}

const PENDING = 'techmart.sign-in';
const AGAIN = '#/sign-in-again';
const SCOPES = 'openid email aws.cognito.signin.user.admin';
const channel = new BroadcastChannel('techmart.session');

export const sessionState = createStore<SessionState>({ kind: 'starting' });
let tokens: Tokens | null = null;
let renewal: Promise<string> | null = null;
/** Whose page this is; stays when the session ends. */
let subject: string | null = null;

/** Finds out whether somebody is signed in; finishes a sign-in that has just come back. */
export async function startSession(): Promise<void> {
  const search = new URLSearchParams(location.search);
  try {
    if (search.has('code') || search.has('error')) return await finishSignIn(search);
    if (location.hash === AGAIN) return await redirectToSignIn('/', true);
    tokens = readTokens();
    // Who is signed in needs the user pool later, if at all, and does not wait for its address.
    if (tokens === null) await loadConfig();
  } catch {
    sessionState.set({ kind: 'unreachable' });
    return;
  }
  subject = tokens === null ? null : subjectOf(tokens);
  sessionState.set(tokens === null ? { kind: 'signed-out', problem: null } : { kind: 'signed-in' });
}

/** Leaves the page for the sign-in page of the user pool and comes back to where the reader was. */
export async function signIn(): Promise<void> {
  await redirectToSignIn(location.hash.replace(/^#/, '') || '/', false);
}

/** Opens the sign-in page in a window of its own, so that nothing on this page is lost. */
export function signInAgain(): void {
  const stopListening = () => channel.removeEventListener('message', take);
  const take = (event: MessageEvent<Tokens>) => {
    stopListening();
    const isSame = subject === null || subject === subjectOf(event.data);
    keep(event.data);
    // Somebody else gets nothing of what this page shows.
    if (isSame) sessionState.set({ kind: 'signed-in' });
    else location.replace(location.pathname);
  };
  channel.addEventListener('message', take);
  const opened = window.open(new URL(`${location.pathname}${AGAIN}`, location.href), '_blank', 'popup,width=520,height=720');
  if (opened === null) {
    stopListening();
    void signIn();
  }
}

export async function signOut(): Promise<void> {
  const old = tokens;
  keep(null);
  const config = await loadConfig().catch(() => null);
  if (config === null) return sessionState.set({ kind: 'signed-out', problem: null });
  const { sign_in_url, user_pool_url, client_id, portal_url } = config;
  if (old !== null) {
    // Whatever comes of it, this browser has forgotten the tokens.
    await fetch(user_pool_url, {
      method: 'POST',
      keepalive: true,
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': 'AWSCognitoIdentityProviderService.RevokeToken',
      },
      body: JSON.stringify({ ClientId: client_id, Token: old.refresh }),
    }).catch(() => undefined);
  }
  location.assign(`${sign_in_url}/logout?${new URLSearchParams({ client_id, logout_uri: portal_url })}`);
}

/**
 * Returns an access token that is good for the next minute. Throws SessionEndedError when there is none to be had, and
 * TypeError when the network is away.
 */
export async function accessToken(): Promise<string> {
  if (tokens !== null && isFresh(tokens, Date.now())) return tokens.access;
  return renew();
}

/** Forgets an access token that the API has refused and gets another one. */
export async function renew(): Promise<string> {
  renewal ??= askForRenewal().finally(() => {
    renewal = null;
  });
  return renewal;
}

/** Resolves when somebody is signed in again. */
export function untilSignedIn(): Promise<void> {
  return new Promise((resolve) => {
    if (sessionState.get().kind === 'signed-in') return resolve();
    const stop = sessionState.subscribe((state) => {
      if (state.kind !== 'signed-in') return;
      stop();
      resolve();
    });
  });
}

/** The API takes no token of this session any more. */
export function endSession(): void {
  keep(null);
  sessionState.set({ kind: 'ended' });
}

async function askForRenewal(): Promise<string> {
  const old = tokens;
  if (old === null) throw new SessionEndedError();
  const answer = await askForTokens({ grant_type: 'refresh_token', refresh_token: old.refresh });
  if (answer === null) {
    endSession();
    throw new SessionEndedError();
  }
  // A renewal answers no refresh token: the old one goes on to be good.
  const renewed: Tokens = { ...answer, refresh: answer.refresh || old.refresh };
  keep(renewed);
  return renewed.access;
}

async function redirectToSignIn(returnTo: string, isSecondWindow: boolean): Promise<void> {
  const { sign_in_url, client_id, portal_url } = await loadConfig();
  const pending: Pending = { state: randomText(), verifier: randomText(48), returnTo, isSecondWindow };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const question = new URLSearchParams({
    client_id,
    redirect_uri: portal_url,
    response_type: 'code',
    scope: SCOPES,
    state: pending.state,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: 'S256',
  });
  location.assign(`${sign_in_url}/oauth2/authorize?${question}`);
}

async function finishSignIn(search: URLSearchParams): Promise<void> {
  const { portal_url } = await loadConfig();
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  const pending = text === null ? null : (JSON.parse(text) as Pending);
  // Out of the address at once: a code in the history or in a copied address is of no use, but it looks like one.
  history.replaceState(null, '', `${location.pathname}#${pending?.returnTo ?? '/'}`);
  const code = search.get('code');
  if (code === null || pending === null || search.get('state') !== pending.state) {
    const problem = search.get('error_description') ?? 'The sign-in was not finished. Please sign in once more.';
    sessionState.set({ kind: 'signed-out', problem });
    return;
  }
  const found = await askForTokens({
    grant_type: 'authorization_code',
    code,
    redirect_uri: portal_url,
    code_verifier: pending.verifier,
  });
  if (found === null) {
    sessionState.set({ kind: 'signed-out', problem: 'The sign-in took too long. Please sign in once more.' });
    return;
  }
  // What was known of somebody else goes first.
  keep(null);
  keep(found);
  sessionState.set({ kind: 'signed-in' });
  if (pending.isSecondWindow) {
    channel.postMessage(found);
    window.close();
  }
}

/** Returns the pool's tokens, or null when it refuses. Throws TypeError when it cannot be reached. */
async function askForTokens(form: Record<string, string>): Promise<Tokens | null> {
  const { sign_in_url, client_id } = await loadConfig();
  const body = new URLSearchParams({ client_id, ...form });
  const answer = await fetch(`${sign_in_url}/oauth2/token`, { method: 'POST', body });
  if (answer.status >= 500 || answer.status === 429) throw new TypeError(`the user pool answered ${answer.status}`);
  if (!answer.ok) return null;
  const found = (await answer.json()) as { access_token: string; refresh_token?: string; expires_in: number };
  return {
    access: found.access_token,
    refresh: found.refresh_token ?? '',
    expiresAt: Date.now() + found.expires_in * 1000,
  };
}

function keep(found: Tokens | null): void {
  tokens = found;
  subject = found === null ? subject : subjectOf(found);
  writeTokens(found);
}
