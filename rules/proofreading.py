"""Proofreads products.toml before it is used: names each key that is missing, misspelt, mistyped or unusable."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from string import Formatter
from typing import Any, ClassVar

from cerberus import TypeDefinition, Validator  # type: ignore[import-untyped, unused-ignore]

from rules.codes import ErrorCode
from rules.text import header_name

STAGED_CHARACTERS = 4096
"""The parser stages at most this many characters of a cell; a text limit beyond it could not be checked."""

_VALUE_CODES = sorted(ErrorCode)
_NUMBER = {"type": "number", "required": True}
_SIZE = {"type": "integer", "min": 1, "max": STAGED_CHARACTERS, "required": True}
_TEXT = {"type": "string", "empty": False, "required": True}
_TEXTS = {"type": "list", "empty": False, "schema": {"type": "string", "empty": False}}
_COMMON = {
    "label": _TEXT,
    "required": {"type": "boolean", "required": True},
    "messages": {"type": "dict", "keysrules": {"type": "string"}, "valuesrules": {"type": "string", "empty": False}},
    "aliases": _TEXTS,
    "later_aliases": _TEXTS,
}
_CODE = {"type": "string", "allowed": _VALUE_CODES, "required": True}
_PATTERNS = ("shortened_number", "formula", "apostrophe", "date")
_DAMAGE_KINDS = ("error_value", "invisible", *_PATTERNS)
_DICT: Mapping[str, Any] = {"type": "dict", "required": True}
_COLUMN_KEYS: Mapping[str, Mapping[str, Any]] = {
    "text": {
        **_COMMON,
        "type": _TEXT,
        "maxlength": _SIZE,
        "damage": {**_TEXTS, "allowed": list(_DAMAGE_KINDS)},
    },
    "number": {
        **_COMMON,
        "type": _TEXT,
        "min": _NUMBER,
        "max": _NUMBER,
        "decimals": {"type": "integer", "min": 0, "required": True},
        "code": _CODE,
    },
    "category": {**_COMMON, "type": _TEXT, "code": _CODE},
}
_UPDATES: Mapping[str, Mapping[str, Any]] = {
    "clear": _TEXT,
    "messages": {
        **_DICT,
        "schema": dict.fromkeys(("unnamed", "unknown", "mismatch"), _TEXT),
    },
    "duplicates": {
        "type": "dict",
        "required": True,
        "schema": {name: {**_DICT, "schema": {"in_file": _TEXT}} for name in ("sku", "vendor_product_id")},
    },
    "columns": {
        "type": "dict",
        "required": True,
        "schema": {
            "status": {
                "type": "dict",
                "required": True,
                "schema": {
                    **_COMMON,
                    "type": {"type": "string", "allowed": ["choice"], "required": True},
                    "choices": {"type": "list", "empty": False, "required": True, "schema": {"type": "string"}},
                    "code": _CODE,
                },
            },
        },
    },
}

_ALWAYS = {"label"}
_RANGE = {"min", "max"}
_PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "required": frozenset(_ALWAYS),
    "type": frozenset(_ALWAYS | _RANGE | {"sent", "hint", "decimals"}),
    "min": frozenset(_ALWAYS | _RANGE | {"sent"}),
    "max": frozenset(_ALWAYS | _RANGE | {"sent"}),
    "decimals": frozenset(_ALWAYS | _RANGE | {"sent", "hint", "decimals"}),
    "whole": frozenset(_ALWAYS | _RANGE | {"sent", "hint", "decimals"}),
    "maxlength": frozenset(_ALWAYS | {"sent", "length", "maxlength"}),
    "category": frozenset(_ALWAYS | {"sent", "hint"}),
    "choice": frozenset(_ALWAYS | {"sent", "choices"}),
    "cleared": frozenset(_ALWAYS | {"sent"}),
    "more_cells": frozenset({"cells", "expected", "separator", "mark", "hint"}),
    "fewer_cells": frozenset({"cells", "expected", "separator", "mark", "hint"}),
    "processing_error": frozenset(),
}
_HINTS: Mapping[str, frozenset[str]] = {
    "comma_in_number": frozenset({"separator"}),
    "blank_end": frozenset({"separator"}),
    "header_end": frozenset({"separator"}),
    "corrected": frozenset({"corrected"}),
    "exponent": frozenset(),
    "error_value": frozenset(),
    "date": frozenset(),
    "percent": frozenset(),
    "currency": frozenset(),
    "amount": frozenset({"corrected"}),
    "digits": frozenset(),
    "whole_digits": frozenset(),
    "suggestion": frozenset({"suggestion"}),
    "retired": frozenset(),
    "renamed": frozenset({"name"}),
    "categories": frozenset({"categories"}),
}
_UPDATE_MESSAGES: Mapping[str, frozenset[str]] = {
    "unnamed": frozenset(),
    "unknown": frozenset({"label", "value"}),
    "mismatch": frozenset({"sku", "vendor_product_id"}),
}
_DUPLICATES: Mapping[str, frozenset[str]] = {
    "in_catalogue": frozenset({"value"}),
    "in_file": frozenset({"value", "row"}),
}


class _FileValidator(Validator):  # type: ignore[misc]
    """Checks the rules file itself; its numbers are int or Decimal, and a yes or no is no number."""

    types_mapping: ClassVar[dict[str, TypeDefinition]] = {
        **Validator.types_mapping,
        "integer": TypeDefinition("integer", (int,), (bool,)),
        "number": TypeDefinition("number", (int, Decimal), (bool,)),
    }


_BESIDE_COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "messages": {**_DICT, "schema": dict.fromkeys(_PLACEHOLDERS, _TEXT)},
    "hints": {**_DICT, "schema": dict.fromkeys(_HINTS, _TEXT)},
    "damage": {
        **_DICT,
        "schema": {
            "error_value": {**_DICT, "schema": {"values": {**_TEXTS, "required": True}, "message": _TEXT}},
            "invisible": {**_DICT, "schema": {"characters": _TEXT, "message": _TEXT}},
            **{name: {**_DICT, "schema": {"pattern": _TEXT, "message": _TEXT}} for name in _PATTERNS},
        },
    },
    "duplicates": {
        **_DICT,
        "schema": {
            name: {**_DICT, "schema": {"code": _CODE, **dict.fromkeys(_DUPLICATES, _TEXT)}}
            for name in ("sku", "vendor_product_id")
        },
    },
    "updates": {**_DICT, "schema": _UPDATES},
    "database": {
        **_DICT,
        "schema": {
            "not_null": {"type": "list", "required": True, "schema": {"type": "string"}},
            "sizes": {**_DICT, "empty": False, "valuesrules": {"type": "number"}},
        },
    },
}


def shape_problems(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is missing, unknown or of the wrong type."""
    database = data.get("database")
    sizes = database.get("sizes") if isinstance(database, dict) else None
    columns_schema = {**_DICT, "schema": dict.fromkeys(sizes or (), _DICT)}
    yield from _violations(data, {"columns": columns_schema, **_BESIDE_COLUMNS}, "")
    columns = data.get("columns")
    for name, keys in columns.items() if isinstance(columns, dict) else ():
        if not isinstance(keys, dict):
            continue
        allowed = _COLUMN_KEYS.get(str(keys.get("type")))
        if allowed is None:
            yield f"columns.{name}.type: must be one of {', '.join(_COLUMN_KEYS)}"
        else:
            yield from _violations(keys, allowed, f"columns.{name}.")


def _violations(document: Mapping[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
    validator = _FileValidator(schema)
    validator.validate(document, normalize=False)
    yield from _flat(validator.errors, path)


def _flat(tree: Mapping[Any, list[Any]], path: str) -> Iterator[str]:
    for key, items in tree.items():
        for item in items:
            if isinstance(item, dict):
                yield from _flat(item, f"{path}{key}.")
            else:
                yield f"{path}{key}: {item}"


def contradictions(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is well formed but cannot work: empty ranges, limits the database cannot hold, unknown words."""
    sizes = data["database"]["sizes"]
    for name, keys in data["columns"].items():
        path = f"columns.{name}"
        if name in data["database"]["not_null"] and not keys["required"]:
            yield f"{path}.required: must be true, the catalogue cannot keep this product without it"
        if keys["type"] == "text" and keys["maxlength"] > sizes[name]:
            yield f"{path}.maxlength: {keys['maxlength']} is more than the catalogue can hold ({sizes[name]})"
        if keys["type"] == "number":
            yield from _range_problems(path, keys, Decimal(sizes[name]))
        for template in keys.get("messages", {}):
            if template not in _PLACEHOLDERS:
                yield f"{path}.messages.{template}: unknown message, known are {', '.join(_PLACEHOLDERS)}"
            else:
                yield from _template_problems(
                    f"{path}.messages.{template}", keys["messages"][template], _PLACEHOLDERS[template]
                )
    for template, allowed in _PLACEHOLDERS.items():
        yield from _template_problems(f"messages.{template}", data["messages"][template], allowed)
    for template, allowed in _HINTS.items():
        yield from _template_problems(f"hints.{template}", data["hints"][template], allowed)
    yield from _alias_problems(data["columns"])
    yield from _damage_problems(data["damage"])
    yield from _update_problems(data["updates"])
    for name, duplicate in data["duplicates"].items():
        for template, allowed in _DUPLICATES.items():
            yield from _template_problems(f"duplicates.{name}.{template}", duplicate[template], allowed)


def _alias_problems(columns: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the names that two columns claim; a header with such a name could not be read for certain."""
    owners = {name: name for name in columns}
    for column, keys in columns.items():
        for key in ("aliases", "later_aliases"):
            for alias in keys.get(key, ()):
                name = header_name(alias)
                if name in owners:
                    yield f"columns.{column}.{key}: {alias!r} is claimed by {owners[name]} already"
                owners.setdefault(name, column)


def _damage_problems(kinds: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, keys in kinds.items():
        words = {"label", "sent"} | ({"hidden", "left"} if "characters" in keys else set())
        yield from _template_problems(f"damage.{name}.message", keys["message"], frozenset(words))
        try:
            re.compile(keys.get("pattern", ""), re.IGNORECASE)
        except re.error as error:
            yield f"damage.{name}.pattern: {error}"
        if "characters" in keys:
            yield from _character_problems(f"damage.{name}.characters", keys["characters"])


def _character_problems(path: str, characters: str) -> Iterator[str]:
    try:
        hidden = re.compile(f"[{characters}]")
    except re.error as error:
        yield f"{path}: {error}"
        return
    if seen := [char for char in map(chr, range(0x20, 0x7F)) if hidden.match(char)]:
        yield f"{path}: {seen[0]!r} can be seen"


def _update_problems(updates: Mapping[str, Any]) -> Iterator[str]:
    for template, allowed in _UPDATE_MESSAGES.items():
        yield from _template_problems(f"updates.messages.{template}", updates["messages"][template], allowed)
    for name, duplicate in updates["duplicates"].items():
        path = f"updates.duplicates.{name}.in_file"
        yield from _template_problems(path, duplicate["in_file"], _DUPLICATES["in_file"])
    if updates["clear"] != updates["clear"].strip():
        yield "updates.clear: must not begin or end with a blank, cells are trimmed before they are compared"


def _range_problems(path: str, keys: Mapping[str, Any], size: Decimal) -> Iterator[str]:
    for key in ("min", "max"):
        if not Decimal(keys[key]).is_finite():
            yield f"{path}.{key}: must be a number such as 0.01"
            return
        if abs(keys[key]) > size:
            yield f"{path}.{key}: {keys[key]} is more than the catalogue can hold ({size})"
    if keys["min"] > keys["max"]:
        yield f"{path}.min: {keys['min']} is larger than max, {keys['max']}"
    kept = -int(size.as_tuple().exponent)
    if keys["decimals"] > kept:
        yield f"{path}.decimals: {keys['decimals']} is more than the catalogue keeps ({kept})"


def _template_problems(path: str, template: str, allowed: frozenset[str]) -> Iterator[str]:
    try:
        words = [word for _, word, _, _ in Formatter().parse(template) if word is not None]
    except ValueError as error:
        yield f"{path}: {error}"
        return
    for word in words:
        if word not in allowed:
            known = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "no words in braces"
            yield f"{path}: {{{word}}} is not known here, allowed: {known}"
