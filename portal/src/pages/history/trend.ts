/** The share of rows with errors, upload by upload. */
import type { Upload } from '../../api/types';

export interface Point {
  readonly uploadId: string;
  readonly fileName: string;
  readonly at: string;
  readonly rows: number;
  readonly errors: number;
  /** From 0 to 1. */
  readonly rate: number;
}

/** Returns the last uploads whose rows were all checked, the earliest first. Refused files have no rows. */
export function pointsOf(newestFirst: readonly Upload[], most: number): readonly Point[] {
  return newestFirst
    .filter(({ completed_at, counts }) => completed_at !== null && (counts.total ?? 0) > 0)
    .slice(0, most)
    .reverse()
    .map(({ upload_id, file_name, created_at, counts }) => ({
      uploadId: upload_id,
      fileName: file_name,
      at: created_at,
      rows: counts.total ?? 0,
      errors: counts.errors,
      rate: counts.errors / (counts.total ?? 1),
    }));
}

export interface Tendency {
  /** Of the last upload, and of all before it together, from 0 to 1. */
  readonly last: number;
  readonly before: number;
  readonly direction: 'better' | 'worse' | 'same';
}

/** Compares the last upload with those before it, each row counting the same. Null for fewer than two. */
export function tendencyOf(points: readonly Point[]): Tendency | null {
  const last = points.at(-1);
  const earlier = points.slice(0, -1);
  if (last === undefined || earlier.length === 0) return null;
  const rows = earlier.reduce((sum, point) => sum + point.rows, 0);
  const before = earlier.reduce((sum, point) => sum + point.errors, 0) / rows;
  // Half a percentage point is no news.
  const change = last.rate - before;
  return { last: last.rate, before, direction: Math.abs(change) < 0.005 ? 'same' : change < 0 ? 'better' : 'worse' };
}

/** Returns the top of the scale: the next of some round shares above the highest point. */
export function topOf(points: readonly Point[]): number {
  const highest = Math.max(0, ...points.map(({ rate }) => rate));
  return [0.05, 0.1, 0.25, 0.5].find((top) => highest <= top) ?? 1;
}
