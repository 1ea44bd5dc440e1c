/** The sign of the portal: lines of a list, and the last one done. */
export function Logo() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" class="logo">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round">
        <path d="M8 10h16M8 16h16M8 22h6" />
        <path d="M18 22l2.6 2.6 5-5.4" />
      </g>
    </svg>
  );
}
