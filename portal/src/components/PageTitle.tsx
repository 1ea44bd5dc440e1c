import './PageTitle.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** The heading of a page: names the window, and takes the focus when the reader has come from another page. */
export function PageTitle({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · TechMart`;
  }, [title]);
  useEffect(() => {
    if (document.body.dataset['moved']) heading.current?.focus({ preventScroll: true });
    document.body.dataset['moved'] = 'yes';
  }, []);
  return (
    <header class="page-title">
      <h1 ref={heading} tabIndex={-1} class="theirs">
        {title}
      </h1>
      {children}
    </header>
  );
}
