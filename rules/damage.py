"""What programs do to cells: shortened numbers, dates in place of sizes, formulas, characters that nobody can see."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rules.text import quoted, trim

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage, as products.toml describes it."""

    name: str
    values: frozenset[str]
    pattern: re.Pattern[str] | None
    message: str
    characters: re.Pattern[str] | None = None
    """One of the characters that a cell with this damage has anywhere."""

    def found_in(self, text: str) -> bool:
        """Tell whether the trimmed cell is damaged this way."""
        if text in self.values or (self.pattern is not None and self.pattern.fullmatch(text) is not None):
            return True
        return self.characters is not None and self.characters.search(text) is not None

    def words_for(self, text: str) -> dict[str, str]:
        """Return the words for the message: which of the characters the trimmed cell has, and what is left of it."""
        if self.characters is None:
            return {}
        found = [f"U+{ord(match[0]):04X} (character {match.start() + 1})" for match in self.characters.finditer(text)]
        left = trim(self.characters.sub("", text))
        return {
            "hidden": ", ".join(found[:_MOST_SHOWN]) + (", …" if len(found) > _MOST_SHOWN else ""),
            "left": quoted(left) if left else "the value",
        }


def first_found(kinds: Iterable[Damage], text: str) -> Damage | None:
    """Return the first of these kinds of damage that the trimmed cell shows."""
    return next((kind for kind in kinds if kind.found_in(text)), None)
