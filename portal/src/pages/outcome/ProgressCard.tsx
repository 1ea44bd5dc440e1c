import { useEffect, useState } from 'preact/hooks';
import type { Upload } from '../../api/types';
import { Icon } from '../../components/Icon';
import { RowsBar } from '../../components/RowsBar';
import { duration, number, percent } from '../../logic/format';
import { phaseOf, type Phase } from '../../logic/progress';
import { Figures } from './Figures';

const STEPS: readonly (readonly [phase: Phase, label: string])[] = [
  ['arriving', 'File arrives'],
  ['reading', 'File is read'],
  ['checking', 'Rows are checked'],
  ['finishing', 'Report is made'],
];

/** An upload under way: the steps, the rows, and the time so far. */
export function ProgressCard({ upload }: { readonly upload: Upload }) {
  const phase = phaseOf(upload);
  const { total, valid, errors } = upload.counts;
  const at = STEPS.findIndex(([each]) => each === phase);
  return (
    <section class="card stack progress" aria-label="Progress">
      <ol class="steps">
        {STEPS.map(([each, label], index) => (
          <li
            key={each}
            class={index < at ? 'steps-done' : index === at ? 'steps-now' : ''}
            aria-current={index === at ? 'step' : undefined}
          >
            <span class="steps-dot">{index < at && <Icon name="check" size={14} />}</span>
            {label}
          </li>
        ))}
      </ol>
      <RowsBar counts={upload.counts} busy />
      <Figures counts={upload.counts} isUnderWay />
      <p class="soft small number">
        {total ? `${percent(valid + errors, total)} of ${number(total)} rows checked · ` : ''}
        <Elapsed since={upload.created_at} />
      </p>
      <p class="small soft">You can leave this page or close it: the upload goes on, and an e-mail tells how it ended.</p>
    </section>
  );
}

function Elapsed({ since }: { readonly since: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <>{duration(Math.round((now - Date.parse(since)) / 1000) * 1000)} so far</>;
}
