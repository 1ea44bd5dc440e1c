/** Makes docs/runbook.md a page of the portal, when the portal is built. Alarms and failed executions link to it. */
import { Marked, type Token, type Tokens } from 'marked';

/**
 * Returns the page's HTML, its sections listed before the first of them. They have the anchors that GitHub gives them;
 * other pages of docs/ are only named.
 */
export function runbookHtml(markdown: string): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${anchor(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        return href.startsWith('#') ? `<a href="${href}">${text}</a>` : `${text} (<code>docs/${href}</code>)`;
      },
      code({ text }) {
        return `<pre><code>${escaped(text)}</code></pre>\n`;
      },
      // Wide ones scroll by themselves, by the keyboard too.
      table(token) {
        const cells = (row: typeof token.header, tag: string) =>
          row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('');
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        return `<div class="table" tabindex="0"><table><thead><tr>${cells(token.header, 'th')}</tr></thead>
<tbody>${rows}</tbody></table></div>\n`;
      },
    },
  });
  const tokens = marked.lexer(markdown);
  const first = tokens.findIndex((token) => token.type === 'heading' && token.depth === 2);
  const intro = first < 0 ? tokens : tokens.slice(0, first);
  const sections = first < 0 ? [] : tokens.slice(first);
  return marked.parser(intro) + contents(sections) + marked.parser(sections);
}

/** Returns the list of sections, and of the parts of each behind it. */
function contents(tokens: readonly Token[]): string {
  const headings = tokens.filter((token): token is Tokens.Heading => token.type === 'heading');
  if (headings.length === 0) return '';
  const items = headings.map(({ depth, text }, index) => {
    const link = `<a href="#${anchor(text)}">${escaped(text)}</a>`;
    const next = headings[index + 1]?.depth ?? 2;
    if (depth === 2) return `<li>${link}${next > 2 ? '<ul>' : '</li>'}`;
    return `<li>${link}</li>${next === 2 ? '</ul></li>' : ''}`;
  });
  return `<nav class="contents" aria-label="Sections"><ul>\n${items.join('\n')}\n</ul></nav>\n`;
}

function anchor(text: string): string {
  return text.toLowerCase().replaceAll(' ', '-');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
