import { useEffect, useState } from 'preact/hooks';

/** Where the reader is: the part of the address behind `#`, in path segments and a query. */
export interface Route {
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  return { segments: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

/** Returns the address of a place in the portal: `href('uploads', id)` is `#/uploads/UPLOAD_…`. */
export function href(...segments: readonly string[]): string {
  return `#/${segments.map(encodeURIComponent).join('/')}`;
}

/** Returns the address with a query; empty values are left out. */
export function hrefWith(segments: readonly string[], query: Readonly<Record<string, string | null>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return href(...segments) + (text ? `?${text}` : '');
}

export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') {
    location.hash = to;
    return;
  }
  history.replaceState(null, '', to);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return parseRoute(hash);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
