// Fails the build when what a browser has to fetch has grown too large. Sizes are of gzip, in units of 1,000 bytes.
// - door: what the sign-in page waits for.
// - visit: the door, and what index.html names besides, which who signs in needs as well.
// - later: what is fetched by who goes there: figures by day, and the operators' pages, which a vendor's browser never
//   asks for.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMITS = {
  js: { door: 15_000, visit: 60_000, later: 40_000 },
  css: { door: 4_000, visit: 15_000, later: 5_000 },
};
const dist = new URL('dist/', import.meta.url);
const page = readFileSync(new URL('index.html', dist), 'utf8');
let tooLarge = false;

for (const [extension, limits] of Object.entries(LIMITS)) {
  const sizes = { door: 0, visit: 0, later: 0 };
  for (const name of readdirSync(new URL('assets/', dist)).filter((each) => each.endsWith(`.${extension}`))) {
    const size = gzipSync(readFileSync(new URL(`assets/${name}`, dist)), { level: 9 }).length;
    const tag = page.split('\n').find((line) => line.includes(`assets/${name}`));
    if (tag === undefined) sizes.later += size;
    else sizes.visit += size;
    if (tag !== undefined && !tag.includes('data-rel')) sizes.door += size;
  }
  for (const [when, limit] of Object.entries(limits)) {
    const size = sizes[when];
    console.log(`portal: ${extension}, ${when}: ${(size / 1000).toFixed(1)} kB gzip (at most ${limit / 1000})`);
    tooLarge ||= size > limit;
  }
  // Otherwise the page names its files in another way, and nothing was measured.
  if (sizes.door === 0 || sizes.visit === sizes.door) {
    console.error(`portal: index.html names no ${extension} for the door, or none for who is signed in.`);
    process.exit(1);
  }
}

if (tooLarge) {
  console.error('The portal has grown too large. Take something out, or load it later and on demand.');
  process.exit(1);
}
