import { useEffect, useRef, useState } from 'preact/hooks';

const PAUSE_MS = 300;

/**
 * Returns what is being written and a way to write: `tell` hears of it a moment after the last key, so that not every
 * key is a question to the service. A value that changes from outside replaces what was written.
 */
export function useDebounced(value: string, tell: (value: string) => void): [string, (value: string) => void] {
  const [written, setWritten] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(value);
  const listener = useRef(tell);
  listener.current = tell;
  useEffect(() => {
    if (value !== told.current) setWritten(value);
    told.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const write = (next: string) => {
    setWritten(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      told.current = next.trim();
      listener.current(next.trim());
    }, PAUSE_MS);
  };
  return [written, write];
}
