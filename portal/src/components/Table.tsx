import './Table.css';
import type { ComponentChildren } from 'preact';

interface Props {
  /** Says what the table is about; for screen readers, where a heading above says it to everybody else. */
  readonly label: string;
  readonly children: ComponentChildren;
  /** True while newer rows are on their way. */
  readonly busy?: boolean;
}

/** A table with head and rows; with the keyboard it is reached and scrolled where it is wider than the page. */
export function Table({ label, busy = false, children }: Props) {
  return (
    <div class="table-frame" role="region" aria-label={label} tabIndex={0} aria-busy={busy}>
      <table class="table">{children}</table>
    </div>
  );
}
