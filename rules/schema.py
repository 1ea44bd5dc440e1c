"""Reads products.toml and turns it into a Cerberus schema."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rules.codes import ErrorCode
from rules.damage import Damage
from rules.proofreading import contradictions, shape_problems

DEFAULT_RULES = Path(__file__).with_name("products.toml")


class RulesError(ValueError):
    """The rules data is wrong; the message names the key to fix."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the data describes it. `code` is what a refused value gets, `messages` are complete."""

    name: str
    label: str
    required: bool
    type: str
    code: ErrorCode
    messages: Mapping[str, str]
    maxlength: int = 0
    min: Decimal = Decimal(0)
    max: Decimal = Decimal(0)
    decimals: int = 0
    damage: tuple[Damage, ...] = ()
    aliases: tuple[str, ...] = ()
    later_aliases: tuple[str, ...] = ()
    """Those of the aliases that 0.3.0 did not know."""
    choices: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    """Texts that mean something else in this column."""

    def cerberus_rules(self) -> dict[str, Any]:
        """Return the rules set of this column; a category's `allowed` names are added at run time."""
        if self.type == "text":
            text = {
                "type": "string",
                "required": self.required,
                "maxlength": self.maxlength,
                "undamaged": self.damage,
            }
            return {**text, "forbidden": self.forbidden} if self.forbidden else text
        if self.type == "choice":
            return {"type": "string", "required": self.required, "allowed": self.choices}
        if self.type == "category":
            return {"type": "complete_string", "required": self.required}
        return {
            "type": "decimal",
            "coerce": "plain_number",
            "required": self.required,
            "min": self.min,
            "max": self.max,
            "decimals": self.decimals,
        }


@dataclass(frozen=True, slots=True)
class Duplicate:
    """How a repeated value of one column is reported."""

    code: ErrorCode
    in_catalogue: str
    in_file: str


@dataclass(frozen=True, slots=True)
class Updates:
    """What is different in a file of changes: more columns, a word that empties a cell, other messages."""

    clear: str
    columns: tuple[Column, ...]
    messages: Mapping[str, str]
    duplicates: Mapping[str, Duplicate]


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole of products.toml, checked."""

    columns: tuple[Column, ...]
    messages: Mapping[str, str]
    hints: Mapping[str, str]
    duplicates: Mapping[str, Duplicate]
    updates: Updates
    damage: Mapping[str, Damage]


def read_rules(path: Path) -> Rules:
    """Return the rules in the file. Raises RulesError naming the key when the data is wrong or contradicts itself."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{path.name} is not valid TOML: {error}") from error
    problems = list(shape_problems(data)) or list(contradictions(data))
    if problems:
        raise RulesError("\n".join(f"{path.name}: {problem}" for problem in problems))
    damage = {name: _damage(name, keys) for name, keys in data["damage"].items()}
    return Rules(
        columns=tuple(_column(name, keys, data["messages"], damage) for name, keys in data["columns"].items()),
        messages=data["messages"],
        hints=data["hints"],
        duplicates=_duplicates(data["duplicates"]),
        updates=_updates(data),
        damage=damage,
    )


def _updates(data: Mapping[str, Any]) -> Updates:
    updates = data["updates"]
    repeated = {
        name: {**keys, "in_file": updates["duplicates"][name]["in_file"]} for name, keys in data["duplicates"].items()
    }
    return Updates(
        clear=updates["clear"],
        columns=tuple(_column(name, keys, data["messages"], {}) for name, keys in updates["columns"].items()),
        messages=updates["messages"],
        duplicates=_duplicates(repeated),
    )


def _duplicates(data: Mapping[str, Mapping[str, str]]) -> dict[str, Duplicate]:
    return {
        name: Duplicate(ErrorCode(keys["code"]), keys["in_catalogue"], keys["in_file"]) for name, keys in data.items()
    }


def _damage(name: str, keys: Mapping[str, Any]) -> Damage:
    pattern = re.compile(keys["pattern"], re.IGNORECASE) if "pattern" in keys else None
    characters = re.compile(f"[{keys['characters']}]") if "characters" in keys else None
    return Damage(name, frozenset(keys.get("values", ())), pattern, keys["message"], characters)


def _column(name: str, keys: Mapping[str, Any], messages: Mapping[str, str], damage: Mapping[str, Damage]) -> Column:
    numbers = {key: Decimal(keys[key]) for key in ("min", "max") if key in keys}
    return Column(
        **{
            **keys,
            **numbers,
            "name": name,
            "code": ErrorCode(keys.get("code", ErrorCode.FIELD_TOO_LONG)),
            "damage": tuple(damage[kind] for kind in keys.get("damage", ())),
            "aliases": (*keys.get("aliases", ()), *keys.get("later_aliases", ())),
            "later_aliases": tuple(keys.get("later_aliases", ())),
            "messages": {**messages, **keys.get("messages", {})},
            "choices": tuple(keys.get("choices", ())),
        }
    )
