import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../src/api/problems';
import { send } from '../src/api/client';
import { cancel, enqueue, isSending, queue, remove, retry } from '../src/logic/queue';
import { putFile, PutError } from '../src/logic/put';

vi.mock('../src/api/client', () => ({ send: vi.fn() }));
vi.mock('../src/logic/put', async (original) => ({ ...(await original()) as object, putFile: vi.fn() }));
vi.mock('../src/logic/retry', () => ({ pause: () => Promise.resolve(), waitBefore: () => 0 }));
vi.mock('../src/logic/columns', () => ({
  loadColumns: () =>
    Promise.resolve({
      max_bytes: 1000,
      refusals: { empty: 'It is empty.', too_large: '{megabytes} MB', beginnings: [{ bytes: '89504e47', message: 'A picture.' }] },
    }),
}));

const HOW = { mode: 'import', preview: false, correctsUploadId: null } as const;
const announce = vi.mocked(send);
const put = vi.mocked(putFile);
const file = (name: string, content: BlobPart = 'sku\n1\n') => new File([content], name);
const stages = () => queue.get().map(({ name, stage }) => [name, stage.kind]);

beforeEach(() => {
  announce.mockImplementation(async (_method, _path, asked) => {
    const { file_name } = asked?.body as { readonly file_name: string };
    return { upload_id: `UPLOAD_${file_name}`, status: 'awaiting_file', put: { url: 'x', headers: {} } };
  });
  put.mockResolvedValue();
});
afterEach(() => {
  queue.set([]);
  vi.resetAllMocks();
});

test('files are sent one after the other', async () => {
  let arrive = () => {};
  put.mockReturnValueOnce(new Promise((resolve) => (arrive = resolve)));
  enqueue([file('a'), file('b')], HOW);
  await vi.waitFor(() => expect(stages()).toEqual([['a', 'sending'], ['b', 'waiting']]));

  arrive();

  await vi.waitFor(() => expect(stages()).toEqual([['a', 'sent'], ['b', 'sent']]));
});

test('a file that cannot be a list is told at once, while others are on their way', async () => {
  put.mockImplementation(
    (_target, _body, _told, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  );

  enqueue([file('a')], HOW);
  await vi.waitFor(() => expect(stages()).toEqual([['a', 'sending']]));
  enqueue([file('photo', new Uint8Array([0x89, 0x50, 0x4e, 0x47])), file('nothing', '')], HOW);

  await vi.waitFor(() => expect(stages()).toEqual([['a', 'sending'], ['photo', 'refused'], ['nothing', 'refused']]));
  expect(announce).toHaveBeenCalledTimes(1);
  cancel(queue.get()[0]?.key ?? '');
});

test('a file is sent again under the same key when the network was lost', async () => {
  put.mockRejectedValueOnce(new PutError(0));

  enqueue([file('a')], HOW);

  await vi.waitFor(() => expect(stages()).toEqual([['a', 'sent']]));
  const keys = announce.mock.calls.map(([, , asked]) => asked?.headers?.['Idempotency-Key']);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

test('a file that has arrived already is not sent again', async () => {
  announce.mockResolvedValue({ upload_id: 'UPLOAD_1', status: 'processing' });

  enqueue([file('a')], HOW);

  await vi.waitFor(() => expect(stages()).toEqual([['a', 'sent']]));
  expect(put).not.toHaveBeenCalled();
});

test('the reason stays beside the file until it is tried again', async () => {
  announce.mockRejectedValueOnce(new ApiError('too-many', 429, 'Too many', '50 uploads are open.'));
  enqueue([file('a')], HOW);
  await vi.waitFor(() => expect(queue.get()[0]?.stage).toEqual({ kind: 'failed', reason: '50 uploads are open.' }));

  retry(queue.get()[0]?.key ?? '');

  await vi.waitFor(() => expect(stages()).toEqual([['a', 'sent']]));
});

test('a file that is cancelled before its turn is not sent', async () => {
  enqueue([file('a')], HOW);
  const [queued] = queue.get();
  expect(queued && isSending(queued)).toBe(true);

  cancel(queued?.key ?? '');

  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(stages()).toEqual([['a', 'cancelled']]);
  expect(announce).not.toHaveBeenCalled();
  remove(queued?.key ?? '');
  expect(queue.get()).toEqual([]);
});
