import { get } from '../../api/client';
import { Loading } from '../../components/Loading';
import { Notice } from '../../components/Notice';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { duration, number } from '../../logic/format';
import { useResource } from '../../logic/resource';
import { RunbookLink } from './RunbookLink';
import type { Execution, UploadStory } from './types';

/** What `make explain` tells: what happened to an upload, what is wrong, and what fixes it. */
export function Story({ uploadId }: { readonly uploadId: string }) {
  const story = useResource(
    (signal) => get<UploadStory>(['admin', 'uploads', uploadId, 'story'], { signal }),
    [uploadId],
  );
  return (
    <section class="stack" aria-labelledby="story">
      <h2 id="story">What happened</h2>
      {story.error && <Problem error={story.error} retry={story.reload} />}
      {!story.data && story.isLoading && <Loading what="the story" lines={4} />}
      {story.data && (
        <>
          <Verdict story={story.data} />
          {story.data.executions.map((execution) => (
            <Steps key={execution.name} execution={execution} />
          ))}
          <Elsewhere story={story.data} />
        </>
      )}
    </section>
  );
}

function Verdict({ story: { diagnosis } }: { readonly story: UploadStory }) {
  return (
    <Notice tone={diagnosis.is_fine ? 'good' : 'warn'} title={`Diagnosis: ${diagnosis.cause}`} announce={false}>
      <p class="theirs">{diagnosis.sentence}</p>
      {diagnosis.fix_first && <p class="theirs">First: {diagnosis.fix_first}</p>}
      {diagnosis.command && <code class="command">{diagnosis.command}</code>}
      {diagnosis.is_fine && <p>There is nothing to do.</p>}
      <p class="small soft">
        The runbook has more: <RunbookLink section={diagnosis.section} />
      </p>
    </Notice>
  );
}

function Steps({ execution }: { readonly execution: Execution }) {
  if (execution.steps.length === 0) return null;
  return (
    <Table label={`States of ${execution.name}`}>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Entered</th>
          <th scope="col" class="number">
            Took
          </th>
          <th scope="col" class="number">
            Tries
          </th>
          <th scope="col">What failed</th>
        </tr>
      </thead>
      <tbody>
        {execution.steps.map((step, index) => (
          <tr key={index}>
            <th scope="row" class="keep">
              {step.state}
            </th>
            <td class="keep">{new Date(step.entered_at).toLocaleTimeString()}</td>
            <td class="number">
              {step.left_at ? duration(Date.parse(step.left_at) - Date.parse(step.entered_at)) : 'still there'}
            </td>
            <td class="number">{step.tries > 0 ? number(step.tries) : '–'}</td>
            <td class="small theirs">{[...new Set(step.causes)].join(' · ') || '–'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What waits or died in queues, what was logged, and what could not be found out. */
function Elsewhere({ story }: { readonly story: UploadStory }) {
  const waiting = story.kept.filter((kept) => kept.count > 0);
  const unknown = Object.entries(story.unknown);
  const { rows, validated, error } = story.staged;
  return (
    <div class="card stack">
      <dl class="details">
        <dt>Rows in staging</dt>
        <dd class="number">
          {number(rows)}; {number(validated)} valid and {number(error)} invalid by what is kept there
        </dd>
        {waiting.map((kept) => (
          <>
            <dt key={kept.place}>{kept.place}</dt>
            <dd class="number">
              {number(kept.count)} {kept.ours !== null && `(${number(kept.ours)} about this upload)`}
            </dd>
          </>
        ))}
        {unknown.map(([what, why]) => (
          <>
            <dt key={what}>{what}</dt>
            <dd class="theirs">could not be asked: {why}</dd>
          </>
        ))}
      </dl>
      {story.logs.length > 0 && (
        <details>
          <summary>{`Log lines of warnings and errors (${number(story.logs.length)})`}</summary>
          <ul class="log">
            {story.logs.map((line, index) => (
              <li key={index} class="small theirs">
                {new Date(line.at).toLocaleTimeString()} {line.function} {line.level} {line.text}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
