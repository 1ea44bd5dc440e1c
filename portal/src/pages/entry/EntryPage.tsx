import './entry.css';
import type { ComponentChildren } from 'preact';
import { Logo } from '../../components/Logo';
import { PageTitle } from '../../components/PageTitle';

interface Props {
  readonly title: string;
  readonly lead: string;
  readonly children?: ComponentChildren;
}

/** What is shown before somebody is in: one card in the middle. */
export function EntryPage({ title, lead, children }: Props) {
  return (
    <main class="entry">
      <div class="card entry-card">
        <Logo />
        <PageTitle title={title}>
          <p class="soft">{lead}</p>
        </PageTitle>
        {children}
      </div>
    </main>
  );
}
