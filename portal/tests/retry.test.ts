import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pause, retryAfter, waitBefore } from '../src/logic/retry';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target));
  vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const target = new EventTarget();

test('waits get longer up to a limit', () => {
  const waits = [0, 1, 2, 3, 10].map((attempt) => waitBefore(attempt, null, () => 0.5));

  expect(waits).toEqual([500, 1000, 2000, 4000, 15_000]);
});

test('no try comes sooner than the service has asked for', () => {
  expect(waitBefore(0, 7, () => 0)).toBe(7000);
});

test('pages do not come back all at once', () => {
  expect(waitBefore(2, null, () => 0)).toBe(1500);
  expect(waitBefore(2, null, () => 1)).toBe(2500);
});

test('pause ends early when the network is back', async () => {
  const ended = vi.fn();
  void pause(60_000).then(ended);

  target.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(0);

  expect(ended).toHaveBeenCalledOnce();
});

test('pause ends with an abort', async () => {
  const controller = new AbortController();
  const pausing = pause(60_000, controller.signal);

  controller.abort();

  await expect(pausing).rejects.toThrow('aborted');
});

test.each([
  ['2', 2],
  ['0', 0],
  [null, null],
  ['soon', null],
  ['-1', null],
])('Retry-After %s is %s seconds', (text, seconds) => {
  expect(retryAfter(new Headers(text === null ? {} : { 'Retry-After': text }))).toBe(seconds);
});
