"""The fast lane in front of Cerberus: tests that a cell surely passes, compiled from the Cerberus schema itself.

A compiled test may only say "passes" where Cerberus says so too. Where it says no, it proves nothing: Cerberus is
asked, and only Cerberus refuses a cell. It runs here on one cell at a time, with its own rule methods, because a whole
`validate()` copies and hashes the schema again and again, which is most of its time.
"""

import re
from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any

from rules.damage import Damage
from rules.validator import ProductValidator, plain_number

Test = Callable[[str | None], bool]
RuleMethod = Callable[[Any, str, object], object]

_KNOWN_RULES = {
    "string": {"type", "required", "maxlength", "undamaged"},
    "decimal": {"type", "required", "coerce", "min", "max", "decimals"},
}

_CHOICE = {"type", "required", "allowed"}


def compile_test(rules: Mapping[str, Any]) -> Test:
    """Return the test for one column's rules set; one that never passes when the set holds a rule not known here."""
    if forbidden := frozenset(rules.get("forbidden", ())):
        passes = compile_test({name: constraint for name, constraint in rules.items() if name != "forbidden"})
        return lambda value: value not in forbidden and passes(value)
    if set(rules) == _CHOICE and rules["type"] == "string":
        return _choice_test(frozenset(rules["allowed"]), optional=not rules["required"])
    if set(rules) != _KNOWN_RULES.get(rules["type"]):
        return _unsure
    if rules["type"] == "string":
        return _text_test(rules["maxlength"], rules["undamaged"], optional=not rules["required"])
    return _number_test(rules["min"], rules["max"], rules["decimals"], optional=not rules["required"])


def _unsure(value: str | None) -> bool:
    return False


def _text_test(maxlength: int, kinds: Collection[Damage], *, optional: bool) -> Test:
    damaged = frozenset[str]().union(*[kind.values for kind in kinds])
    patterns = [kind.pattern for kind in kinds if kind.pattern is not None]
    if patterns:
        damaged_form = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in patterns), re.IGNORECASE).match
        # A match at the beginning is enough to leave the cell to Cerberus: only whole matches are damage.
        if optional:
            return lambda value: (
                value is None or (len(value) <= maxlength and value not in damaged and damaged_form(value) is None)
            )
        return lambda value: (
            value is not None and len(value) <= maxlength and value not in damaged and damaged_form(value) is None
        )
    if optional:
        return lambda value: value is None or (len(value) <= maxlength and value not in damaged)
    return lambda value: value is not None and len(value) <= maxlength and value not in damaged


def _choice_test(choices: AbstractSet[str], *, optional: bool) -> Test:
    return lambda value: optional if value is None else value in choices


def _number_test(low: Decimal, high: Decimal, decimals: int, *, optional: bool) -> Test:
    fraction = rf"(?:\.[0-9]{{1,{decimals}}})?" if decimals else ""
    unsigned = re.compile(f"[0-9]+{fraction}").fullmatch
    within = re.compile(_within(low, high, decimals, fraction)).fullmatch

    def passes(value: str | None) -> bool:
        if value is None:
            return optional
        return within(value) is not None or (unsigned(value) is not None and low <= Decimal(value) <= high)

    return passes


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
