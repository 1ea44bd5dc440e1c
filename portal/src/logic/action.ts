import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/problems';

/** Something that the reader sets off, and how it stands. */
export interface Action<Given extends unknown[]> {
  readonly isBusy: boolean;
  readonly error: ApiError | null;
  run(...given: Given): void;
}

/** Runs one thing at a time; a problem stays until the next run. */
export function useAction<Given extends unknown[]>(act: (...given: Given) => Promise<void>): Action<Given> {
  const [state, setState] = useState<{ isBusy: boolean; error: ApiError | null }>({ isBusy: false, error: null });
  const latest = useRef(act);
  latest.current = act;
  const isBusy = useRef(false);
  const isThere = useRef(true);
  useEffect(() => () => void (isThere.current = false), []);
  const run = useCallback((...given: Given) => {
    if (isBusy.current) return;
    isBusy.current = true;
    setState({ isBusy: true, error: null });
    const end = (error: ApiError | null) => {
      isBusy.current = false;
      if (isThere.current) setState({ isBusy: false, error });
    };
    latest.current(...given).then(
      () => end(null),
      (error: unknown) => {
        if (!(error instanceof ApiError)) {
          end(null);
          throw error;
        }
        end(error);
      },
    );
  }, []);
  return { ...state, run };
}
