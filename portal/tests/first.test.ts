import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { THEME_KEY } from '../src/app/ThemeSwitch';
import { writeTokens } from '../src/session/tokens';

const SCRIPT = readFileSync(new URL('../src/first.js', import.meta.url), 'utf8');

function storage(values: Record<string, string> = {}) {
  return {
    getItem: (key: string) => values[key] ?? null,
    setItem: (key: string, value: string) => {
      values[key] = value;
    },
  };
}

/** Runs the script as the head of the page does; returns what it has done to the page. */
function run({ theme = '', search = '', isSignedIn = false }) {
  const session = storage();
  vi.stubGlobal('sessionStorage', session);
  if (isSignedIn) writeTokens({ access: 'a', refresh: 'r', expiresAt: 0 });
  const meta = { content: 'light dark' };
  const root: { dataset: Record<string, string> } = { dataset: {} };
  const links = ['modulepreload', 'preload'].map((rel) => ({ rel: '', dataset: { rel } }));
  const document = { documentElement: root, querySelector: () => meta, querySelectorAll: () => links };
  const local = storage(theme ? { [THEME_KEY]: theme } : {});
  new Function('localStorage', 'sessionStorage', 'location', 'document', SCRIPT)(local, session, { search }, document);
  return { scheme: meta.content, theme: root.dataset['theme'], fetched: links.map((link) => link.rel) };
}

afterEach(() => vi.unstubAllGlobals());

describe('before the first paint', () => {
  test.each(['light', 'dark'])('the theme is the one that was chosen: %s', (theme) => {
    expect(run({ theme })).toMatchObject({ theme, scheme: theme });
  });

  test.each(['', 'blue'])('the system decides when %j was chosen', (theme) => {
    expect(run({ theme })).toMatchObject({ theme: undefined, scheme: 'light dark' });
  });

  test('the signed-in pages are fetched for who is signed in', () => {
    expect(run({ isSignedIn: true }).fetched).toEqual(['modulepreload', 'preload']);
  });

  test('the signed-in pages are fetched for who comes back from signing in', () => {
    expect(run({ search: '?code=c&state=s' }).fetched).toEqual(['modulepreload', 'preload']);
  });

  test('strangers fetch the sign-in page alone', () => {
    expect(run({}).fetched).toEqual(['', '']);
  });
});
