import './Bars.css';

export interface Bar {
  readonly key: string;
  readonly value: number;
  /** What stands in the tip of the bar. */
  readonly title: string;
}

interface Props {
  /** What is to be seen, for whom cannot see it; the numbers stand in the table beside it. */
  readonly label: string;
  readonly bars: readonly Bar[];
  /** Where the scale ends, and how that is written. */
  readonly top: number;
  readonly topLabel: string;
  readonly kind: 'rows' | 'bad';
  readonly first: string;
  readonly last: string;
}

const WIDTH = 480;
const HEIGHT = 96;
const UPPER = 14;

/** Bars over a span of days: a picture of the table beside it. */
export function Bars({ label, bars, top, topLabel, kind, first, last }: Props) {
  const step = WIDTH / Math.max(bars.length, 1);
  const base = UPPER + HEIGHT;
  return (
    <svg class="bars" viewBox={`0 0 ${WIDTH} ${base + 20}`} role="img" aria-label={label}>
      <path class="bars-line" d={`M0 ${UPPER}.5H${WIDTH}M0 ${base}.5H${WIDTH}`} />
      <text x="0" y="10">
        {topLabel}
      </text>
      <text x="0" y={base + 15}>
        {first}
      </text>
      <text x={WIDTH} y={base + 15} text-anchor="end">
        {last}
      </text>
      {bars.map(({ key, value, title }, index) => {
        const height = value > 0 ? Math.max((value / top) * HEIGHT, 2) : 0;
        return (
          <rect
            key={key}
            class={`bars-${kind}`}
            x={index * step + step * 0.15}
            y={base - height}
            width={Math.max(step * 0.7, 1)}
            height={height}
          >
            <title>{title}</title>
          </rect>
        );
      })}
    </svg>
  );
}
