/** All that the build and its tests use of Node's own types. */
declare module 'node:fs' {
  export function readFileSync(file: URL, encoding: 'utf8'): string;
}
