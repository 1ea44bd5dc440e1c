import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { runbookHtml } from './src/runbook/page.ts';

const RUNBOOK = new URL('../docs/runbook.md', import.meta.url);

const runbook: Plugin = {
  name: 'runbook',
  transformIndexHtml: (html) =>
    html.replace('<!-- docs/runbook.md -->', () => runbookHtml(readFileSync(RUNBOOK, 'utf8'))),
};

// Relative addresses: the pages are served below a path that differs from one stack to the next.
export default defineConfig({
  base: './',
  plugins: [runbook],
  build: {
    target: 'es2022',
    // The content security policy allows no data: addresses for scripts and styles, and pictures are few.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: ['index.html', 'runbook.html'] },
  },
});
