"""Keeps cells that a spreadsheet would run as a formula from being run, and brings them back as they were."""

import re

_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_SUSPECT = frozenset((*_FORMULA_START, "'"))
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?", re.ASCII)


def neutralise(cell: str) -> str:
    """Return the cell so that no spreadsheet runs it as a formula (OWASP, "CSV Injection").

    A plain number with a sign stays as it is. A cell that already looks neutralised gets one more apostrophe, so that
    `restore` gives every cell back.
    """
    # Hardly any cell begins with one of these.
    return f"'{cell}" if cell[:1] in _SUSPECT and _would_run(cell.lstrip("'")) else cell


def restore(cell: str) -> str:
    """Return the cell that `neutralise` was given."""
    return cell[1:] if cell.startswith("'") and _would_run(cell.lstrip("'")) else cell


def _would_run(cell: str) -> bool:
    return cell.startswith(_FORMULA_START) and not _PLAIN_NUMBER.fullmatch(cell)
