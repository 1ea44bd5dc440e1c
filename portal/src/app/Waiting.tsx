import { Loading } from '../components/Loading';

/** Nothing is known yet. */
export function Waiting() {
  return (
    <main class="entry">
      <Loading what="the portal" lines={1} />
    </main>
  );
}
