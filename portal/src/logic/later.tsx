import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Page } from '../app/pages';
import { Button } from '../components/Button';
import { Loading } from '../components/Loading';
import { Notice } from '../components/Notice';

/** Returns a page whose code is fetched when somebody goes there, and not before. */
export function later(
  fetchIt: () => Promise<Page>,
  Waiting: ComponentType = WaitingForPage,
  Failed: ComponentType = FailedPage,
): Page {
  let fetched: Page | null = null;
  return function Later({ route }) {
    const [Found, setFound] = useState<Page | null>(() => fetched);
    const [hasFailed, setHasFailed] = useState(false);
    useEffect(() => {
      if (fetched !== null) return;
      fetchIt().then(
        (page) => {
          fetched = page;
          setFound(() => page);
        },
        () => setHasFailed(true),
      );
    }, []);
    if (Found !== null) return <Found route={route} />;
    return hasFailed ? <Failed /> : <Waiting />;
  };
}

function WaitingForPage() {
  return <Loading what="the page" lines={6} />;
}

/** A new version may have been deployed since the portal was opened: its pages have other names. */
function FailedPage() {
  return (
    <Notice tone="warn" title="This page could not be fetched">
      <p>The connection may be down, or the portal has a new version.</p>
      <p>
        <Button small icon="retry" onClick={() => location.reload()}>
          Load the portal again
        </Button>
      </p>
    </Notice>
  );
}
