import './shell.css';
import type { ComponentChildren } from 'preact';
import { Button } from '../components/Button';
import { Icon } from '../components/Icon';
import { Logo } from '../components/Logo';
import type { Me } from '../api/types';
import { signOut } from '../session/session';
import { ConnectionBanner } from './ConnectionBanner';
import { OPERATOR_NAVIGATION, VENDOR_NAVIGATION, type Navigation as Entries } from './pages';
import { href, type Route } from './route';
import { ThemeSwitch } from './ThemeSwitch';

interface Props {
  readonly me: Me;
  readonly route: Route;
  readonly children: ComponentChildren;
}

/** The frame around every page: brand, navigation, account, and what the reader should know about the connection. */
export function Shell({ me, route, children }: Props) {
  return (
    <div class="shell">
      <a
        class="skip"
        href="#page"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('page')?.focus();
        }}
      >
        Skip to the page
      </a>
      <header class="rail">
        <a class="brand" href={href()}>
          <Logo />
          <span>
            TechMart
            <small>Product onboarding</small>
          </span>
        </a>
        <Navigation
          entries={me.role === 'operator' ? OPERATOR_NAVIGATION : VENDOR_NAVIGATION}
          current={route.segments[0] ?? ''}
        />
        <Account me={me} />
      </header>
      <main class="page" id="page" tabIndex={-1}>
        <ConnectionBanner />
        {children}
      </main>
    </div>
  );
}

function Navigation({ entries, current }: { readonly entries: Entries; readonly current: string }) {
  return (
    <nav aria-label="Pages">
      <ul class="nav">
        {entries.map(({ label, icon, segment }) => (
          <li key={segment}>
            <a href={href(segment)} aria-current={segment === current ? 'page' : undefined}>
              <Icon name={icon} />
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Account({ me }: { readonly me: Me }) {
  return (
    <div class="account">
      <div class="account-name">
        <strong>{me.vendor_id ?? 'TechMart'}</strong>
        <div class="soft theirs">{me.label}</div>
      </div>
      <div class="row">
        <ThemeSwitch />
        <Button small onClick={() => void signOut()}>
          Sign out
        </Button>
      </div>
    </div>
  );
}
