import { expect, test } from 'vitest';
import { href, hrefWith, parseRoute } from '../src/app/route';

test.each([['A/B #1?'], ['äöü %'], ['..']])('segment %s comes back as it was', (segment) => {
  expect(parseRoute(href('products', segment)).segments).toEqual(['products', segment]);
});

test('query leaves out what is empty', () => {
  const address = hrefWith(['uploads', 'x'], { cause: 'A.b', q: '', row: null });

  expect(address).toBe('#/uploads/x?cause=A.b');
  expect(parseRoute(address).query.get('cause')).toBe('A.b');
});

test('broken address is shown as it stands', () => {
  expect(parseRoute('#/uploads/%E0%A4%A').segments).toEqual(['uploads', '%E0%A4%A']);
  expect(parseRoute('').segments).toEqual([]);
});
