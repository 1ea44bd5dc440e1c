import { BASE } from '../../session/config';

/** Leads to a section of the runbook, which is a page beside these. */
export function RunbookLink({ section }: { readonly section: string }) {
  return <a href={new URL(`runbook.html#${section}`, BASE).href}>{section.replaceAll('-', ' ')}</a>;
}
