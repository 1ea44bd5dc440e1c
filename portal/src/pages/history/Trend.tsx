import { get } from '../../api/client';
import type { UploadPage } from '../../api/types';
import { count, date, number, percent } from '../../logic/format';
import { useResource } from '../../logic/resource';
import { pointsOf, tendencyOf, topOf, type Point } from './trend';

const MOST = 20;
const LEAST = 10;
const HEIGHT = 72;
const STEP = 20;
const BAR = 13;

/** Whether the files get better: the share of rows with errors in the last uploads. */
export function Trend() {
  const latest = useResource(
    (signal) => get<UploadPage>(['uploads'], { query: { preview: false, limit: 60 }, signal }),
    [],
  );
  const points = pointsOf(latest.data?.data ?? [], MOST);
  const tendency = tendencyOf(points);
  // A picture of one upload says nothing; and nobody misses it when it cannot be fetched.
  if (tendency === null) return null;
  const words = { better: 'fewer errors than before', worse: 'more errors than before', same: 'as before' };
  return (
    <section class="card trend" aria-labelledby="trend">
      <div>
        <h2 id="trend">Rows with errors</h2>
        <p>
          <strong class="trend-figure">{share(tendency.last)}</strong> in the last file
        </p>
        <p class="soft">
          {words[tendency.direction]}: {share(tendency.before)} in the {count(points.length - 1, 'file')} before it
        </p>
      </div>
      <Bars points={points} />
    </section>
  );
}

function Bars({ points }: { readonly points: readonly Point[] }) {
  const top = topOf(points);
  // A few bars stand at the right end, where the next ones will come.
  const width = Math.max(points.length, LEAST) * STEP;
  const first = width - points.length * STEP;
  return (
    <svg
      class="trend-bars"
      viewBox={`0 0 ${width + 40} ${HEIGHT + 10}`}
      width={width + 40}
      role="img"
      aria-label={`Share of rows with errors in the last ${points.length} files, the latest last: ${points
        .map(({ rate }) => share(rate))
        .join(', ')}`}
    >
      <g class="trend-scale">
        <path d={`M0 5.5h${width}M0 ${HEIGHT + 5.5}h${width}`} />
        <text x={width + 6} y="10">
          {share(top)}
        </text>
        <text x={width + 6} y={HEIGHT + 9}>
          {share(0)}
        </text>
      </g>
      {points.map((point, index) => (
        <Bar key={point.uploadId} point={point} top={top} x={first + index * STEP + (STEP - BAR) / 2} />
      ))}
    </svg>
  );
}

function Bar({ point, top, x }: { readonly point: Point; readonly top: number; readonly x: number }) {
  // A file without errors has a bar too, a flat one: it is there and it is good.
  const height = Math.max((point.rate / top) * HEIGHT, 2);
  return (
    <rect class={point.errors ? 'trend-bad' : 'trend-good'} x={x} y={HEIGHT + 5 - height} width={BAR} height={height} rx="1.5">
      <title>
        {`${point.fileName}, ${date(point.at)}: ${number(point.errors)} of ${count(point.rows, 'row')} (${share(point.rate)})`}
      </title>
    </rect>
  );
}

function share(rate: number): string {
  return percent(rate, 1);
}
