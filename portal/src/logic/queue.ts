/** The files that the reader has chosen: checked, sent one after the other, and followed; kept while pages change. */
import { send } from '../api/client';
import { ApiError } from '../api/problems';
import type { CreatedUpload, NewUpload } from '../api/types';
import { loadColumns } from './columns';
import { HEAD_BYTES, refusalOf } from './file-check';
import { putFile, PutError } from './put';
import { pause, waitBefore } from './retry';
import { createStore } from './store';

export type Stage =
  /** Whether the service would refuse it is being found out, of every file at once. */
  | { readonly kind: 'checking' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'preparing' }
  | { readonly kind: 'sending'; readonly sent: number }
  /** The network is away; it goes on by itself. */
  | { readonly kind: 'interrupted'; readonly sent: number }
  | { readonly kind: 'sent'; readonly uploadId: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'cancelled' };

export interface How {
  readonly mode: 'import' | 'update';
  readonly preview: boolean;
  readonly correctsUploadId: string | null;
}

export interface Queued {
  /** Also the Idempotency-Key: trying again never makes a second upload. */
  readonly key: string;
  readonly name: string;
  readonly bytes: number;
  readonly how: How;
  readonly stage: Stage;
}

const TRIES = 8;
const files = new Map<string, File>();
const cancels = new Map<string, AbortController>();
export const queue = createStore<readonly Queued[]>([]);
let isWorking = false;

/** Adds files in their order and begins to send them. */
export function enqueue(chosen: readonly File[], how: How): void {
  const added = chosen.map((file): Queued => {
    const key = crypto.randomUUID();
    files.set(key, file);
    return { key, name: file.name, bytes: file.size, how, stage: { kind: 'checking' } };
  });
  queue.set([...queue.get(), ...added]);
  for (const { key } of added) void check(key);
}

export function retry(key: string): void {
  move(key, { kind: 'checking' });
  void check(key);
}

export function cancel(key: string): void {
  cancels.get(key)?.abort();
  move(key, { kind: 'cancelled' });
}

/** Takes a file off the list; what was sent goes on to be processed. */
export function remove(key: string): void {
  files.delete(key);
  queue.set(queue.get().filter((each) => each.key !== key));
}

export function isSending({ stage }: Queued): boolean {
  return ['checking', 'waiting', 'preparing', 'sending', 'interrupted'].includes(stage.kind);
}

async function check(key: string): Promise<void> {
  const stage = await stageAfterCheck(files.get(key) as File);
  // It may have been cancelled or taken off the list meanwhile.
  if (queue.get().find((each) => each.key === key)?.stage.kind !== 'checking') return;
  move(key, stage);
  void work();
}

async function stageAfterCheck(file: File): Promise<Stage> {
  try {
    const columns = await loadColumns();
    const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
    const reason = refusalOf(head, file.size, columns);
    return reason === null ? { kind: 'waiting' } : { kind: 'refused', reason };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

async function work(): Promise<void> {
  if (isWorking) return;
  isWorking = true;
  try {
    for (;;) {
      const next = queue.get().find((each) => each.stage.kind === 'waiting');
      if (!next) return;
      await handIn(next);
    }
  } finally {
    isWorking = false;
  }
}

async function handIn(queued: Queued): Promise<void> {
  const { key } = queued;
  const controller = new AbortController();
  cancels.set(key, controller);
  try {
    move(key, { kind: 'preparing' });
    const file = files.get(key) as File;
    const { content, sha256 } = await prepare(file, controller.signal);
    const uploadId = await transfer(queued, content, sha256, controller.signal);
    move(key, { kind: 'sent', uploadId });
    files.delete(key);
  } catch (error) {
    if (controller.signal.aborted) return;
    move(key, { kind: 'failed', reason: reasonOf(error) });
  } finally {
    cancels.delete(key);
  }
}

/** Reads the file once: what is sent is what the digest is of, whatever a spreadsheet program does to it meanwhile. */
async function prepare(file: File, signal: AbortSignal) {
  const bytes = await file.arrayBuffer();
  signal.throwIfAborted();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { content: new Blob([bytes]), sha256 };
}

/** Returns the upload's id when the storage has the file. */
async function transfer(queued: Queued, content: Blob, sha256: string, signal: AbortSignal): Promise<string> {
  let sent = 0;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const created = await announce(queued, content.size, sha256, signal);
      if (created.status !== 'awaiting_file') return created.upload_id;
      const told = (bytes: number) => {
        sent = bytes;
        move(queued.key, { kind: 'sending', sent });
      };
      told(0);
      await putFile(created.put, content, told, signal);
      return created.upload_id;
    } catch (error) {
      if (!(error instanceof PutError) || !error.isPassing || attempt + 1 >= TRIES) throw error;
      move(queued.key, { kind: 'interrupted', sent });
      await pause(waitBefore(attempt, null), signal);
    }
  }
}

/** The same key gives the same upload with a new link, however often it is asked. */
function announce({ key, name, how }: Queued, bytes: number, sha256: string, signal: AbortSignal): Promise<CreatedUpload> {
  const body: NewUpload = {
    file_name: name,
    size: bytes,
    sha256,
    mode: how.mode,
    preview: how.preview,
    corrects_upload_id: how.correctsUploadId,
  };
  return send<CreatedUpload>('POST', ['uploads'], { body, headers: { 'Idempotency-Key': key }, signal, tries: TRIES });
}

function move(key: string, stage: Stage): void {
  queue.set(queue.get().map((each) => (each.key === key ? { ...each, stage } : each)));
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  if (error instanceof PutError) {
    return error.status === 0
      ? 'The connection was lost while the file was sent. Try again when the network is back.'
      : 'The storage did not take the file. Try again in a moment.';
  }
  // NotReadableError, NotFoundError: the file was moved, or another program keeps it to itself.
  if (error instanceof DOMException) return 'The file cannot be read. Close it in other programs and choose it again.';
  throw error;
}

/** The browser asks before it closes the page while a file is on its way. */
export function guardLeaving(): void {
  addEventListener('beforeunload', (event) => {
    if (queue.get().some(isSending)) event.preventDefault();
  });
}
