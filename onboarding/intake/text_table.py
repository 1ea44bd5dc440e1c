"""Reads a text file as a table: which separator it has, where its header stands, and its lines."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import filterfalse, islice, zip_longest

from onboarding.intake.encodings import not_a_csv
from onboarding.intake.header import SEARCHED_LINES, Candidate, find_header, is_blank
from onboarding.intake.limits import MAX_ROWS
from onboarding.intake.refusal import FileRefused
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
    """The lines of a text file. `skipped` is 1 when its first line only names the separator.

    `spaced` says that spaces after a separator mean nothing, so that a quotation mark behind them begins a quoted cell.
    """

    text: str
    separator: str
    skipped: int
    spaced: bool = False

    def lines(self) -> Iterator[list[str]]:
        """Yield the cells of each line. Raises FileRefused where the quotation marks do not match."""
        # A cell may hold any text up to the size of the file: rules, not the reader, judge its length.
        csv.field_size_limit(_LONGEST_CELL)
        file = io.StringIO(self.text, newline="")
        reader = csv.reader(file, delimiter=self.separator, skipinitialspace=self.spaced, strict=True)
        try:
            yield from reader
        except csv.Error:
            raise not_a_csv(
                f"the quotation marks do not match at or before line {reader.line_num + self.skipped}; "
                'a quotation mark inside a cell is written twice (""), and one that begins or ends a cell stands right '
                "beside the separator, without a space"
            ) from None


def open_table(text: str, rules: ProductRules) -> TextTable:
    """Return the text as a table: by its own `sep=` line, or by the separator whose header has most known columns.

    Spaces before quotation marks are left out when only that makes sense of the whole file.
    """
    table = _open(text, rules, spaced=False)
    if not _has_spaced_quotes(text, "".join(SEPARATORS)):
        return table
    spaced = _open(text, rules, spaced=True)
    if not _has_spaced_quotes(text, "".join({table.separator, spaced.separator})):
        return table
    return spaced if _means_spaces(table, spaced, rules) else table


def _has_spaced_quotes(text: str, separators: str) -> bool:
    """Tell whether a cell may begin with a space and a quotation mark.

    Two quotation marks are an empty cell or the beginning of one; with a text behind them they stand inside a cell. The
    pattern begins with what is rare, so that searching is fast.
    """
    return re.search(rf'"(?<=[{separators}\r\n ] ")(?!"[^"{separators}\r\n])', text) is not None


def _open(text: str, rules: ProductRules, *, spaced: bool) -> TextTable:
    line, end, rest = _first_line(text)
    if line is not None:
        return TextTable(rest, line, 1 if end else 0, spaced)
    best: tuple[Candidate, str] | None = None
    for separator in SEPARATORS:
        candidate = find_header(_head_lines(text, separator, spaced=spaced), rules)
        if candidate is None:
            break  # blank lines are blank whatever the separator
        if candidate.complete:
            return TextTable(text, separator, 0, spaced)
        if best is None or candidate.rank > best[0].rank:
            best = candidate, separator
    if best is None or best[0].known > 1:
        return TextTable(text, best[1] if best else COMMA, 0, spaced)
    separator = max(_TIES, key=lambda separator: _consistency(text, separator, spaced=spaced))
    return TextTable(text, separator, 0, spaced)


def _means_spaces(table: TextTable, spaced: TextTable, rules: ProductRules) -> bool:
    """Tell whether the file makes more sense without the spaces before its quotation marks.

    It does when its header has all required columns only then, or else when more rows have as many cells as the header.
    When all that is the same, every row must be read otherwise: a few may have names that stand in quotation marks.
    """
    try:
        after = _sense(spaced, rules)
    except FileRefused:
        return False
    try:
        before = _sense(table, rules)
    except FileRefused:
        return True
    if after != before:
        return after > before
    return all(_differ(*rows) for rows in zip_longest(_rows(table, rules)[1], _rows(spaced, rules)[1], fillvalue=None))


def _sense(table: TextTable, rules: ProductRules) -> tuple[bool, int, int]:
    """Return whether the header is complete, how many rows have as many cells, and how many columns are known."""
    header, rows = _rows(table, rules)
    if header is None:
        return False, 0, 0
    width = len(header.cells)
    return header.complete, sum(len(cells) == width for cells in rows), header.known


def _rows(table: TextTable, rules: ProductRules) -> tuple[Candidate | None, Iterator[list[str]]]:
    """Return the header, and the lines below it that are not blank: one more than a file may have at most."""
    header = find_header(table.lines(), rules)
    below = islice(table.lines(), header.index + 1 if header else 0, None)
    return header, islice(filterfalse(is_blank, filter(None, below)), MAX_ROWS + 1)


def _differ(before: Sequence[str] | None, after: Sequence[str] | None) -> bool:
    """Tell whether two readings of a row differ in more than spaces before its cells."""
    if before is None or after is None:
        return False
    return any(one.lstrip(" ") != other.lstrip(" ") for one, other in zip(before, after, strict=False))


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


def _head_lines(text: str, separator: str, *, spaced: bool) -> Iterator[Sequence[str]]:
    """Yield the first lines; forgiving, since the wrong separator tears quoted cells apart."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        file = io.StringIO(text[:_HEAD], newline="")
        yield from csv.reader(file, delimiter=separator, skipinitialspace=spaced)
    except csv.Error:
        return


def _consistency(text: str, separator: str, *, spaced: bool) -> int:
    """Return how many of the first lines have as many cells as the first one, when that is more than one."""
    widths = []
    for cells in _head_lines(text, separator, spaced=spaced):
        if cells:
            widths.append(len(cells))
        if len(widths) == SEARCHED_LINES:
            break
    return sum(width == widths[0] for width in widths) if widths and widths[0] > 1 else 0
