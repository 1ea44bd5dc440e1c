import { useEffect } from 'preact/hooks';
import { Button } from '../components/Button';
import { later } from '../logic/later';
import { useStore } from '../logic/store';
import { EntryPage } from '../pages/entry/EntryPage';
import { SignedOutPage } from '../pages/entry/SignedOutPage';
import { sessionState, startSession } from '../session/session';
import { useRoute } from './route';
import { Waiting } from './Waiting';

/** The first script is that of the door alone. What is behind it is a second one, which src/first.js knows as well. */
const fetchSignedIn = async () => (await import('./SignedIn')).SignedIn;
const SignedIn = later(fetchSignedIn, Waiting, NotFetched);

export function App() {
  const state = useStore(sessionState);
  const route = useRoute();
  useEffect(() => {
    // While the reader signs in, so that it is there afterwards. If it cannot be fetched now, it is fetched then.
    if (state.kind === 'signed-out') fetchSignedIn().catch(() => undefined);
  }, [state.kind]);
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
      return <SignedIn route={route} />;
  }
}

function NotFetched() {
  return (
    <EntryPage
      title="The portal could not be fetched"
      lead="The connection may be down, or the portal has a new version."
    >
      <Button kind="primary" icon="retry" onClick={() => location.reload()}>
        Load the portal again
      </Button>
    </EntryPage>
  );
}
