import { expect, test } from 'vitest';
import type { Upload } from '../src/api/types';
import { pointsOf, tendencyOf, topOf } from '../src/pages/history/trend';

function upload(name: string, total: number | null, errors: number, completed_at: string | null = '2026-11-21T10:31:00Z') {
  return {
    upload_id: `UPLOAD_${name}`,
    file_name: name,
    created_at: '2026-11-21T10:30:45Z',
    completed_at,
    counts: { total, valid: (total ?? 0) - errors, errors },
  } as Upload;
}

const points = (...rates: readonly (readonly [rows: number, errors: number])[]) =>
  pointsOf(rates.map(([rows, errors], index) => upload(`${index}`, rows, errors)).reverse(), 20);

test('points are the last uploads with rows, the earliest first', () => {
  const newestFirst = [
    upload('under way', 10, 2, null),
    upload('d', 10, 5),
    upload('refused', null, 0),
    upload('c', 4, 1),
    upload('b', 10, 0),
    upload('a', 10, 9),
  ];

  const found = pointsOf(newestFirst, 3);

  expect(found.map(({ fileName, rate }) => [fileName, rate])).toEqual([['b', 0], ['c', 0.25], ['d', 0.5]]);
});

test('tendency weighs rows, not files', () => {
  // One bad file of 10 rows and a good one of 990: 1 % before, and not 50 %.
  expect(tendencyOf(points([10, 10], [990, 0], [100, 5]))).toEqual({ last: 0.05, before: 0.01, direction: 'worse' });
  expect(tendencyOf(points([100, 20], [100, 5]))?.direction).toBe('better');
  expect(tendencyOf(points([1000, 50], [1000, 53]))?.direction).toBe('same');
});

test('one upload is no tendency', () => {
  expect(tendencyOf(points([100, 5]))).toBeNull();
  expect(tendencyOf([])).toBeNull();
});

test('scale ends at the next round share', () => {
  expect(topOf([])).toBe(0.05);
  expect(topOf(points([100, 0]))).toBe(0.05);
  expect(topOf(points([100, 10], [100, 3]))).toBe(0.1);
  expect(topOf(points([100, 51]))).toBe(1);
});
