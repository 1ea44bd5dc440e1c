// Fails the build when what a browser has to fetch has grown too large. Sizes are of gzip, in units of 1,000 bytes.
// What index.html names is fetched by everybody at the first visit. The rest is fetched by who goes there: figures by
// day, and the operators' pages, which a vendor's browser never asks for.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMITS = { js: { first: 60_000, later: 40_000 }, css: { first: 15_000, later: 5_000 } };
const dist = new URL('dist/', import.meta.url);
const page = readFileSync(new URL('index.html', dist), 'utf8');
let tooLarge = false;

for (const [extension, limits] of Object.entries(LIMITS)) {
  const sizes = { first: 0, later: 0 };
  for (const name of readdirSync(new URL('assets/', dist)).filter((each) => each.endsWith(`.${extension}`))) {
    const when = page.includes(`assets/${name}`) ? 'first' : 'later';
    sizes[when] += gzipSync(readFileSync(new URL(`assets/${name}`, dist)), { level: 9 }).length;
  }
  for (const [when, limit] of Object.entries(limits)) {
    const size = sizes[when];
    console.log(`portal: ${extension}, ${when}: ${(size / 1000).toFixed(1)} kB gzip (at most ${limit / 1000})`);
    // Nothing at the first visit would mean that the page names its files in another way, and nothing was measured.
    tooLarge ||= size > limit || (when === 'first' && size === 0);
  }
}

if (tooLarge) {
  console.error('The portal has grown too large. Take something out, or load it later and on demand.');
  process.exit(1);
}
