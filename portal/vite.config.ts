import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin, type Rolldown } from 'vite';
import { runbookHtml } from './src/runbook/page.ts';

const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

const runbook: Plugin = {
  name: 'runbook',
  transformIndexHtml: (html) =>
    html.replace('<!-- docs/runbook.md -->', () => runbookHtml(textOf('../docs/runbook.md'))),
};

/**
 * Keeps src/app/SignedIn.tsx and what it needs in one piece, also what later pages need as well: browsers make six
 * requests at once, and what comes seventh waits for a whole round trip.
 */
function behindTheDoor(id: string, modules: Rolldown.ChunkingContext): string | null {
  const reachedFrom = (path: string, found = new Set<string>()) => {
    if (found.has(path)) return found;
    found.add(path);
    for (const each of modules.getModuleInfo(path)?.importedIds ?? []) reachedFrom(each, found);
    return found;
  };
  const src = decodeURIComponent(new URL('src/', import.meta.url).pathname);
  const isBehind = reachedFrom(`${src}app/SignedIn.tsx`).has(id) && !reachedFrom(`${src}main.tsx`).has(id);
  return isBehind ? 'SignedIn' : null;
}

/** Puts src/first.js into the head, and before it the names of what it may fetch: the chunk of src/app/SignedIn.tsx. */
const first: Plugin = {
  name: 'first',
  transformIndexHtml: {
    order: 'post',
    handler: (html, { bundle = {} }) => {
      const links = Object.values(bundle).flatMap((each) => {
        if (each.type !== 'chunk' || each.name !== 'SignedIn') return [];
        const styles = [...(each.viteMetadata?.importedCss ?? [])];
        return [
          `<link data-rel="modulepreload" crossorigin href="./${each.fileName}">`,
          ...styles.map((name) => `<link data-rel="preload" as="style" crossorigin href="./${name}">`),
        ];
      });
      const script = textOf('src/first.js').replace(/^ *\/\/.*\n/gm, '');
      return html
        .replace('<!-- signed-in pages -->', () => links.join('\n    '))
        .replace('<!-- src/first.js -->', () => `<script>${script}</script>`);
    },
  },
};

// Relative addresses: the pages are served below a path that differs from one stack to the next.
export default defineConfig({
  base: './',
  plugins: [runbook, first],
  build: {
    target: 'es2022',
    // The content security policy allows no data: addresses for scripts and styles, and pictures are few.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: ['index.html', 'runbook.html'],
      output: {
        codeSplitting: {
          groups: [{ name: behindTheDoor, debugName: 'behind the door' }],
          // The door stays out of it.
          includeDependenciesRecursively: false,
        },
      },
    },
  },
});
