import './Tag.css';
import type { ComponentChildren } from 'preact';

/** A short word beside something, without a meaning of colour. */
export function Tag({ children }: { readonly children: ComponentChildren }) {
  return <span class="tag">{children}</span>;
}
