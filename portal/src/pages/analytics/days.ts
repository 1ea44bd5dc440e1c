/** Days of the calendar in UTC, as the service counts them. */
import type { Day } from './types';

const DAY_MS = 86_400_000;

/** Returns the first and last day of the last so many days, today included, as `2026-11-24`. */
export function lastDays(count: number, now: Date = new Date()): { readonly first_day: string; readonly last_day: string } {
  const today = now.getTime();
  return { first_day: dayOf(today - (count - 1) * DAY_MS), last_day: dayOf(today) };
}

function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** Returns every day from the first to the last; days without uploads are there with null. */
export function everyDay(days: readonly Day[], first: string, last: string): readonly { day: string; found: Day | null }[] {
  const known = new Map(days.map((each) => [each.day, each]));
  const all: { day: string; found: Day | null }[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY_MS) {
    const day = dayOf(at);
    all.push({ day, found: known.get(day) ?? null });
  }
  return all;
}

export interface Totals {
  readonly uploads: number;
  readonly rows: number;
  readonly errorRows: number;
}

export function totalsOf(days: readonly Day[]): Totals {
  return days.reduce(
    (sum, day) => ({
      uploads: sum.uploads + day.uploads,
      rows: sum.rows + day.rows,
      errorRows: sum.errorRows + day.error_rows,
    }),
    { uploads: 0, rows: 0, errorRows: 0 },
  );
}

/** Returns the top of a scale of counts: 1, 2 or 5 followed by zeros, at least the highest value. */
export function roundTop(highest: number): number {
  if (highest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 5, 10].find((factor) => factor * power >= highest) ?? 10) * power;
}
