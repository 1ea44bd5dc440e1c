/** What an action changed, name by name. */

export interface Difference {
  readonly name: string;
  /** Undefined where there was nothing, or is nothing any more. */
  readonly before: unknown;
  readonly after: unknown;
}

type Values = Readonly<Record<string, unknown>> | null;

/** Returns what differs, in the order of the names as they were recorded; what stayed is left out. */
export function differences(before: Values, after: Values): readonly Difference[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .map((name) => ({ name, before: before?.[name], after: after?.[name] }))
    .filter((each) => JSON.stringify(each.before) !== JSON.stringify(each.after));
}

/** Returns a recorded value as text: nothing of it is ever markup. */
export function shown(value: unknown): string {
  if (value === null || value === '') return 'nothing';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(shown).join(', ') || 'nothing';
  return JSON.stringify(value);
}
