import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runbookHtml } from '../src/runbook/page';

const markdown = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const html = runbookHtml(markdown);

test('every section has the anchor that alarms and executions link to', () => {
  const anchors = [...html.matchAll(/ id="([^"]+)"/g)].map(([, anchor]) => anchor);

  expect(anchors).toContain('stalled-upload-abandoned');
  expect(anchors).toHaveLength(markdown.match(/^#+ /gm)?.length ?? 0);
  expect(new Set(anchors).size).toBe(anchors.length);
});

test('every link leads to a section of the page', () => {
  const links = [...html.matchAll(/<a href="([^"]+)"/g)].map(([, address]) => address);

  expect(links.length).toBeGreaterThan(5);
  for (const address of links) expect(html).toContain(` id="${address?.slice(1)}"`);
});

test('every section is listed before the first of them', () => {
  const list = html.slice(html.indexOf('<nav'), html.indexOf('</nav>'));
  const listed = [...list.matchAll(/<a href="#([^"]+)"/g)].map(([, anchor]) => anchor);
  const sections = [...html.matchAll(/<h[23] id="([^"]+)"/g)].map(([, anchor]) => anchor);

  expect(listed).toEqual(sections);
  expect(html.indexOf('</nav>')).toBeLessThan(html.indexOf('<h2'));
  expect(list.match(/<ul>/g)?.length).toBe(list.match(/<\/ul>/g)?.length);
  expect(list.match(/<li>/g)?.length).toBe(list.match(/<\/li>/g)?.length);
});

test('commands stand there as they are typed', () => {
  expect(html).toContain('make redrive WHAT=errors STAGE=$STAGE\nmake redrive WHAT=upload UPLOAD=$UPLOAD STAGE=$STAGE');
  expect(runbookHtml('```sh\na < b && c\n```')).toContain('a &lt; b &amp;&amp; c');
});
