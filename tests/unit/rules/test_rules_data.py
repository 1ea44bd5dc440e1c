"""The rules are data: a changed limit or message changes the verdict, and wrong data is refused by name."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from rules import DEFAULT_RULES, STAGED_CHARACTERS, ErrorCode, ProductRules, RulesError
from rules.schema import read_rules

Edit = Callable[..., ProductRules]
CHECKS = ["check", "reference_check"]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    ("edit", "column", "cell", "words"),
    [
        (("min = 0.01", "min = 5"), "price", "4.99", "Price must be at least 5"),
        (("max = 999999.99", "max = 20.5"), "price", "20.51", "Price must be at most 20.5,"),
        (("decimals = 2", "decimals = 1"), "price", "19.99", "Price can have at most 1 digits"),
        (("max = 1000000", "max = 100"), "stock_quantity", "101", "Stock quantity must be at most 100"),
        (("maxlength = 200", "maxlength = 3"), "product_name", "Lamp", "at most 3 are allowed"),
        (("maxlength = 2048", "maxlength = 9"), "image_url", "https://e.", "it has 10 characters"),
        (('label = "Brand"\nrequired = false', 'label = "Make"\nrequired = true'), "brand", "", "Make is missing"),
        (("{label} is missing.", "Oops, {label}!"), "sku", "", "Oops, SKU!"),
    ],
)
def test_check_follows_the_data_when_a_rule_is_stricter(
    rules: ProductRules,
    row: dict[str, str],
    categories: frozenset[str],
    load_edited: Edit,
    check: str,
    edit: tuple[str, str],
    column: str,
    cell: str,
    words: str,
) -> None:
    row[column] = cell

    (error,) = getattr(load_edited(edit), check)(row, categories).errors

    assert error.field == column
    assert words in error.message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    ("edit", "column", "cell"),
    [
        (("min = 0.01", "min = 0"), "price", "0.00"),
        (("min = 0.01", "min = -5"), "price", "-4.99"),
        (("max = 999999.99", "max = 2000000"), "price", "1000000"),
        (("max = 1000000", "max = 2000000000"), "stock_quantity", "1000001"),
    ],
)
def test_check_follows_the_data_when_a_rule_is_looser(
    rules: ProductRules,
    row: dict[str, str],
    categories: frozenset[str],
    load_edited: Edit,
    check: str,
    edit: tuple[str, str],
    column: str,
    cell: str,
) -> None:
    row[column] = cell

    assert rules.check(row, categories).errors != ()
    assert getattr(load_edited(edit), check)(row, categories).errors == ()


def test_message_follows_the_data_when_a_column_has_its_own(
    row: dict[str, str], categories: frozenset[str], load_edited: Edit
) -> None:
    rules = load_edited(
        ('code = "INVALID_PRICE"', 'code = "INVALID_PRICE"\nmessages = { min = "{label}: no less than {min}!" }')
    )
    row.update(price="0", stock_quantity="-1")

    price, stock = rules.check(row, categories).errors

    assert price.message == "Price: no less than 0.01!"
    assert stock.message.startswith("Stock quantity must be at least 0")


def test_limits_are_exact_decimals_when_read() -> None:
    price = next(column for column in read_rules(DEFAULT_RULES).columns if column.name == "price")

    assert (price.min, price.max, price.code) == (Decimal("0.01"), Decimal("999999.99"), ErrorCode.INVALID_PRICE)


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (("min = 0.01", 'min = "0.01"'), "columns.price.min: must be of number type"),
        (("min = 0.01\n", ""), "columns.price.min: required field"),
        (("min = 0.01", "minimum = 0.01"), "columns.price.minimum: unknown field"),
        (("min = 0.01", "min = nan"), "columns.price.min: must be a number such as 0.01"),
        (("max = 999999.99", "max = inf"), "columns.price.max: must be a number such as 0.01"),
        (("min = 0.01", "min = true"), "columns.price.min: must be of number type"),
        (("max = 999999.99", "max = 0"), "columns.price.min: 0.01 is larger than max, 0"),
        (("max = 999999.99", "max = 100000000"), "columns.price.max: 100000000 is more than the catalogue can hold"),
        (("decimals = 2", "decimals = 3"), "columns.price.decimals: 3 is more than the catalogue keeps (2)"),
        (("decimals = 2", "decimals = -1"), "columns.price.decimals: min value is 0"),
        (("maxlength = 200", "maxlength = 0"), "columns.product_name.maxlength: min value is 1"),
        (("maxlength = 200", "maxlength = 201"), "columns.product_name.maxlength: 201 is more than"),
        (("maxlength = 200", f"maxlength = {STAGED_CHARACTERS + 1}"), "columns.product_name.maxlength: max value is"),
        (('type = "category"', 'type = "choice"'), "columns.category.type: must be one of text, number, category"),
        (('code = "INVALID_PRICE"', 'code = "BAD_PRICE"'), "columns.price.code: unallowed value BAD_PRICE"),
        (("[columns.brand]", "[columns.colour]"), "columns.brand: required field"),
        (("[columns.brand]", "[columns.colour]"), "columns.colour: unknown field"),
        (('label = "SKU"\nrequired = true', 'label = "SKU"\nrequired = false'), "columns.sku.required: must be true"),
        (("required = true", 'required = "yes"'), "columns.vendor_product_id.required: must be of boolean type"),
        (('min = "{label}', 'minimum = "{label}'), "messages.min: required field"),
        (("{label} is missing", "{lable} is missing"), "messages.required: {lable} is not known here"),
        (("{label} is missing", "{label.__class__} is missing"), "{label.__class__} is not known here"),
        (("{label} is missing", "{label is missing"), "messages.required: expected '}'"),
        (("Write {corrected}", "Write {correct}"), "hints.corrected: {correct} is not known here"),
        (("in row {row}", "in row {number}"), "duplicates.sku.in_file: {number} is not known here"),
        (('code = "INVALID_PRICE"', 'code = "INVALID_PRICE"\nmessages = { minn = "?" }'), "messages.minn: unknown"),
        (
            ('"Item number", ', '"Title", '),
            "columns.product_name.aliases: 'Title' is claimed by vendor_product_id already",
        ),
        (('"Item number", ', '"stock-QUANTITY", '), "'stock-QUANTITY' is claimed by stock_quantity already"),
        (('"Item number", ', "5, "), "columns.vendor_product_id.aliases.5: must be of string type"),
        (('damage = ["error_value", "date"]', 'damage = ["dates"]'), "columns.dimensions_cm.damage: unallowed values"),
        (
            ("E\\+[0-9]{1,3}'", "E\\+[0-9]{1,3}('"),
            "damage.shortened_number.pattern: missing ), unterminated subpattern",
        ),
        (("\\uffa0", "\\uffa0-A"), "damage.invisible.characters: bad character range"),
        (("\\uffa0", "\\uffa0A-F"), "damage.invisible.characters: 'A' can be seen"),
        (("Type {left}", "Type {right}"), "damage.invisible.message: {right} is not known here"),
        (("begins with an apostrophe", "{left}"), "damage.apostrophe.message: {left} is not known here"),
        (('"Codice", ', '"product-ID", '), "later_aliases: 'product-ID' is claimed by vendor_product_id already"),
        (("{label} {sent} is a date", "{label} {cell} is a date"), "damage.date.message: {cell} is not known here"),
        (("[damage.date]", "[damage.dates]"), "damage.date: required field"),
        (("[database]\nnot_null", "[data]\nnot_null"), "database.not_null: required field"),
        (("[columns.price]", "[columns.price"), "products.toml is not valid TOML"),
    ],
)
def test_load_names_the_key_when_the_data_is_wrong(load_edited: Edit, edit: tuple[str, str], complaint: str) -> None:
    with pytest.raises(RulesError) as caught:
        load_edited(edit)

    assert complaint in str(caught.value)


def test_load_names_every_mistake_when_there_are_several(load_edited: Edit) -> None:
    with pytest.raises(RulesError) as caught:
        load_edited(("min = 0.01", 'min = "a"'), ("maxlength = 200", "maxlength = -3"))

    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == [
        "columns.product_name.maxlength",
        "columns.price.min",
    ]


@pytest.mark.parametrize("data", ["", "columns = 3", "database = 1", "[columns]\nsku = 1\n[database.sizes]\nsku = 1"])
def test_load_refuses_when_the_file_is_something_else(tmp_path: Path, data: str) -> None:
    path = tmp_path / "other.toml"
    path.write_text(data)

    with pytest.raises(RulesError, match=r"other\.toml: "):
        ProductRules.load(path)
