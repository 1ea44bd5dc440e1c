import { expect, test, vi } from 'vitest';
import { bytes, count, decimal, duration, number, percent } from '../src/logic/format';

test('share is never rounded to all or nothing', () => {
  expect(percent(9999, 10_000)).not.toBe(percent(1, 1));
  expect(percent(1, 10_000)).not.toBe(percent(0, 1));
  expect(percent(0, 0)).toBe(percent(0, 1));
});

test.each([
  [400, '0.4 s'],
  [12_300, '12 s'],
  [59_700, '1 min'],
  [185_000, '3 min 5 s'],
  [7_800_000, '2 h 10 min'],
  [-5, '0 s'],
])('%s milliseconds are %s', (milliseconds, text) => {
  expect(duration(milliseconds).replace(',', '.')).toBe(text);
});

test('size has the unit that people know', () => {
  expect(bytes(812)).toBe('812 bytes');
  expect(bytes(48_213)).toBe('48 kB');
  expect(bytes(999_900)).toBe('1 MB');
});

test('one is one', () => {
  expect(count(1, 'row')).toBe('1 row');
  expect(count(0, 'row')).toBe('0 rows');
});

test('number of the service keeps its decimals', () => {
  expect(decimal('1299')).toBe(number(1299));
  expect(decimal('19.90').replace(',', '.')).toBe('19.90');
  expect(decimal('10 × 20 cm')).toBe('10 × 20 cm');
});

test('a bare day is that day in every time zone', async () => {
  const spoken = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
  vi.stubEnv('TZ', 'America/Los_Angeles');
  vi.resetModules();

  const { date } = await import('../src/logic/format');

  expect(date('2026-11-24')).toBe(spoken.format(Date.UTC(2026, 10, 24)));
  expect(date('2026-11-24T03:00:00Z')).toBe(spoken.format(Date.UTC(2026, 10, 23)));
  vi.unstubAllEnvs();
});
