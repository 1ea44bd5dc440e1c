import { defineConfig } from 'vite';

// Relative addresses: the pages are served below a path that differs from one stack to the next.
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    // The content security policy allows no data: addresses for scripts and styles, and pictures are few.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
