/** What the history is narrowed to: kept in the address, so that going back and sending a link keep it. */

export interface Filters {
  readonly name: string;
  readonly status: string;
  /** `import`, `update`, `revert`, or `preview` for checks of either kind. */
  readonly kind: string;
  /** First and last day as `2026-11-24`, in the reader's time zone. */
  readonly from: string;
  readonly to: string;
}

const NAMES = ['name', 'status', 'kind', 'from', 'to'] as const;

export const KINDS: readonly (readonly [string, string])[] = [
  ['', 'All kinds'],
  ['import', 'New products'],
  ['update', 'Changes'],
  ['preview', 'Checks only'],
  ['revert', 'Taken back by TechMart'],
];

export function filtersOf(query: URLSearchParams): Filters {
  const found = NAMES.map((name) => [name, query.get(name) ?? ''] as const);
  return Object.fromEntries(found) as unknown as Filters;
}

export function isNarrowed(filters: Filters): boolean {
  return NAMES.some((name) => filters[name] !== '');
}

/** Returns the question to the API. A day that is none is left out. */
export function questionOf(filters: Filters): Record<string, string | boolean> {
  const { kind } = filters;
  const from = startOfDay(filters.from, 0);
  const to = startOfDay(filters.to, 1);
  return {
    ...(filters.name && { file_name: filters.name }),
    ...(filters.status && { status: filters.status }),
    ...(kind === 'preview' && { preview: true }),
    ...((kind === 'import' || kind === 'update') && { mode: kind, preview: false }),
    ...(kind === 'revert' && { mode: kind }),
    ...(from && { created_from: from.toISOString() }),
    ...(to && { created_to: new Date(to.getTime() - 1).toISOString() }),
  };
}

/** Returns midnight of a day, or of so many days later, where the reader is; null for what is no day. */
function startOfDay(text: string, later: number): Date | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return null;
  const [, year, month, day] = parts.map(Number) as [number, number, number, number];
  const found = new Date(year, month - 1, day + later);
  return Number.isNaN(found.getTime()) || year < 1000 ? null : found;
}
