"""Many values as one text, as PostgreSQL takes them fastest: lines of COPY, arrays and multiranges."""

import io
import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice, pairwise

from psycopg2.extensions import cursor as Cursor

_LINES_AT_A_TIME = 100
_ESCAPE = re.compile(r"\\(.)")
_MEANINGS = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
_RANGE = re.compile(r"\[(\d+),(\d+)\)")


def copy_in(cursor: Cursor, target: str, lines: Iterable[str]) -> None:
    """Add the lines of `copy_line` to a table; `target` names it and their columns: `products (sku, price)`."""
    cursor.copy_expert(f"COPY {target} FROM STDIN (NULL '', ENCODING 'UTF8')", _Lines(lines))


class _Lines(io.RawIOBase):
    """A file of lines for psycopg2, some at a time: PostgreSQL works on them while the next ones are made."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)

    def read(self, size: int = -1, /) -> bytes:
        """Return the next lines, whatever their size; nothing at the end."""
        return "".join(islice(self._lines, _LINES_AT_A_TIME)).encode()


def copy_line(record: Sequence[str | None]) -> str:
    """Return one record in COPY's text format (PostgreSQL manual, COPY, "Text Format"); blank and None are NULL.

    Escaping cell by cell costs more than all the rest; hardly any record needs it.
    """
    return tabbed([value or "" for value in record]) + "\n"


def tabbed(values: Collection[str]) -> str:
    """Return values as they stand in a line of COPY's text format, tabs between them."""
    line = "\t".join(values)
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") >= len(values):
        line = "\t".join([_escaped(value) for value in values])
    return line


def values_of(line: str) -> list[str]:
    """Return the values of a line that `tabbed` wrote."""
    values = line.split("\t")
    return [_ESCAPE.sub(_meant, value) for value in values] if "\\" in line else values


def _meant(escape: re.Match[str]) -> str:
    return _MEANINGS[escape[1]]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def array_of(values: Collection[str]) -> str:
    """Return the literal of an array; as an ARRAY[…] expression PostgreSQL parses and plans every element."""
    quoted = '","'.join([value.replace("\\", "\\\\").replace('"', '\\"') for value in values])
    return f'{{"{quoted}"}}' if quoted or values else "{}"


def array_of_numbers(numbers: Iterable[int]) -> str:
    """Return the literal of an array of whole numbers."""
    return f"{{{','.join(map(str, numbers))}}}"


def multirange(numbers: Collection[int]) -> str:
    """Return a literal of PostgreSQL's int4multirange: neighbours share a range, `{[1,4),[7,8)}` for 1, 2, 3 and 7."""
    if not numbers:
        return "{}"
    ordered = sorted(numbers)
    gaps = [(before, after) for before, after in pairwise(ordered) if after - before > 1]
    starts = [ordered[0], *(after for _, after in gaps)]
    ends = [*(before for before, _ in gaps), ordered[-1]]
    return "{" + ",".join([f"[{start},{end + 1})" for start, end in zip(starts, ends, strict=True)]) + "}"


def numbers_of(literal: str) -> set[int]:
    """Return the numbers in an int4multirange as PostgreSQL prints it."""
    return {number for start, end in _RANGE.findall(literal) for number in range(int(start), int(end))}
