import { expect, test } from 'vitest';
import type { Cause } from '../src/api/types';
import { keyOf, parseKey, titleOf, worthShowingFirst } from '../src/logic/causes';

const cause = (rows: number, code = 'INVALID_PRICE', column: string | null = 'price'): Cause => ({
  code,
  column,
  rows,
  first_row: 1,
  message: '',
  sent: null,
  fix: '',
});

test('key of a cause leads back to it', () => {
  for (const each of [cause(1), cause(1, 'MALFORMED_ROW', null)]) {
    expect(parseKey(keyOf(each))).toEqual({ code: each.code, column: each.column });
  }
  expect(parseKey('')).toBeNull();
  expect(parseKey(null)).toBeNull();
});

test('causes are shown first until they cover nearly all rows', () => {
  expect(worthShowingFirst([cause(90), cause(8), cause(2)], 100)).toHaveLength(2);
  expect(worthShowingFirst([cause(100)], 100)).toHaveLength(1);
  expect(worthShowingFirst(Array.from({ length: 20 }, () => cause(1)), 20)).toHaveLength(5);
  expect(worthShowingFirst([], 0)).toHaveLength(0);
});

test('title is in words', () => {
  expect(titleOf(cause(1, 'DUPLICATE_SKU', 'sku'), null)).toBe('Duplicate SKU');
  expect(titleOf(cause(1, 'FIELD_TOO_LONG', 'brand'), null)).toBe('brand: field too long');
  expect(titleOf(cause(1, 'MALFORMED_ROW', null), null)).toBe('Malformed row');
});
