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

const HEIGHT = 96;

/** Bars over a span of days: a picture of the table beside it. It is as wide as there is room; its words are not. */
export function Bars({ label, bars, top, topLabel, kind, first, last }: Props) {
  return (
    <figure class="bars" role="img" aria-label={label}>
      <span>{topLabel}</span>
      <svg viewBox={`0 0 ${Math.max(bars.length, 1)} ${HEIGHT}`} preserveAspectRatio="none">
        {bars.map(({ key, value, title }, index) => {
          const height = value > 0 ? Math.max((value / top) * HEIGHT, 2) : 0;
          return (
            <rect key={key} class={`bars-${kind}`} x={index + 0.15} y={HEIGHT - height} width={0.7} height={height}>
              <title>{title}</title>
            </rect>
          );
        })}
      </svg>
      <span class="bars-days">
        <span>{first}</span>
        <span>{last}</span>
      </span>
    </figure>
  );
}
