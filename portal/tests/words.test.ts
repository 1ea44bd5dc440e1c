import { expect, test } from 'vitest';
import type { Column, Columns, Upload } from '../src/api/types';
import { labelOf } from '../src/logic/columns';
import { modeWords, statusWords } from '../src/logic/words';

const facts = (status: Upload['status'], changes: Partial<Upload> = {}) =>
  ({ status, preview: false, failure: null, ...changes }) as Upload;

test('a refused file is told from one whose rows are all wrong', () => {
  expect(statusWords(facts('failed')).label).toBe('Nothing valid');
  expect(statusWords(facts('failed', { failure: { code: 'NOT_A_CSV', message: '' } })).label).toBe('Refused');
});

test('a check never says that something was done', () => {
  for (const status of ['completed', 'partial', 'failed'] as const) {
    expect(statusWords(facts(status, { preview: true })).label).not.toBe(statusWords(facts(status)).label);
  }
  expect(modeWords({ mode: 'update', preview: true })).toBe('Changes, check only');
});

test('a column has the name that it is known by', () => {
  const known = { columns: [{ name: 'price', label: 'Price' } as Column] } as Partial<Columns> as Columns;

  expect(labelOf('price', known)).toBe('Price');
  expect(labelOf('colour', known)).toBe('colour');
  expect(labelOf('price', null)).toBe('price');
  expect(labelOf(null, known)).toBe('Whole row');
});
