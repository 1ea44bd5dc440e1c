import { useEffect, useRef } from 'preact/hooks';
import { get } from '../api/client';
import type { Me } from '../api/types';
import { guardLeaving } from '../logic/queue';
import { useResource } from '../logic/resource';
import { useStore } from '../logic/store';
import { NoEntryPage } from '../pages/entry/NoEntryPage';
import { sessionState } from '../session/session';
import { Boundary } from './Boundary';
import { keepMe, lastKnownMe } from './me';
import { pageOf, type Page } from './pages';
import type { Route } from './route';
import { SessionEnded } from './SessionEnded';
import { Shell } from './Shell';
import { Waiting } from './Waiting';

guardLeaving();

/** Everything behind the door. It stays when the session ends, and goes on when the reader has signed in again. */
export const SignedIn: Page = ({ route }) => {
  const state = useStore(sessionState);
  return (
    <>
      <Inside route={route} />
      {state.kind === 'ended' && <SessionEnded />}
    </>
  );
};

function Inside({ route }: { readonly route: Route }) {
  const found = useResource((signal) => get<Me>(['me'], { signal }), []);
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
      <Boundary key={route.segments.join('/')}>
        <Page route={route} />
      </Boundary>
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
