import { describe, expect, test } from 'vitest';
import type { Column } from '../src/api/types';
import { number } from '../src/logic/format';
import { allowed } from '../src/pages/help/allowed';
import { matching } from '../src/pages/help/search';

const column = (limits: Partial<Column>) =>
  ({ type: 'text', max_length: null, min: null, max: null, decimals: null, ...limits }) as Column;

describe('what cells may hold', () => {
  test('text', () => {
    expect(allowed(column({}))).toBe('text');
    expect(allowed(column({ max_length: 2000 }))).toBe(`text of up to ${number(2000)} characters`);
  });

  test('numbers, as they are to be written into the file', () => {
    expect(allowed(column({ type: 'number', min: '0', max: '1000000', decimals: 0 }))).toBe(
      'a whole number from 0 to 1000000',
    );
    expect(allowed(column({ type: 'number', min: '0.01', max: '999999.99', decimals: 2 }))).toBe(
      'a number from 0.01 to 999999.99, with at most 2 digits after the point',
    );
    expect(allowed(column({ type: 'number', decimals: 1 }))).toBe('a number, with at most 1 digit after the point');
  });

  test('categories', () => {
    expect(allowed(column({ type: 'category' }))).toContain('written exactly so');
  });
});

test('search finds words in any order, case and accent', () => {
  const names = ['Café & Küche', 'Computer Accessories', 'Phone Accessories'];

  expect(matching(names, 'ACCESS comp')).toEqual(['Computer Accessories']);
  expect(matching(names, 'kuche')).toEqual(['Café & Küche']);
  expect(matching(names, '  ')).toEqual(names);
  expect(matching(names, 'toys')).toEqual([]);
});
