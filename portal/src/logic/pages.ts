import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../api/problems';
import { useResource } from './resource';

interface PageOf<T> {
  readonly data: readonly T[];
  readonly next_cursor?: string | null;
}

/** A list that comes page by page. Later pages are put below the earlier ones when they are asked for. */
export interface Pages<T> {
  readonly entries: readonly T[] | null;
  readonly error: ApiError | null;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  more(): void;
  reload(): void;
}

interface Shown<T> {
  readonly question: string;
  readonly entries: readonly T[];
  readonly next: string | null;
}

/** Fetches the first page whenever `question` changes, and further ones for `more`. */
export function usePages<T>(
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<PageOf<T>>,
  question: string,
): Pages<T> {
  const [cursor, setCursor] = useState<{ readonly question: string; readonly at: string | null }>({ question, at: null });
  const [shown, setShown] = useState<Shown<T> | null>(null);
  // A cursor belongs to the question that it came from.
  const at = cursor.question === question ? cursor.at : null;
  const page = useResource(async (signal) => ({ question, at, page: await fetchPage(at, signal) }), [question, at]);
  useEffect(() => {
    const got = page.data;
    if (got === null) return;
    setShown((before) => ({
      question: got.question,
      entries: got.at !== null && before?.question === got.question ? [...before.entries, ...got.page.data] : got.page.data,
      next: got.page.next_cursor ?? null,
    }));
  }, [page.data]);
  const next = shown?.next ?? null;
  const more = useCallback(() => setCursor({ question, at: next }), [question, next]);
  const reload = useCallback(() => {
    setCursor({ question, at: null });
    page.reload();
  }, [question, page.reload]);
  return {
    entries: shown?.entries ?? null,
    error: page.error,
    isLoading: page.isLoading,
    hasMore: next !== null && shown?.question === question,
    more,
    reload,
  };
}
