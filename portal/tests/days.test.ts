import { expect, test } from 'vitest';
import { everyDay, lastDays, roundTop, totalsOf } from '../src/pages/analytics/days';
import type { Day } from '../src/pages/analytics/types';

const day = (name: string, rows = 10, errors = 1): Day => ({
  day: name,
  uploads: 1,
  failed: 0,
  rows,
  valid_rows: rows - errors,
  error_rows: errors,
  error_rate: errors / rows,
  durations: { p50_seconds: 1, p95_seconds: 2 },
});

test('a span ends today and counts today', () => {
  expect(lastDays(7, new Date('2026-11-24T23:59:00Z'))).toEqual({ first_day: '2026-11-18', last_day: '2026-11-24' });
  expect(lastDays(1, new Date('2026-03-01T00:00:00Z'))).toEqual({ first_day: '2026-03-01', last_day: '2026-03-01' });
});

test('days without uploads keep their place', () => {
  const days = everyDay([day('2026-02-28'), day('2026-03-02')], '2026-02-28', '2026-03-02');

  expect(days.map(({ day: name, found }) => [name, found?.rows ?? null])).toEqual([
    ['2026-02-28', 10],
    ['2026-03-01', null],
    ['2026-03-02', 10],
  ]);
});

test('rows count the same on whichever day they came', () => {
  expect(totalsOf([day('2026-02-28', 10, 1), day('2026-03-01', 990, 0)])).toEqual({
    uploads: 2,
    rows: 1000,
    errorRows: 1,
  });
});

test.each([
  [0, 1],
  [1, 1],
  [7, 10],
  [101, 200],
  [2387, 5000],
])('a scale for %d ends at %d', (highest, top) => expect(roundTop(highest)).toBe(top));
