import { get } from '../../api/client';
import type { Page } from '../../app/pages';
import { href, hrefWith } from '../../app/route';
import { Button } from '../../components/Button';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { Notice } from '../../components/Notice';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { count, duration, number } from '../../logic/format';
import { useResource } from '../../logic/resource';
import { AlarmText } from './AlarmText';
import { deadLetters } from './dead-letters';
import { RunbookLink } from './RunbookLink';
import type { Queue, System } from './types';

/** How the service is at this moment: what waits, what failed for good, and what rings. */
export const SystemPage: Page = () => {
  const system = useResource((signal) => get<System>(['admin', 'system'], { signal }), []);
  return (
    <div class="stack">
      <PageTitle title="System">
        <p class="row soft">
          <span>What waits, what failed for good, and what rings.</span>
          <Button small icon="retry" busy={system.isLoading} onClick={system.reload}>
            Look again
          </Button>
        </p>
      </PageTitle>
      {system.error && <Problem error={system.error} retry={system.reload} />}
      {!system.data && system.isLoading && <Loading what="the state of the service" lines={6} />}
      {system.data && <State system={system.data} />}
    </div>
  );
};

function State({ system }: { readonly system: System }) {
  const dead = deadLetters(system.queues, system.failed_stream_batches);
  return (
    <>
      <dl class="card tiles">
        <Tile label="Open uploads" value={number(system.open_uploads)} />
        <Tile label="Failed for good" value={dead === null ? 'unknown' : number(dead)} bad={dead !== 0} />
        <Tile
          label="Alarms that ring"
          value={system.alarms === null ? 'unknown' : number(system.alarms.length)}
          bad={system.alarms !== null && system.alarms.length > 0}
        />
        <Tile
          label="Addresses overdue"
          value={number(system.unconfirmed_vendors)}
          bad={system.unconfirmed_vendors > 0}
        />
      </dl>
      {system.unconfirmed_vendors > 0 && (
        <p>
          <a href={hrefWith(['vendors'], { address: 'overdue' })}>
            {count(system.unconfirmed_vendors, 'vendor')} with an e-mail address that nobody has confirmed in two days
          </a>
        </p>
      )}
      <Alarms alarms={system.alarms} />
      <Queues queues={system.queues} batches={system.failed_stream_batches} />
      <OpenUploads system={system} />
    </>
  );
}

function Tile({ label, value, bad = false }: { readonly label: string; readonly value: string; readonly bad?: boolean }) {
  return (
    <div class={bad ? 'tile tile-bad' : 'tile'}>
      <dt>{label}</dt>
      <dd class="number">{value}</dd>
    </div>
  );
}

function Alarms({ alarms }: { readonly alarms: System['alarms'] }) {
  return (
    <section class="stack" aria-labelledby="alarms">
      <h2 id="alarms">Alarms</h2>
      {alarms === null && (
        <Notice tone="info" announce={false}>
          Whether alarms ring is not known: this stage has none, or CloudWatch did not answer.
        </Notice>
      )}
      {alarms?.length === 0 && <p class="soft">No alarm rings.</p>}
      {alarms?.map(({ name, description, since }) => (
        <Notice key={name} tone="bad" title={name} announce={false}>
          <AlarmText text={description} />
          <p class="small soft">
            since <Moment at={since} />
          </p>
        </Notice>
      ))}
    </section>
  );
}

function Queues({ queues, batches }: { readonly queues: readonly Queue[]; readonly batches: number | null }) {
  const known = (value: number | null) => (value === null ? 'unknown' : number(value));
  return (
    <section class="stack" aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      <Table label="Each queue">
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col" class="number">
              Waiting
            </th>
            <th scope="col" class="number">
              In work
            </th>
            <th scope="col" class="number">
              Oldest
            </th>
            <th scope="col">Runbook</th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <tr key={queue.name}>
              <th scope="row" class="name">
                {queue.name}
                {queue.is_dead_letter && <div class="small soft">what failed for good</div>}
              </th>
              <td class="number">
                {queue.is_dead_letter && queue.waiting !== 0 ? (
                  <strong class="bad">{known(queue.waiting)}</strong>
                ) : (
                  known(queue.waiting)
                )}
              </td>
              <td class="number">{known(queue.in_flight)}</td>
              <td class="number">
                {ageOf(queue)}
              </td>
              <td>
                <RunbookLink section={queue.runbook} />
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row" class="name">
              stream failure bucket
              <div class="small soft">batches of rows that failed for good</div>
            </th>
            <td class="number">{batches ? <strong class="bad">{number(batches)}</strong> : known(batches)}</td>
            <td class="number">–</td>
            <td class="number">–</td>
            <td>
              <RunbookLink section="processing-failures-again" />
            </td>
          </tr>
        </tbody>
      </Table>
    </section>
  );
}

/** The age as CloudWatch has measured it last; an empty queue has none. */
function ageOf({ waiting, in_flight: inFlight, oldest_seconds: oldest }: Queue): string {
  if (waiting === 0 && inFlight === 0) return '–';
  return oldest === null ? 'unknown' : duration(oldest * 1000);
}

function OpenUploads({ system }: { readonly system: System }) {
  const { oldest_open: oldest, open_uploads: total } = system;
  return (
    <section class="stack" aria-labelledby="open">
      <h2 id="open">Open uploads</h2>
      {total === 0 && <p class="soft">Every upload has ended.</p>}
      {oldest.length > 0 && (
        <>
          <Table label="Open uploads, the oldest first">
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col">Vendor</th>
                <th scope="col">Since</th>
              </tr>
            </thead>
            <tbody>
              {oldest.map((upload) => (
                <tr key={upload.upload_id}>
                  <th scope="row" class="name">
                    <a class="theirs" href={href('uploads', upload.upload_id)}>
                      {upload.file_name}
                    </a>
                  </th>
                  <td>
                    <a class="theirs" href={href('vendors', upload.vendor_id)}>
                      {upload.vendor_id}
                    </a>
                  </td>
                  <td>
                    <Moment at={upload.created_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
          {total > oldest.length && <p class="soft">The oldest {oldest.length} of {number(total)}.</p>}
        </>
      )}
    </section>
  );
}
