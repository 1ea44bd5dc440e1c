import type { Upload } from '../../api/types';
import { number } from '../../logic/format';

interface Props {
  readonly counts: Upload['counts'];
  readonly isUnderWay?: boolean;
}

/** The counts as numbers; of an update also what its valid rows did. */
export function Figures({ counts, isUnderWay = false }: Props) {
  const { total, valid, errors, changed, unchanged, superseded } = counts;
  return (
    <dl class="figures">
      <Figure label="Rows" value={total === null ? '–' : number(total)} />
      <Figure label="Valid" value={number(valid)} tone="good" />
      <Figure label="To fix" value={number(errors)} {...(errors > 0 ? { tone: 'bad' } : {})} />
      {isUnderWay && <Figure label="Still to come" value={total === null ? '–' : number(total - valid - errors)} />}
      {!isUnderWay && typeof changed === 'number' && <Figure label="Changed" value={number(changed)} />}
      {!isUnderWay && typeof unchanged === 'number' && <Figure label="As before" value={number(unchanged)} />}
      {!isUnderWay && !!superseded && <Figure label="Overtaken by a later file" value={number(superseded)} />}
    </dl>
  );
}

function Figure({ label, value, tone }: { readonly label: string; readonly value: string; readonly tone?: string }) {
  return (
    <div class={tone ? `figure figure-${tone}` : 'figure'}>
      <dt>{label}</dt>
      <dd class="number">{value}</dd>
    </div>
  );
}
