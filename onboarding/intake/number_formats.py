"""Knows the number formats that make another text of a number than its digits: percentages and leading zeros."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from types import MappingProxyType

Shape = Callable[[float], str | None]
"""Returns what a cell shows in place of a number; None when that is the number itself."""

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_ZEROS = re.compile("0{2,30}")


def shape_of(code: str) -> Shape | None:
    """Return what a number format does to a number, None when it is not one of these."""
    if "%" in _QUOTED.sub("", code):
        return _as_percentage
    return partial(_with_zeros, width=len(code)) if _ZEROS.fullmatch(code) else None


def _as_percentage(value: float) -> str:
    """Return 0.155 as `15.5%`, with the 15 digits that spreadsheets keep."""
    return f"{(Decimal(f'{value:.15g}') * 100).normalize():f}%"


def _with_zeros(value: float, *, width: int) -> str | None:
    """Return 12 as `00012`. A number with decimals would only be shown rounded."""
    return f"{int(value):0{width}d}" if value >= 0 and value.is_integer() else None


BUILT_IN_SHAPES: Mapping[int, Shape] = MappingProxyType({9: _as_percentage, 10: _as_percentage})
"""The built-in number formats 0% and 0.00% (ECMA-376, 18.8.30)."""
