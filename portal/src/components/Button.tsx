import './Button.css';
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon';

interface Look {
  readonly kind?: 'primary' | 'plain' | 'quiet';
  readonly icon?: IconName;
  readonly small?: boolean;
  readonly children: ComponentChildren;
}

interface ButtonProps extends Look {
  readonly onClick: () => void;
  /** At work: it keeps the focus, says so, and does nothing when it is pressed again. */
  readonly busy?: boolean;
  readonly label?: string;
}

export function Button({ kind = 'plain', icon, small, busy = false, label, onClick, children }: ButtonProps) {
  return (
    <button
      type="button"
      class={look(kind, small)}
      aria-disabled={busy}
      aria-label={label}
      onClick={() => {
        if (!busy) onClick();
      }}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** Goes to another page and looks like a button. */
export function ButtonLink({ kind = 'plain', icon, small, href, children }: Look & { readonly href: string }) {
  return (
    <a class={look(kind, small)} href={href}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}

function look(kind: string, small = false): string {
  return `button button-${kind}${small ? ' button-small' : ''}`;
}
