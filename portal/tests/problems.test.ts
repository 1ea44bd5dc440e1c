import { expect, test } from 'vitest';
import { networkError, problemOf } from '../src/api/problems';

const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

test('problem is in the words of the service', async () => {
  const problem = await problemOf(
    answer(503, { type: 'urn:techmart:problem:starting-up', title: 'Waking up', status: 503, detail: 'A moment.' }),
    20,
  );

  expect(problem).toMatchObject({ kind: 'starting-up', title: 'Waking up', detail: 'A moment.', retryAfter: 20 });
  expect(problem.isPassing).toBe(true);
});

test('what is wrong with fields is told in place of the general word', async () => {
  const errors = [{ field: 'body.size', message: 'At least 1.' }, { field: 'body.mode', message: 'None of the two.' }];

  const problem = await problemOf(answer(422, { type: 'urn:x:invalid', title: 'Invalid', detail: 'See errors.', errors }), null);

  expect(problem.detail).toBe('At least 1. None of the two.');
  expect(problem.isPassing).toBe(false);
});

test('an answer that is none of ours says what to do, too', async () => {
  expect((await problemOf(answer(401, { message: 'Unauthorized' }), null)).kind).toBe('not-signed-in');
  const strange = await problemOf(new Response('<html>', { status: 502 }), null);
  expect(strange.kind).toBe('unreadable');
  expect(strange.detail).toContain('Try again');
});

test('no connection passes', () => {
  expect(networkError().isPassing).toBe(true);
});
