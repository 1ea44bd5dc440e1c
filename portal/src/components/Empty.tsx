import './Empty.css';
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon';

interface Props {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Stands where there is nothing yet: says what will be here and how it gets here. */
export function Empty({ icon, title, children }: Props) {
  return (
    <div class="empty">
      <Icon name={icon} size={32} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
