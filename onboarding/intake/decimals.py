"""Reads decimal commas where that is the only way to read the numbers of a file."""

import re
from collections.abc import Iterable, Sequence

from onboarding.rows import ProductRow
from rules import trim

_NUMBER = re.compile(r"[+-]?[0-9.,]*[0-9][0-9.,]*")
_WITH_COMMA = re.compile(r"[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?")
_WITH_POINT = re.compile(r"[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?")


def has_decimal_commas(rows: Iterable[ProductRow], columns: Sequence[str], *, points: bool) -> bool:
    """Tell whether the numbers of a file are written with a decimal comma, for certain.

    Every number can be read that way, points being between thousands, and at least one in no other way: 19,99 can, and
    1,299 is one thousand or one and a bit. Cells that are no numbers at all, such as "free", say nothing. `points`
    False means that a number with a point speaks against it: in a workbook it is a decimal point.
    """
    certain = False
    for row in rows:
        if row.findings:  # its cells may stand in the wrong columns
            continue
        cells = row.cells
        for name in columns:
            cell = trim(cells.get(name, ""))
            if not cell or cell.isdecimal() or _NUMBER.fullmatch(cell) is None:
                continue
            if _WITH_COMMA.fullmatch(cell) is None or (not points and "." in cell):
                return False
            certain = certain or _WITH_POINT.fullmatch(cell) is None
    return certain


def with_decimal_points(row: ProductRow, columns: Sequence[str]) -> ProductRow:
    """Return the row with its numbers as the rules read them.

    `sent` keeps the cells with a comma or a point as they stand in the file, those that are no numbers included:
    whatever is said of them must be said with a decimal comma.
    """
    if row.findings:
        return row
    cells = row.cells
    sent = {name: cell for name in columns if "," in (cell := cells.get(name, "")) or "." in cell}
    if not sent:
        return row
    return row.with_cells({name: _plain(cell) for name, cell in sent.items()})._replace(sent=sent)


def _plain(cell: str) -> str:
    number = trim(cell)
    return number.replace(".", "").replace(",", ".") if _WITH_COMMA.fullmatch(number) else cell
