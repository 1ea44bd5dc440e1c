"""The fast lane in front of Cerberus: tests that cells surely pass, compiled from the Cerberus schema itself.

A compiled test takes one column of many rows, and returns the positions of the cells that it doubts. It may only pass
what Cerberus passes, too. A doubt proves nothing: Cerberus is asked, and only Cerberus refuses a cell. It runs here on
one cell at a time, with its own rule methods, because a whole `validate()` copies and hashes the schema again and
again, which is most of its time.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any

from rules.damage import Damage
from rules.validator import ProductValidator, plain_number

Column = Sequence[str | None]
"""Trimmed cells of one column, None for a blank one."""
Test = Callable[[Column], list[int]]
RuleMethod = Callable[[Any, str, object], object]

_KNOWN_RULES = {
    "string": {"type", "required", "maxlength", "undamaged"},
    "decimal": {"type", "required", "coerce", "min", "max", "decimals"},
}

_CHOICE = {"type", "required", "allowed"}


def compile_test(rules: Mapping[str, Any]) -> Test:
    """Return the test for a column's rules set; one that doubts every cell when a rule of the set is not known here."""
    if forbidden := frozenset(rules.get("forbidden", ())):
        doubts = compile_test({name: constraint for name, constraint in rules.items() if name != "forbidden"})
        return lambda cells: sorted({*doubts(cells), *[i for i, cell in enumerate(cells) if cell in forbidden]})
    if set(rules) == _CHOICE and rules["type"] == "string":
        return choice_test(frozenset(rules["allowed"]), optional=not rules["required"])
    if set(rules) != _KNOWN_RULES.get(rules["type"]):
        return _unsure
    if rules["type"] == "string":
        test = _text_test(rules["maxlength"], rules["undamaged"], optional=not rules["required"])
        hidden = [kind.characters.pattern for kind in rules["undamaged"] if kind.characters is not None]
        return _without_hidden(test, "|".join(hidden)) if hidden else test
    return _number_test(rules["min"], rules["max"], rules["decimals"], optional=not rules["required"])


def _unsure(cells: Column) -> list[int]:
    return list(range(len(cells)))


def _text_test(maxlength: int, kinds: Collection[Damage], *, optional: bool) -> Test:
    damaged = frozenset[str]().union(*[kind.values for kind in kinds])
    patterns = [kind.pattern for kind in kinds if kind.pattern is not None]
    if not patterns:
        return lambda cells: [
            i
            for i, cell in enumerate(cells)
            if (not optional if cell is None else len(cell) > maxlength or cell in damaged)
        ]
    # A match at the beginning is enough to leave the cell to Cerberus: only whole matches are damage.
    damaged_form = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in patterns), re.IGNORECASE).match
    return lambda cells: [
        i
        for i, cell in enumerate(cells)
        if (not optional if cell is None else len(cell) > maxlength or cell in damaged or damaged_form(cell))
    ]


def _without_hidden(test: Test, characters: str) -> Test:
    """Return the test that also doubts cells with one of the characters, none of which is printable ASCII."""
    has_hidden = re.compile(characters).search

    def doubts(cells: Column) -> list[int]:
        together = "".join(filter(None, cells))
        if together.isascii() and together.isprintable():
            return test(cells)
        return sorted({*test(cells), *[i for i, cell in enumerate(cells) if cell is not None and has_hidden(cell)]})

    return doubts


def choice_test(choices: AbstractSet[str], *, optional: bool) -> Test:
    """Return the test for a column that takes one of these and nothing else."""
    return lambda cells: [i for i, cell in enumerate(cells) if (not optional if cell is None else cell not in choices)]


def _number_test(low: Decimal, high: Decimal, decimals: int, *, optional: bool) -> Test:
    fraction = rf"(?:\.[0-9]{{1,{decimals}}})?" if decimals else ""
    unsigned = re.compile(f"[0-9]+{fraction}").fullmatch
    within = re.compile(_within(low, high, decimals, fraction)).fullmatch

    def is_doubtful(cell: str) -> bool:
        return unsigned(cell) is None or not low <= Decimal(cell) <= high

    return lambda cells: [
        i
        for i, cell in enumerate(cells)
        if (not optional if cell is None else within(cell) is None and is_doubtful(cell))
    ]


def _within(low: Decimal, high: Decimal, decimals: int, fraction: str) -> str:
    """Return a pattern of numbers that have too few digits to leave the limits: most, and they need no Decimal."""
    step = Decimal(1).scaleb(-decimals)
    digits = (high + step).adjusted()  # a number of so many nines, all decimals nines as well, is not above `high`
    if high < 0 or digits < 1 or low > step:
        return "(?!)"
    not_zero = "(?=[0.]*[1-9])" if low > 0 else ""
    return f"{not_zero}[0-9]{{1,{digits}}}{fraction}"


class CellValidator(ProductValidator):
    """Cerberus for one cell: its rule methods, fed from rule queues worked out once. One thread at a time."""

    def __init__(self, schema: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(schema)
        self._broken: list[str] = []
        self._required = {field: ["required"] if rules["required"] else [] for field, rules in schema.items()}
        self._coerced = {field for field, rules in schema.items() if "coerce" in rules}
        self._queues = {field: self._queue(rules) for field, rules in schema.items()}

    def _queue(self, rules: Mapping[str, Any]) -> list[tuple[str, RuleMethod, Any]]:
        first = [rule for rule in self.priority_validations if rule in rules]
        later = [r for r in rules if r in self.validation_rules and r != "required" and r not in first]
        return [(rule, getattr(self, f"_validate_{rule}"), rules[rule]) for rule in first + later]

    def _error(self, *args: Any) -> None:
        """Keep only which rule was broken, not the error trees."""
        self._broken.append(args[1].rule)

    def broken_rules(self, field: str, cell: str | None, allowed: AbstractSet[str] | None = None) -> list[str]:
        """Return the rules the cell breaks, as `validate()` finds them; `allowed` are the names a category may have."""
        if cell is None:
            return self._required[field]
        value = plain_number(cell) if field in self._coerced else cell
        self._broken = []
        for rule, method, constraint in self._queues[field]:
            method(constraint, field, value)
            if rule == "type" and self._broken:
                return self._broken
        if allowed is not None:
            self._validate_allowed(allowed, field, value)
        return self._broken
