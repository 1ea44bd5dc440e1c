// Fails the build when what a browser has to fetch has grown too large. Sizes are of gzip, in units of 1,000 bytes.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMITS = { js: 60_000, css: 15_000 };
const folder = new URL('dist/assets/', import.meta.url);
let tooLarge = false;

for (const [extension, limit] of Object.entries(LIMITS)) {
  const size = readdirSync(folder)
    .filter((name) => name.endsWith(`.${extension}`))
    .reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, folder)), { level: 9 }).length, 0);
  console.log(`portal: ${extension} ${(size / 1000).toFixed(1)} kB gzip (at most ${limit / 1000})`);
  tooLarge ||= size > limit;
}

if (tooLarge) {
  console.error('The portal has grown too large. Take something out, or load it later and on demand.');
  process.exit(1);
}
