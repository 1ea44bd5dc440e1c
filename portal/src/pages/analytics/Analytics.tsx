import './analytics.css';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { get } from '../../api/client';
import { Bars } from '../../components/Bars';
import { Button } from '../../components/Button';
import { Empty } from '../../components/Empty';
import { Loading } from '../../components/Loading';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { labelOf, useColumns } from '../../logic/columns';
import { count, date, duration, number, percent } from '../../logic/format';
import { useResource } from '../../logic/resource';
import { everyDay, roundTop, totalsOf } from './days';
import { DownloadTable } from './DownloadTable';
import type { Causes, Day, Days } from './types';

/** Days of the table that are shown at first. */
const FIRST_DAYS = 10;

interface Props {
  /** Where the figures are asked for: of the caller's vendor, or of all. */
  readonly path: readonly string[];
  readonly query: { readonly first_day: string; readonly last_day: string; readonly vendor_id?: string };
}

/** How uploads went: by day, and what goes wrong most. Previews do not count. */
export function Analytics({ path, query }: Props) {
  const asked = JSON.stringify(query);
  const days = useResource((signal) => get<Days>([...path, 'days'], { query, signal }), [asked]);
  if (days.error) return <Problem error={days.error} retry={days.reload} />;
  if (!days.data) return <Loading what="the figures" lines={6} />;
  if (days.data.data.length === 0) {
    return (
      <Empty icon="history" title="No upload has ended in this time">
        <p class="soft">Checks do not count here. Take a longer time, or come back when files have been handed in.</p>
      </Empty>
    );
  }
  return (
    <>
      <Charts found={days.data} />
      <DayTable found={days.data} path={path} query={query} />
      <CauseTable path={path} query={query} />
    </>
  );
}

function Charts({ found }: { readonly found: Days }) {
  const totals = totalsOf(found.data);
  const all = everyDay(found.data, found.first_day, found.last_day);
  const span = { first: date(found.first_day), last: date(found.last_day) };
  const mostRows = roundTop(Math.max(...found.data.map(({ rows }) => rows)));
  const worst = Math.max(...found.data.map(({ error_rate: rate }) => rate));
  const topRate = [0.05, 0.1, 0.25, 0.5].find((top) => worst <= top) ?? 1;
  const { p50_seconds: p50, p95_seconds: p95 } = found.durations;
  return (
    <div class="analytics-charts">
      <Chart title="Rows" figure={number(totals.rows)} words={`in ${count(totals.uploads, 'upload')}`}>
        <Bars
          kind="rows"
          label="Rows by day; the table below has the numbers"
          top={mostRows}
          topLabel={number(mostRows)}
          {...span}
          bars={all.map(({ day, found: one }) => ({
            key: day,
            value: one?.rows ?? 0,
            title: `${date(day)}: ${count(one?.rows ?? 0, 'row')}`,
          }))}
        />
      </Chart>
      <Chart
        title="Rows with errors"
        figure={percent(totals.errorRows, totals.rows)}
        words={`${number(totals.errorRows)} of ${count(totals.rows, 'row')}`}
      >
        <Bars
          kind="bad"
          label="Share of rows with errors by day; the table below has the numbers"
          top={topRate}
          topLabel={percent(topRate, 1)}
          {...span}
          bars={all.map(({ day, found: one }) => ({
            key: day,
            value: one?.error_rate ?? 0,
            title: `${date(day)}: ${one ? percent(one.error_rows, one.rows) : 'no upload'}`,
          }))}
        />
      </Chart>
      <Chart title="Time to outcome" figure={p50 === null ? '–' : seconds(p50)} words="for half of the uploads or less">
        <p>
          95 of 100 uploads had their outcome within <strong>{p95 === null ? '–' : seconds(p95)}</strong>.
        </p>
      </Chart>
    </div>
  );
}

interface ChartProps {
  readonly title: string;
  readonly figure: string;
  readonly words: string;
  readonly children: ComponentChildren;
}

function Chart({ title, figure, words, children }: ChartProps) {
  return (
    <section class="card analytics-chart" aria-label={title}>
      <h2>{title}</h2>
      <p>
        <span class="analytics-figure number">{figure}</span> <span class="soft">{words}</span>
      </p>
      {children}
    </section>
  );
}

function DayTable({ found, path, query }: { readonly found: Days } & Props) {
  const [isAll, setAll] = useState(false);
  const newestFirst = [...found.data].reverse();
  const shown = isAll ? newestFirst : newestFirst.slice(0, FIRST_DAYS);
  return (
    <section class="stack" aria-labelledby="days">
      <div class="analytics-head">
        <h2 id="days">By day</h2>
        <DownloadTable
          path={[...path, 'days']}
          query={query}
          fileName={`days_${found.first_day}_${found.last_day}.csv`}
          label="Download the days as CSV"
        />
      </div>
      <Table label="Uploads by day, the latest first">
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            <th scope="col" class="number">
              Uploads
            </th>
            <th scope="col" class="number wide">
              Failed
            </th>
            <th scope="col" class="number">
              Rows
            </th>
            <th scope="col" class="number">
              Errors
            </th>
            <th scope="col" class="number wide">
              Half within
            </th>
            <th scope="col" class="number wide">
              95 % within
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((day) => (
            <DayRow key={day.day} day={day} />
          ))}
        </tbody>
      </Table>
      {shown.length < newestFirst.length && (
        <p>
          <Button small onClick={() => setAll(true)}>
            {`Show all ${newestFirst.length} days`}
          </Button>
        </p>
      )}
    </section>
  );
}

function DayRow({ day }: { readonly day: Day }) {
  const { p50_seconds: p50, p95_seconds: p95 } = day.durations;
  return (
    <tr>
      <th scope="row" class="keep">
        {date(day.day)}
      </th>
      <td class="number">{number(day.uploads)}</td>
      <td class="number wide">{number(day.failed)}</td>
      <td class="number">{number(day.rows)}</td>
      <td class="number">{percent(day.error_rows, day.rows)}</td>
      <td class="number wide">{p50 === null ? '–' : seconds(p50)}</td>
      <td class="number wide">{p95 === null ? '–' : seconds(p95)}</td>
    </tr>
  );
}

function CauseTable({ path, query }: Props) {
  const causes = useResource((signal) => get<Causes>([...path, 'causes'], { query, signal }), [JSON.stringify(query)]);
  const columns = useColumns();
  return (
    <section class="stack" aria-labelledby="causes">
      <div class="analytics-head">
        <h2 id="causes">What goes wrong most</h2>
        {causes.data && causes.data.data.length > 0 && (
          <DownloadTable
            path={[...path, 'causes']}
            query={query}
            fileName={`causes_${causes.data.first_day}_${causes.data.last_day}.csv`}
            label="Download what goes wrong as CSV"
          />
        )}
      </div>
      {causes.error && <Problem error={causes.error} retry={causes.reload} />}
      {!causes.data && causes.isLoading && <Loading what="the causes" />}
      {causes.data?.data.length === 0 && <p class="soft">Nothing went wrong.</p>}
      {causes.data && causes.data.data.length > 0 && (
        <Table label="Causes, those of most rows first" busy={causes.isLoading}>
          <thead>
            <tr>
              <th scope="col">Code</th>
              <th scope="col">Column</th>
              <th scope="col" class="number">
                Rows
              </th>
              <th scope="col" class="number">
                Uploads
              </th>
            </tr>
          </thead>
          <tbody>
            {causes.data.data.map((cause) => (
              <tr key={`${cause.code} ${cause.column}`}>
                <th scope="row">
                  <code class="theirs">{cause.code}</code>
                </th>
                <td>{cause.rows === 0 ? 'Whole file' : labelOf(cause.column, columns)}</td>
                <td class="number">{cause.rows === 0 ? '–' : number(cause.rows)}</td>
                <td class="number">{number(cause.uploads)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}

function seconds(value: number): string {
  return duration(value * 1000);
}
