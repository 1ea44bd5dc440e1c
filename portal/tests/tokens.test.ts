import { expect, test } from 'vitest';
import { isFresh, subjectOf } from '../src/session/tokens';

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
