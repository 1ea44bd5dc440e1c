import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/problems';

/** Something that is fetched. While it is fetched anew, what was there stays on the page. */
export interface Resource<T> {
  readonly data: T | null;
  readonly error: ApiError | null;
  readonly isLoading: boolean;
  reload(): void;
}

/** Fetches whenever one of `inputs` changes; an answer to an older question is thrown away. */
export function useResource<T>(fetchIt: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Resource<T> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Omit<Resource<T>, 'reload'>>({ data: null, error: null, isLoading: true });
  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({ ...before, error: null, isLoading: true }));
    fetchIt(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setState({ data, error: null, isLoading: false });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setState((before) => ({ data: before.data, error, isLoading: false }));
      },
    );
    return () => controller.abort();
  }, [...inputs, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  return { ...state, reload };
}
