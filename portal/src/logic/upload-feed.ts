import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/client';
import { ApiError } from '../api/problems';
import type { FollowedUpload } from '../api/types';
import { isUnderWay } from './progress';
import { pause } from './retry';

const SOONEST_SECONDS = 1;

export interface Followed {
  readonly upload: FollowedUpload | null;
  readonly error: ApiError | null;
}

/**
 * Follows an upload until it has ended: asks as often as the API wants to be asked, rests while nobody looks, and goes
 * on after sleep and lost network. A new `round` asks anew, also about an upload that has ended.
 */
export function useUpload(uploadId: string, round = 0): Followed {
  const [followed, setFollowed] = useState<Followed>({ upload: null, error: null });
  useEffect(() => {
    const controller = new AbortController();
    void follow(uploadId, controller.signal, setFollowed);
    return () => controller.abort();
  }, [uploadId, round]);
  return followed;
}

async function follow(uploadId: string, signal: AbortSignal, tell: (followed: Followed) => void): Promise<void> {
  try {
    for (;;) {
      const { document: upload, retryAfter } = await ask<FollowedUpload>('GET', ['uploads', uploadId], { signal, tries: 1_000 });
      if (signal.aborted) return;
      tell({ upload, error: null });
      if (!isUnderWay(upload)) return;
      await pause(Math.max(retryAfter ?? 0, SOONEST_SECONDS) * 1000, signal);
      await untilSeen(signal);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiError)) throw error;
    tell({ upload: null, error });
  }
}

function untilSeen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (!document.hidden) return resolve();
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look, { signal });
  });
}
