import { useEffect } from 'preact/hooks';
import { get } from '../api/client';
import { ApiError } from '../api/problems';
import type { Columns } from '../api/types';
import { createStore, useStore } from './store';

const columns = createStore<Columns | null>(null);
let asked: Promise<Columns> | null = null;

/** Returns columns, limits and codes: asked for once, they change with a deployment only. Throws ApiError. */
export function loadColumns(): Promise<Columns> {
  asked ??= get<Columns>(['columns']).then(
    (found) => {
      columns.set(found);
      return found;
    },
    (error: unknown) => {
      asked = null;
      throw error;
    },
  );
  return asked;
}

/** Returns them when they are there; until then pages do with the bare names. */
export function useColumns(): Columns | null {
  useEffect(() => {
    loadColumns().catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    });
  }, []);
  return useStore(columns);
}

export function labelOf(name: string | null, known: Columns | null): string {
  if (name === null) return 'Whole row';
  return known?.columns.find((column) => column.name === name)?.label ?? name;
}
