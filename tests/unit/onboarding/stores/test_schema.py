"""The migrated database and the [database] section of the rules describe the same table."""

import tomllib
from decimal import Decimal
from typing import Any

import pytest

from rules import DEFAULT_RULES, ProductRules
from tests.conftest import TestDatabase

DATA = tomllib.loads(DEFAULT_RULES.read_text(encoding="utf-8"), parse_float=Decimal)


@pytest.fixture
def columns(database: TestDatabase) -> dict[str, tuple[Any, ...]]:
    """Type, nullability, length, precision and scale of the columns of products."""
    found = database.execute(
        "SELECT column_name, data_type, is_nullable, character_maximum_length, numeric_precision, numeric_scale"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'products'"
    )
    return {name: tuple(rest) for name, *rest in found}


def test_every_column_of_the_file_is_in_the_table_when_the_schema_is_migrated(
    columns: dict[str, tuple[Any, ...]],
) -> None:
    assert set(DATA["columns"]) <= set(columns)
    assert set(DATA["database"]["sizes"]) == set(DATA["columns"]) == set(ProductRules.load().columns)


@pytest.mark.parametrize("name", list(DATA["columns"]))
def test_size_is_what_the_rules_say_when_the_schema_is_migrated(columns: dict[str, tuple[Any, ...]], name: str) -> None:
    data_type, _, length, precision, scale = columns[name]

    match data_type:
        case "character varying":
            largest = length
        case "integer":
            largest = 2**31 - 1
        case "numeric":
            largest = Decimal(10**precision - 1).scaleb(-scale)

    assert DATA["database"]["sizes"][name] == largest


@pytest.mark.parametrize("name", list(DATA["columns"]))
def test_decimals_fit_the_column_when_the_rules_allow_some(columns: dict[str, tuple[Any, ...]], name: str) -> None:
    rule = DATA["columns"][name]
    data_type, _, _, _, scale = columns[name]

    assert (rule["type"] == "number") == (data_type in ("numeric", "integer"))
    assert rule.get("decimals", 0) <= (scale or 0)


def test_required_columns_are_not_null_when_the_schema_is_migrated(columns: dict[str, tuple[Any, ...]]) -> None:
    not_null = {name for name in DATA["columns"] if columns[name][1] == "NO"}

    assert not_null == set(DATA["database"]["not_null"])


def test_values_at_the_limits_are_stored_when_the_rules_accept_them(database: TestDatabase) -> None:
    """Everything the rules let through fits: text in characters, numbers with all their digits."""
    rules = ProductRules.load()
    categories = frozenset({"Books"})
    cells = {}
    for name, rule in DATA["columns"].items():
        match rule["type"]:
            case "text":
                cells[name] = "\N{HEADPHONE}" * rule["maxlength"]
            case "number":
                cells[name] = str(rule["max"])
            case "category":
                cells[name] = "Books"
    verdict = rules.check(cells, categories)
    database.add_vendor("VEND001")
    database.execute(
        "INSERT INTO upload_history (upload_id, vendor_id, file_name, s3_key, object_version)"
        " VALUES ('UPLOAD_1', 'VEND001', 'f.csv', 'uploads/VEND001/f.csv', 'v')"
    )

    assert verdict.errors == ()
    database.execute(
        f"INSERT INTO products (upload_id, vendor_id, row_number, {', '.join(rules.columns)})"
        f" VALUES ('UPLOAD_1', 'VEND001', 1, {', '.join(['%s'] * len(rules.columns))})",
        *verdict.values,
    )

    (stored,) = database.execute(f"SELECT {', '.join(rules.columns)} FROM products")
    assert [str(value) for value in stored] == list(verdict.values)
