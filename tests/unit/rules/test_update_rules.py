"""Rules of files of changes: what is there must keep the rules, what is blank stays, and one word empties."""

import re
from pathlib import Path
from typing import Any

import pytest

from rules import ErrorCode, ProductRules, UpdateRules
from rules.schema import DEFAULT_RULES, read_rules
from tests.unit.rules.conftest import Edit

CHECKS = ["check", "reference_check"]


@pytest.fixture(scope="module")
def updates() -> UpdateRules:
    return ProductRules.load().for_updates


def found(updates: UpdateRules, check: str, categories: frozenset[str], **cells: str) -> list[tuple[Any, ...]]:
    verdict = getattr(updates, check)({"sku": "A", **cells}, categories)
    return [(error.field, error.code) for error in verdict.errors]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"price": "0.01"},
        {"status": "active"},
        {"status": " inactive "},
        {"sku": "", "vendor_product_id": "P", "stock_quantity": "0"},
        {"brand": "CLEAR", "weight_kg": " CLEAR ", "compare_at_price": "CLEAR", "subcategory": "CLEAR"},
        {"brand": "clear", "weight_kg": " Clear ", "compare_at_price": "cLEAR", "image_url": "\u00a0clear"},
        {"product_name": "CLEAR SKY", "brand": "clears", "unit": "unclear"},
        {"category": "Laptops"},
    ],
)
def test_row_passes_when_its_cells_keep_the_rules(
    updates: UpdateRules, categories: frozenset[str], check: str, cells: dict[str, str]
) -> None:
    assert found(updates, check, categories, **cells) == []


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ({"price": "free"}, "price", ErrorCode.INVALID_PRICE),
        ({"price": "0"}, "price", ErrorCode.INVALID_PRICE),
        ({"price": "CLEAR"}, "price", ErrorCode.INVALID_PRICE),
        ({"stock_quantity": "12.7"}, "stock_quantity", ErrorCode.INVALID_STOCK_QUANTITY),
        ({"stock_quantity": "CLEAR"}, "stock_quantity", ErrorCode.INVALID_STOCK_QUANTITY),
        ({"category": "Spaceships"}, "category", ErrorCode.INVALID_CATEGORY),
        ({"category": "CLEAR"}, "category", ErrorCode.INVALID_CATEGORY),
        ({"product_name": " CLEAR "}, "product_name", ErrorCode.MISSING_REQUIRED_FIELD),
        ({"product_name": "clear"}, "product_name", ErrorCode.MISSING_REQUIRED_FIELD),
        ({"sku": "CLEAR"}, "sku", ErrorCode.MISSING_REQUIRED_FIELD),
        ({"sku": "Clear "}, "sku", ErrorCode.MISSING_REQUIRED_FIELD),
        ({"product_name": "x" * 201}, "product_name", ErrorCode.FIELD_TOO_LONG),
        ({"brand": "x" * 101}, "brand", ErrorCode.FIELD_TOO_LONG),
        ({"weight_kg": "clear it"}, "weight_kg", ErrorCode.INVALID_FIELD_FORMAT),
        ({"price": "clear"}, "price", ErrorCode.INVALID_PRICE),
        ({"status": "clear"}, "status", ErrorCode.INVALID_FIELD_FORMAT),
        ({"status": "Active"}, "status", ErrorCode.INVALID_FIELD_FORMAT),
        ({"status": "CLEAR"}, "status", ErrorCode.INVALID_FIELD_FORMAT),
        ({"sku": " ", "price": "1"}, "vendor_product_id", ErrorCode.MISSING_REQUIRED_FIELD),
    ],
)
def test_row_is_refused_when_a_cell_breaks_a_rule(
    updates: UpdateRules, categories: frozenset[str], check: str, cells: dict[str, str], field: str, code: ErrorCode
) -> None:
    assert found(updates, check, categories, **cells) == [(field, code)]


def test_values_say_what_to_set_and_what_to_empty(updates: UpdateRules, categories: frozenset[str]) -> None:
    cells = {"sku": " A ", "brand": " CLEAR ", "price": " 5 ", "unit": " ", "product_name": "CLEAR"}

    values = dict(zip(updates.columns, updates.check(cells, categories).values, strict=True))

    assert {name: value for name, value in values.items() if value is not None} == {
        "sku": "A",
        "brand": "CLEAR",
        "price": "5",
        "product_name": "CLEAR",
    }
    assert updates.is_cleared("brand", "CLEAR")
    assert not updates.is_cleared("product_name", "CLEAR")
    assert not updates.is_cleared("brand", "Clear")


@pytest.mark.parametrize("word", ["clear", " Clear ", "CLEAR"])
def test_value_stands_for_an_emptied_cell_whatever_its_capitals(
    updates: UpdateRules, categories: frozenset[str], word: str
) -> None:
    values = updates.check({"sku": "A", "brand": word, "unit": f"{word} it"}, categories).values

    emptied = {name for name, value in zip(updates.columns, values, strict=True) if updates.is_cleared(name, value)}
    assert emptied == {"brand"}


def test_readme_and_help_name_the_word() -> None:
    word = read_rules(DEFAULT_RULES).updates.clear

    for page in ("README.md", "docs/formats.md", "portal/src/pages/help/ColumnHelp.tsx"):
        assert re.search(rf"[`>]{word}[`<]", Path(page).read_text(encoding="utf-8")), page


def test_message_says_how_a_value_may_be_written(updates: UpdateRules, categories: frozenset[str]) -> None:
    cells = {"sku": "A", "status": "sold", "product_name": "CLEAR"}

    named, status = updates.check(cells, categories).errors

    assert status.message == 'Status must be active or inactive, written exactly so, but this row has "sold".'
    assert "cannot be emptied" in named.message
    assert "leave the cell blank" in named.message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("word", ["CLEAR", "Clear", " clear "])
def test_message_says_what_was_sent_when_the_word_stands_where_a_value_is_needed(
    updates: UpdateRules, categories: frozenset[str], check: str, word: str
) -> None:
    (error,) = getattr(updates, check)({"vendor_product_id": "P", "sku": word, "price": "1"}, categories).errors

    assert error.message.startswith(f'SKU cannot be emptied with "{word.strip()}".')


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        (["sku", "price"], []),
        (["vendor_product_id", "status"], []),
        (["vendor_product_id", "sku", "brand"], []),
        (["price", "stock_quantity"], ["vendor_product_id or sku"]),
        (["vendor_product_id", "sku"], ["to change, such as price or stock_quantity"]),
        ([], ["vendor_product_id or sku"]),
    ],
)
def test_file_needs_a_name_and_something_to_change(
    updates: UpdateRules, columns: list[str], missing: list[str]
) -> None:
    assert updates.missing_columns(columns) == missing


def test_word_is_another_when_the_data_says_so(load_edited: Edit, categories: frozenset[str]) -> None:
    updates = load_edited(('clear = "CLEAR"', 'clear = "(none)"')).for_updates

    assert updates.is_cleared("brand", updates.check({"sku": "A", "brand": "(none)"}, categories).values[6])
    assert not updates.is_cleared("brand", "CLEAR")
