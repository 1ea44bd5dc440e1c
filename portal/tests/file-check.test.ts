import { expect, test } from 'vitest';
import { refusalOf } from '../src/logic/file-check';

const RULES = {
  max_bytes: 10 * 1024 * 1024,
  refusals: {
    empty: 'empty',
    too_large: 'has {megabytes} MB',
    beginnings: [
      { bytes: '25504446', message: 'a PDF' },
      { bytes: '00010000', message: 'a database' },
    ],
  },
};
const bytes = (text: string) => new TextEncoder().encode(text);

test('file is refused when it is empty, too large or something else by its first bytes', () => {
  expect(refusalOf(bytes(''), 0, RULES)).toBe('empty');
  expect(refusalOf(bytes('a'), RULES.max_bytes + 1, RULES)).toBe('has 10.1 MB');
  expect(refusalOf(bytes('%PDF-1.7'), 8, RULES)).toBe('a PDF');
  expect(refusalOf(new Uint8Array([0, 1, 0, 0, 7]), 5, RULES)).toBe('a database');
});

test('file passes when nothing is known against it', () => {
  expect(refusalOf(bytes('sku,price\n'), RULES.max_bytes, RULES)).toBeNull();
  expect(refusalOf(bytes('%PD'), 3, RULES)).toBeNull();
  expect(refusalOf(bytes('x%PDF'), 5, RULES)).toBeNull();
});
