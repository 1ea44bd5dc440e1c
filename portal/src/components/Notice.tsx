import './Notice.css';
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon';

export type Tone = 'info' | 'good' | 'warn' | 'bad';

const ICONS: Record<Tone, IconName> = { info: 'info', good: 'check', warn: 'alert', bad: 'alert' };

interface Props {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: ComponentChildren;
  /** Says it aloud when it appears; off for what stands on the page from the beginning. */
  readonly announce?: boolean;
}

/** Something the reader should know, with a word of what to do. */
export function Notice({ tone, title, children, announce = true }: Props) {
  const role = announce ? (tone === 'bad' ? 'alert' : 'status') : undefined;
  return (
    <div class={`notice notice-${tone}`} role={role}>
      <Icon name={ICONS[tone]} />
      <div>
        {title && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}
