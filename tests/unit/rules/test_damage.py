"""What programs do to cells is named for what it is, and nothing else is taken for it."""

import pytest

from rules import Cells, ErrorCode, ProductRules

CHECKS = ["check", "reference_check"]


def _errors(rules: ProductRules, row: dict[str, str], check: str) -> list[tuple[str | None, ErrorCode, str]]:
    verdict = getattr(rules, check)(row, frozenset({"Computer Accessories"}))
    return [(error.field, error.code, error.message) for error in verdict.errors]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("column", ["sku", "vendor_product_id"])
@pytest.mark.parametrize("cell", ["4.01E+12", "4E+12", "4,00638E+12", " 4.00638133393e+12 ", "1.2E+100"])
def test_identifier_is_refused_when_a_spreadsheet_has_shortened_it(
    rules: ProductRules, row: dict[str, str], check: str, column: str, cell: str
) -> None:
    row[column] = cell

    ((field, code, message),) = _errors(rules, row, check)

    assert (field, code) == (column, ErrorCode.INVALID_FIELD_FORMAT)
    assert "digits are lost. Format the column as text" in message
    assert f'"{cell.strip()}"' in message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("column", ["sku", "vendor_product_id"])
@pytest.mark.parametrize("cell", ['="00123"', "=A\nB", "=", "'S1", "S\u200b1", "\u3164S1"])
def test_identifier_finds_a_product_when_an_earlier_release_listed_it_as_it_stands(
    rules: ProductRules, check: str, column: str, cell: str
) -> None:
    assert _errors(rules.for_updates, {column: cell, "price": "5"}, check) == []
    assert _errors(rules.for_updates, {column: "#N/A", "price": "5"}, check) != []


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("column", ["sku", "vendor_product_id"])
@pytest.mark.parametrize("cell", ["'S1", " 'S1", "'", "'S\n1"])
def test_identifier_is_refused_when_it_begins_with_an_apostrophe(
    rules: ProductRules, row: dict[str, str], check: str, column: str, cell: str
) -> None:
    row[column] = cell

    ((field, code, message),) = _errors(rules, row, check)

    assert (field, code) == (column, ErrorCode.INVALID_FIELD_FORMAT)
    assert "begins with an apostrophe, as spreadsheets mark text. Write the value alone" in message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("column", ["sku", "vendor_product_id"])
@pytest.mark.parametrize(
    ("cell", "hidden", "left"),
    [
        ("S\u200b1", "U+200B (character 2)", '"S1"'),
        ("\u00ad\u00adS1", "U+00AD (character 1), U+00AD (character 2)", '"S1"'),
        ("\u200dS1", "U+200D (character 1)", '"S1"'),
        ("\u3164S1", "U+3164 (character 1)", '"S1"'),
        ("\u200bS\ufe0f1 ", "U+FE0F (character 2)", '"S1"'),
        ("S1\U000e0001", "U+E0001 (character 3)", '"S1"'),
        ("S\x7f1", "U+007F (character 2)", '"S1"'),
        ("S1\u2800", "U+2800 (character 3)", '"S1"'),
        ("S1\u00ad \u00ad", "U+00AD (character 3), U+00AD (character 5)", '"S1"'),
        ("\u3164", "U+3164 (character 1)", "the value"),
        ("S" + "\u200b1" * 6, ", U+200B (character 10), …. Type", '"S111111"'),
    ],
)
def test_identifier_is_refused_when_it_has_characters_that_nobody_can_see(
    rules: ProductRules, row: dict[str, str], check: str, column: str, cell: str, hidden: str, left: str
) -> None:
    row[column] = cell

    ((field, code, message),) = _errors(rules, row, check)

    assert (field, code) == (column, ErrorCode.INVALID_FIELD_FORMAT)
    assert hidden in message
    assert f"Type {left} by hand" in message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "cell", ["S\u00a01", "S 1", "Größe-1", "СКЮ-1", "品番1", "🎧-1", "S\n1", "S'1", "\u2019S1", "\u200bS1\u200e"]
)
def test_identifier_passes_when_all_of_it_can_be_seen_or_is_trimmed(
    rules: ProductRules, row: dict[str, str], check: str, cell: str
) -> None:
    row["sku"] = cell

    assert _errors(rules, row, check) == []


def test_only_the_identifier_with_a_hidden_character_is_refused_when_others_stand_in_the_batch(
    rules: ProductRules, row: dict[str, str]
) -> None:
    rows = [Cells.of({**row, "sku": sku}) for sku in ("S1", "S\u00ad2", "Größe", "", "=4", "S6")]

    verdicts = rules.check_all(rows, frozenset({"Computer Accessories"}))

    assert [len(verdict.errors) for verdict in verdicts] == [0, 1, 0, 1, 1, 0]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("cell", ["'Heroes'", "Mouse\u00adpad", "\u200d"])
def test_name_passes_when_it_has_what_no_identifier_may_have(
    rules: ProductRules, row: dict[str, str], check: str, cell: str
) -> None:
    row["product_name"] = cell

    assert _errors(rules, row, check) == []


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("cell", ["4E12", "E+12", "41E+12", "X4.01E+12", "4.01E+12-B", "4006381333931", "0E+1"])
def test_identifier_passes_when_it_only_looks_similar(
    rules: ProductRules, row: dict[str, str], check: str, cell: str
) -> None:
    row["sku"] = cell

    assert _errors(rules, row, check) == []


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#DIV/0!", "#NV", "#VALEUR!", "#¡VALOR!", "Err:502", " #N/A "])
@pytest.mark.parametrize("column", ["product_name", "sku", "brand", "description", "image_url", "dimensions_cm"])
def test_text_is_refused_when_it_is_a_spreadsheet_error(
    rules: ProductRules, row: dict[str, str], check: str, column: str, cell: str
) -> None:
    row[column] = cell

    ((field, code, message),) = _errors(rules, row, check)

    assert (field, code) == (column, ErrorCode.INVALID_FIELD_FORMAT)
    assert f'spreadsheet error "{cell.strip()}"' in message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("price", ErrorCode.INVALID_PRICE),
        ("stock_quantity", ErrorCode.INVALID_STOCK_QUANTITY),
        ("weight_kg", ErrorCode.INVALID_FIELD_FORMAT),
        ("category", ErrorCode.INVALID_CATEGORY),
    ],
)
def test_number_or_category_keeps_its_code_when_it_is_a_spreadsheet_error(
    rules: ProductRules, row: dict[str, str], check: str, column: str, code: ErrorCode
) -> None:
    row[column] = "#REF!"

    ((field, found, message),) = _errors(rules, row, check)

    assert (field, found) == (column, code)
    assert "error of the spreadsheet" in message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("cell", ["#1 Mouse", "N/A", "#N/A or not", "Err:1", "#"])
def test_text_passes_when_it_only_looks_like_a_spreadsheet_error(
    rules: ProductRules, row: dict[str, str], check: str, cell: str
) -> None:
    row["product_name"] = cell

    assert _errors(rules, row, check) == []


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "cell",
    [
        *("10-Dec", "10-dec-26", "Dec-10", "10. Dez", "10. Dez.", "10 déc. 2026", "5-ago", "May 2010", "01-Mär"),
        *("2026-12-10", "2026-12-10 00:00:00", "10.12.2026", "10/12/2026"),
    ],
)
def test_size_is_refused_when_it_is_a_date(rules: ProductRules, row: dict[str, str], check: str, cell: str) -> None:
    row["dimensions_cm"] = cell

    ((field, code, message),) = _errors(rules, row, check)

    assert (field, code) == ("dimensions_cm", ErrorCode.INVALID_FIELD_FORMAT)
    assert f'"{cell}" is a date' in message


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("cell", ["12x8x4", "10-12", "10/12/20", "10.12.20", "12 x 8 x 4 cm", "10-Decor", "Marble 10"])
def test_size_passes_when_it_only_looks_like_a_date(
    rules: ProductRules, row: dict[str, str], check: str, cell: str
) -> None:
    row["dimensions_cm"] = cell

    assert _errors(rules, row, check) == []


@pytest.mark.parametrize("check", CHECKS)
def test_sku_passes_when_it_looks_like_a_date(rules: ProductRules, row: dict[str, str], check: str) -> None:
    row["sku"] = "10-DEC"

    assert _errors(rules, row, check) == []


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("15%", "A percentage cannot be used here"),
        ("15,5 %", "A percentage cannot be used here"),
        ("€19.99", "without a currency"),
        ("19,99 €", "without a currency"),
        ("CHF 19.99", "without a currency"),
        ("£5", "without a currency"),
        ("$19.99", "Write 19.99 instead"),
        ("free", "Use only the digits"),
    ],
)
def test_price_message_names_what_is_wrong_when_a_unit_is_in_it(
    rules: ProductRules, row: dict[str, str], check: str, cell: str, words: str
) -> None:
    row["price"] = cell

    ((field, code, message),) = _errors(rules, row, check)

    assert (field, code) == ("price", ErrorCode.INVALID_PRICE)
    assert words in message
