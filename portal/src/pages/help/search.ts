/** Returns the names that have every word of the search in them, in any order, case and accent. */
export function matching(names: readonly string[], search: string): readonly string[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return names.filter((name) => words.every((word) => plain(name).includes(word)));
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{Mn}/gu, '').toLowerCase();
}
