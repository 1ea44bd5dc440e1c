import { SelectField } from '../../components/Field';

export const SPANS: readonly (readonly [string, string])[] = [
  ['7', 'The last 7 days'],
  ['30', 'The last 30 days'],
  ['90', 'The last 90 days'],
  ['365', 'The last 365 days'],
];

/** Returns how many days an address asks for; 30 unless it says one of the choices. */
export function spanOf(query: URLSearchParams): number {
  const asked = query.get('days');
  return Number(SPANS.find(([days]) => days === asked)?.[0] ?? '30');
}

export function SpanField({ days, onChange }: { readonly days: number; readonly onChange: (days: string) => void }) {
  return <SelectField label="Time" value={String(days)} options={SPANS} onChange={onChange} />;
}
