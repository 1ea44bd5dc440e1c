"""Knows the number formats that show a fraction as a percentage, and shows it so."""

import re
from decimal import Decimal

PERCENT_FORMATS = frozenset({9, 10})
"""The built-in number formats 0% and 0.00% (ECMA-376, 18.8.30)."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def is_percent_format(code: str) -> bool:
    """Tell whether a number format has a percent sign that is not mere text."""
    return "%" in _QUOTED.sub("", code)


def as_percentage(value: float) -> str:
    """Return 0.155 as `15.5%`, with the 15 digits that spreadsheets keep."""
    return f"{(Decimal(f'{value:.15g}') * 100).normalize():f}%"
