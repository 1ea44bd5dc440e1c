import { expect, test } from 'vitest';
import { filtersOf, isNarrowed, questionOf } from '../src/pages/history/filters';

const question = (query: string) => questionOf(filtersOf(new URLSearchParams(query)));

test('without filters everything is asked for', () => {
  expect(question('')).toEqual({});
  expect(isNarrowed(filtersOf(new URLSearchParams('')))).toBe(false);
  expect(isNarrowed(filtersOf(new URLSearchParams('status=failed')))).toBe(true);
});

test('name and status are handed on', () => {
  expect(question('name=spring&status=partial')).toEqual({ file_name: 'spring', status: 'partial' });
});

test('kind tells uploads for real from checks', () => {
  expect(question('kind=import')).toEqual({ mode: 'import', preview: false });
  expect(question('kind=update')).toEqual({ mode: 'update', preview: false });
  expect(question('kind=preview')).toEqual({ preview: true });
  expect(question('kind=revert')).toEqual({ mode: 'revert' });
});

test('days are those of the reader, the last one included', () => {
  const { created_from, created_to } = question('from=2026-11-23&to=2026-11-24');

  expect(created_from).toBe(new Date(2026, 10, 23).toISOString());
  expect(created_to).toBe(new Date(2026, 10, 24, 23, 59, 59, 999).toISOString());
});

test('last day of a month is whole', () => {
  expect(question('to=2026-12-31')['created_to']).toBe(new Date(2026, 11, 31, 23, 59, 59, 999).toISOString());
});

test('what is no day is left out', () => {
  expect(question('from=yesterday&to=0001-01-01')).toEqual({});
});
