import { expect, test } from 'vitest';
import { deadLetters } from '../src/pages/admin/dead-letters';
import { differences, shown } from '../src/pages/admin/differences';

test('what stayed is left out, and what is new or gone is told', () => {
  expect(differences({ name: 'Audio', active: true, old: 1 }, { name: 'Sound', active: true, products: 3 })).toEqual([
    { name: 'name', before: 'Audio', after: 'Sound' },
    { name: 'old', before: 1, after: undefined },
    { name: 'products', before: undefined, after: 3 },
  ]);
  expect(differences(null, null)).toEqual([]);
});

test('recorded values are text', () => {
  expect([null, '', 'Audio', ['a', 'b'], [], true, 3].map(shown)).toEqual([
    'nothing',
    'nothing',
    'Audio',
    'a, b',
    'nothing',
    'true',
    '3',
  ]);
});

const queue = (waiting: number | null, is_dead_letter = true) => ({
  name: 'q',
  is_dead_letter,
  waiting,
  in_flight: 0,
  oldest_seconds: null,
  runbook: 'x',
});

test('what failed for good is added up, and unknown is never none', () => {
  expect(deadLetters([queue(1), queue(5, false), queue(2)], 3)).toBe(6);
  expect(deadLetters([queue(0), queue(null)], 0)).toBeNull();
  expect(deadLetters([queue(0)], null)).toBeNull();
});
