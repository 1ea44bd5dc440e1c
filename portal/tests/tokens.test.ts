import { expect, test, vi } from 'vitest';
import { isFresh, readTokens, readWho, subjectOf, writeTokens, writeWho } from '../src/session/tokens';

const tokens = (access: string, expiresAt = 0) => ({ access, refresh: '', expiresAt });

test('subject is that of the access token', () => {
  const payload = btoa(JSON.stringify({ sub: '>>>???' })).replaceAll('+', '-').replaceAll('/', '_');

  expect(subjectOf(tokens(`e30.${payload}.sig`))).toBe('>>>???');
  expect(subjectOf(tokens('nonsense'))).toBeNull();
  expect(subjectOf(tokens('a.!!!.c'))).toBeNull();
});

test('token is renewed a minute before it ends', () => {
  expect(isFresh(tokens('', 100_000), 39_999)).toBe(true);
  expect(isFresh(tokens('', 100_000), 40_000)).toBe(false);
});

test('what is known of a person goes with the tokens', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  writeTokens(tokens('a', 1));
  writeWho({ role: 'vendor' });
  expect([readTokens(), readWho()]).toEqual([tokens('a', 1), { role: 'vendor' }]);

  writeTokens(null);

  expect([readTokens(), readWho(), kept.size]).toEqual([null, null, 0]);
  vi.unstubAllGlobals();
});
