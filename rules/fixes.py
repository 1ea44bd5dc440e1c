"""Reads fixes.toml: what each code means, and what a vendor does about it."""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rules.codes import ErrorCode, RefusalCode
from rules.schema import RulesError

_FIXES = Path(__file__).with_name("fixes.toml")


def read_fixes(path: Path = _FIXES) -> tuple[Mapping[ErrorCode, str], Mapping[RefusalCode, str]]:
    """Return the fixes of row errors and of refused files. Raises RulesError naming a code that has none."""
    data = _read(path)
    for part, codes in (("row", ErrorCode), ("file", RefusalCode)):
        given, wanted = set(data.get(part, {})), {str(code) for code in codes}
        if given != wanted:
            raise RulesError(f"{path.name}: [{part}] must have every code once; look at {sorted(given ^ wanted)}")
    return (
        {ErrorCode(code): text for code, text in data["row"].items()},
        {RefusalCode(code): text for code, text in data["file"].items()},
    )


def read_meanings(path: Path = _FIXES) -> Mapping[ErrorCode | RefusalCode, str]:
    """Return what each code means. Raises RulesError naming a code that has no meaning."""
    given = _read(path).get("meaning", {})
    codes: list[ErrorCode | RefusalCode] = [*ErrorCode, *RefusalCode]
    if set(given) != {str(code) for code in codes}:
        raise RulesError(f"{path.name}: [meaning] must have every code once; look at {sorted(set(given) ^ set(codes))}")
    return {code: given[code] for code in codes}


@functools.cache
def _read(path: Path) -> Mapping[str, Any]:
    """Return what the file holds. It comes with the release, and `GET /columns` asks for both of its halves."""
    return tomllib.loads(path.read_text(encoding="utf-8"))
