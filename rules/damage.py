"""What spreadsheets do to cells: shortened numbers, dates in place of sizes, formulas without a result."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage, as products.toml describes it."""

    name: str
    values: frozenset[str]
    pattern: re.Pattern[str] | None
    message: str

    def found_in(self, text: str) -> bool:
        """Tell whether the trimmed cell is damaged this way."""
        if text in self.values:
            return True
        return self.pattern is not None and self.pattern.fullmatch(text) is not None


def first_found(kinds: Iterable[Damage], text: str) -> Damage | None:
    """Return the first of these kinds of damage that the trimmed cell shows."""
    return next((kind for kind in kinds if kind.found_in(text)), None)
