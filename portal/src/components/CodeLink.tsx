import { href } from '../app/route';

/** A code of an error, leading to what it means. */
export function CodeLink({ code }: { readonly code: string }) {
  return (
    <a class="soft theirs" href={href('help', 'codes', code)}>
      <code>{code}</code>
    </a>
  );
}
