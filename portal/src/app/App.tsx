import { useEffect, useRef } from 'preact/hooks';
import { get } from '../api/client';
import type { Me } from '../api/types';
import { Loading } from '../components/Loading';
import { Button } from '../components/Button';
import { useResource } from '../logic/resource';
import { useStore } from '../logic/store';
import { EntryPage } from '../pages/entry/EntryPage';
import { NoEntryPage } from '../pages/entry/NoEntryPage';
import { SignedOutPage } from '../pages/entry/SignedOutPage';
import { sessionState, startSession } from '../session/session';
import { keepMe, lastKnownMe } from './me';
import { pageOf } from './pages';
import { useRoute } from './route';
import { SessionEnded } from './SessionEnded';
import { Shell } from './Shell';

export function App() {
  const state = useStore(sessionState);
  switch (state.kind) {
    case 'starting':
      return <Waiting />;
    case 'unreachable':
      return (
        <EntryPage title="No connection" lead="The service cannot be reached. Check the network, then try again.">
          <Button kind="primary" icon="retry" onClick={() => void startSession()}>
            Try again
          </Button>
        </EntryPage>
      );
    case 'signed-out':
      return <SignedOutPage problem={state.problem} />;
    case 'signed-in':
    case 'ended':
      return (
        <>
          <SignedIn />
          {state.kind === 'ended' && <SessionEnded />}
        </>
      );
  }
}

function SignedIn() {
  const found = useResource((signal) => get<Me>(['me'], { signal }), []);
  const route = useRoute();
  useEffect(() => {
    if (found.data) keepMe(found.data);
  }, [found.data]);
  useScrollToTop(route.segments.join('/'));
  const known = found.data ?? lastKnownMe();
  if (found.error && !(known && found.error.isPassing)) return <NoEntryPage error={found.error} retry={found.reload} />;
  if (!known) return <Waiting />;
  const Page = pageOf(route, known.role);
  return (
    <Shell me={known} route={route}>
      <Page key={route.segments.join('/')} route={route} />
    </Shell>
  );
}

/** A new page begins at its top; filters in the query leave the reader where they are. */
function useScrollToTop(place: string): void {
  const before = useRef(place);
  useEffect(() => {
    if (before.current !== place) scrollTo(0, 0);
    before.current = place;
  }, [place]);
}

function Waiting() {
  return (
    <main class="entry">
      <Loading what="the portal" lines={1} />
    </main>
  );
}
