import { useState } from 'preact/hooks';
import type { Cause, Columns, Upload } from '../../api/types';
import { hrefWith } from '../../app/route';
import { Button } from '../../components/Button';
import { CodeLink } from '../../components/CodeLink';
import { keyOf, titleOf, worthShowingFirst } from '../../logic/causes';
import { count, number } from '../../logic/format';
import { Sent } from './Sent';

interface Props {
  readonly upload: Upload;
  readonly causes: readonly Cause[];
  readonly columns: Columns | null;
}

/** The causes with the most rows first, each with an example and what to do. */
export function Causes({ upload, causes, columns }: Props) {
  const [isAll, setIsAll] = useState(false);
  const first = worthShowingFirst(causes, upload.counts.errors);
  const shown = isAll ? causes : first;
  const rest = causes.length - first.length;
  return (
    <>
      <ol class="causes">
        {shown.map((cause) => (
          <CauseCard key={keyOf(cause)} upload={upload} cause={cause} columns={columns} />
        ))}
      </ol>
      {rest > 0 && !isAll && (
        <p>
          <Button small onClick={() => setIsAll(true)}>
            {`Show ${count(rest, 'more cause')}`}
          </Button>
        </p>
      )}
    </>
  );
}

function CauseCard({ upload, cause, columns }: { upload: Upload; cause: Cause; columns: Columns | null }) {
  const key = keyOf(cause);
  const to = hrefWith(['uploads', upload.upload_id], { cause: key });
  return (
    <li class="card cause">
      <div class="cause-count">
        <strong class="number">{number(cause.rows)}</strong>
        <span class="small soft">{cause.rows === 1 ? 'row' : 'rows'}</span>
      </div>
      <div class="cause-text">
        <h3>{titleOf(cause, columns)}</h3>
        <p class="cause-fix">{cause.fix}</p>
        <div class="cause-example">
          <span class="small soft number">Row {number(cause.first_row)}</span>
          <Sent error={cause} />
          <p class="small theirs">{cause.message}</p>
        </div>
        <p class="row small">
          <a href={to} onClick={() => setTimeout(() => document.getElementById('rows')?.scrollIntoView())}>
            {cause.rows === 1 ? 'See the row' : `See all ${number(cause.rows)} rows`}
          </a>
          <CodeLink code={cause.code} />
        </p>
      </div>
    </li>
  );
}
