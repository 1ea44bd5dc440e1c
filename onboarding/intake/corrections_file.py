"""Knows a corrections file by its last column, and gives its rows back as they were before it was made."""

from collections.abc import Sequence

from onboarding.formula_cells import restore
from rules import header_name, trim

ERRORS_COLUMN = "_errors"
ERRORS_COLUMN_DECIMAL_COMMA = "_errors (decimal comma)"
"""Its name where the file's numbers have a decimal comma: the rows with errors alone might not show that any more."""
_NAMES = {header_name(ERRORS_COLUMN), header_name(ERRORS_COLUMN_DECIMAL_COMMA)}


def errors_column(header: Sequence[str]) -> int | None:
    """Return where the errors stand in a corrections file, None if this is none: in the last column with a name."""
    last = next((at for at in reversed(range(len(header))) if trim(header[at])), None)
    return last if last is not None and header_name(header[last]) in _NAMES else None


def tells_decimal_comma(name: str) -> bool:
    """Tell whether the name of the errors column says that numbers have a decimal comma."""
    return header_name(name) == header_name(ERRORS_COLUMN_DECIMAL_COMMA)


def before_corrections(cells: Sequence[str], errors_at: int) -> list[str]:
    """Return the vendor's own cells of a row, without the errors and as they were before they were neutralised."""
    beyond = list(cells[errors_at + 1 :])
    while beyond and not trim(beyond[-1]):  # spreadsheets fill every row up to the longest
        beyond.pop()
    return [restore(cell) for cell in (*cells[:errors_at], *beyond)]
