"""Pages of docs/ whose tables are written by a command, between `<!-- KIND:NAME -->` and `<!-- end -->`."""

from collections.abc import Mapping, Sequence


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers_from: int = 1) -> str:
    """Return a table in Markdown; the columns from `numbers_from` on are numbers."""
    rules = " --- |" * numbers_from + " ---: |" * (len(columns) - numbers_from)
    return "\n".join([f"| {' | '.join(columns)} |", f"|{rules}", *(f"| {' | '.join(row)} |" for row in rows)])


def replaced(page: str, kind: str, blocks: Mapping[str, str]) -> str:
    """Return a page with these blocks in their places. Raises ValueError when the page has no place for one."""
    for name, block in blocks.items():
        before, start, rest = page.partition(f"<!-- {kind}:{name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not end:
            raise ValueError(f"the page has no place for {kind}:{name}")
        page = f"{before}{start}{block}\n{end}{after}"
    return page
