import './Loading.css';

/** Holds the place of what is being fetched, so that nothing jumps when it comes. */
export function Loading({ what, lines = 3 }: { readonly what: string; readonly lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">Loading {what} …</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class="loading-line" aria-hidden="true" />
      ))}
    </div>
  );
}
