"""Reads a text file as a table: which separator it has, where its header stands, and its lines."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onboarding.intake.encodings import not_a_csv
from onboarding.intake.header import SEARCHED_LINES, Candidate, find_header
from rules import ProductRules

COMMA = ","
SEPARATORS = (COMMA, ";", "\t", "|")
_TIES = (";", "\t", "|", COMMA)
"""Of separators that explain the lines equally well: a comma also stands in prices and sentences, the others do not."""
_LONGEST_CELL = 64 * 1024 * 1024
_HEAD = 256 * 1024
"""Characters in which the header is looked for."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """The lines of a text file. `skipped` is 1 when its first line only names the separator."""

    text: str
    separator: str
    skipped: int

    def lines(self) -> Iterator[list[str]]:
        """Yield the cells of each line. Raises FileRefused where the quotation marks do not match."""
        # A cell may hold any text up to the size of the file: rules, not the reader, judge its length.
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator, strict=True)
        try:
            yield from reader
        except csv.Error:
            raise not_a_csv(
                f"the quotation marks do not match at or before line {reader.line_num + self.skipped}; "
                'a quotation mark inside a cell is written twice ("")'
            ) from None


def open_table(text: str, rules: ProductRules) -> TextTable:
    """Return the text as a table: by its own `sep=` line, or by the separator whose header has most known columns."""
    line, end, rest = _first_line(text)
    if line is not None:
        return TextTable(rest, line, 1 if end else 0)
    best: tuple[Candidate, str] | None = None
    for separator in SEPARATORS:
        candidate = find_header(_head_lines(text, separator), rules)
        if candidate is None:
            break  # blank lines are blank whatever the separator
        if candidate.complete:
            return TextTable(text, separator, 0)
        if best is None or candidate.rank > best[0].rank:
            best = candidate, separator
    if best is None or best[0].known > 1:
        return TextTable(text, best[1] if best else COMMA, 0)
    return TextTable(text, max(_TIES, key=lambda separator: _consistency(text, separator)), 0)


def _first_line(text: str) -> tuple[str | None, bool, str]:
    """Return the separator that a line such as `sep=;` at the top names, whether it has an end, and the text below."""
    start = text[:8].lower()
    for quote in ("", '"'):
        prefix = f"{quote}sep="
        if start.startswith(prefix) and start[len(prefix) : len(prefix) + 1] in SEPARATORS:
            separator = start[len(prefix)]
            after = text[len(prefix) + 1 :].removeprefix(quote)
            for end in ("\r\n", "\n", "\r"):
                if after.startswith(end):
                    return separator, True, after[len(end) :]
            if not after:
                return separator, False, ""
    return None, False, text


def _head_lines(text: str, separator: str) -> Iterator[Sequence[str]]:
    """Yield the first lines; forgiving, since the wrong separator tears quoted cells apart."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        yield from csv.reader(io.StringIO(text[:_HEAD], newline=""), delimiter=separator)
    except csv.Error:
        return


def _consistency(text: str, separator: str) -> int:
    """Return how many of the first lines have as many cells as the first one, when that is more than one."""
    widths = []
    for cells in _head_lines(text, separator):
        if cells:
            widths.append(len(cells))
        if len(widths) == SEARCHED_LINES:
            break
    return sum(width == widths[0] for width in widths) if widths and widths[0] > 1 else 0
