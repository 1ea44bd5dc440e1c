"""What vendors read: the PRD's wording, what was sent, what is allowed, and a hint that leads to a row that passes."""

import pytest

from rules import ErrorCode, ProductRules, RowError
from rules.messages import Categories


def message(rules: ProductRules, row: dict[str, str], categories: frozenset[str]) -> str:
    (error,) = rules.check(row, categories).errors
    return error.message


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("price", "-10.00", 'Price must be at least 0.01, but this row has "-10.00". Allowed: 0.01 to 999999.99.'),
        ("price", "-10.005", "Price must be at least 0.01"),
        ("price", "1000000.005", "Price must be at most 999999.99"),
        ("price", "1000000", 'Price must be at most 999999.99, but this row has "1000000".'),
        ("price", "19.999", 'Price can have at most 2 digits after the point, but this row has "19.999".'),
        ("price", "free", 'Price must be a plain number, but this row has "free". Use only the digits 0 to 9'),
        ("price", "1.2E+05", "Write all digits out: spreadsheets shorten long numbers this way."),
        (
            "stock_quantity",
            "12.7",
            'Stock quantity must be a whole number, but this row has "12.7". Allowed: 0 to 1000000',
        ),
        ("stock_quantity", "-1", "Stock quantity must be at least 0"),
        ("stock_quantity", "many", "Use only the digits 0 to 9: no signs, units, points"),
        ("weight_kg", "heavy", "Weight (kg) must be a plain number"),
        ("brand", "b" * 101, "Brand is too long: it has 101 characters, and at most 100 are allowed."),
        ("sku", " ", "SKU is missing."),
        ("category", "Bananas", "Active categories: Audio, Books, Computer Accessories,"),
        ("category", "Bananas", "The name must match exactly"),
    ],
)
def test_message_says_what_is_wrong_and_what_is_allowed_when_a_cell_is_refused(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], column: str, cell: str, words: str
) -> None:
    row[column] = cell

    assert words in message(rules, row, categories)


@pytest.mark.parametrize(
    ("column", "cell", "corrected"),
    [
        ("price", "$19.99", "19.99"),
        ("price", "US$ 1,299.00", "1299.00"),
        ("price", "19.99 USD", "19.99"),
        ("price", '"19.99"', "19.99"),
        ("price", "1,299.00", "1299.00"),
        ("price", "1.299,00", "1299.00"),
        ("price", "1 299,50", "1299.50"),
        ("price", "1\u00a0299.50", "1299.50"),
        ("price", "1'299.50", "1299.50"),
        ("price", "19,99", "19.99"),
        ("price", "1_000", "1000"),
        ("price", "+5", "5"),
        ("price", "12,-", "12"),
        ("price", "12.\u2013", "12"),
        ("price", "1'299.--", "1299"),
        ("price", '="5.00"', "5.00"),
        ("price", "1.290,-", "1290"),
        ("price", "2.500,-", "2500"),
        ("price", "12.500,-", "12500"),
        ("price", "1.290,--", "1290"),
        ("price", '"1.290,-"', "1290"),
        ("price", "$ 12.990,00", "12990.00"),
        ("price", "US$ 0.250", "0.25"),
        ("stock_quantity", "1.000,-", "1000"),
        ("weight_kg", "1.290,-", "1290"),
        ("stock_quantity", "=5", "5"),
        ("price", ".5", "0.5"),
        ("price", "5.", "5"),
        ("price", "1234.990", "1234.99"),
        ("price", "0.250", "0.25"),
        ("price", "１９．９９", "19.99"),
        ("price", "١٢٫٥", "12.5"),
        ("stock_quantity", "12.0", "12"),
        ("stock_quantity", "-0", "0"),
        ("stock_quantity", "100,000.00", "100000"),
        ("weight_kg", "0,250", "0.250"),
    ],
)
def test_message_gives_the_corrected_number_when_it_can_be_read_in_one_way(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], column: str, cell: str, corrected: str
) -> None:
    row[column] = cell

    assert f" Write {corrected} instead." in message(rules, row, categories)
    assert rules.check({**row, column: corrected}, categories).errors == ()


@pytest.mark.parametrize(
    ("cell", "sent", "corrected"),
    [
        ("1.290,00 €", None, "1290.00"),
        ("€1.290,00", None, "1290.00"),
        ("19,99 EUR", None, "19.99"),
        ("eur 19.99", None, "19.99"),
        ("CHF 1'290.00", None, "1290.00"),
        ("R$ 1.290,00", None, "1290.00"),
        ("5 000 zł", None, None),
        ("PLN 5 000,50", None, "5000.50"),
        ("£5", None, "5"),
        ("12,- €", None, "12"),
        ("€ 19.999", None, None),
        ("1.290 €", None, None),
        ("1,290 €", None, None),
        ("-5 €", None, None),
        ("€ 9,999,999.00", None, None),
        ("5 € or 6 €", None, None),
        ("1.290,00 €", "1.290,00 €", "1290,00"),
        ("1.290 €", "1.290 €", "1290"),
        ("1,290 €", "1,290 €", None),
    ],
)
def test_message_gives_the_amount_alone_when_a_currency_stands_beside_it(
    rules: ProductRules,
    row: dict[str, str],
    categories: frozenset[str],
    cell: str,
    sent: str | None,
    corrected: str | None,
) -> None:
    row["price"] = cell

    (error,) = rules.check(row, categories, sent={} if sent is None else {"price": sent}).errors

    if corrected is not None:
        assert f" Write only the amount, without a currency: {corrected}. Allowed" in error.message
    else:
        assert "currency: " not in error.message
        assert "instead" not in error.message


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("price", "1,299"),  # one thousand, or one and a bit
        ("price", "19.990"),
        ("stock_quantity", "1.000"),
        ("price", "1.290"),
        ("price", '="1.290"'),
        ("price", "=1.290"),
        ("price", "'1.290"),
        ("price", "+1.290"),
        ("price", "$1.290"),  # dollars or pesos
        ("price", "$12.990"),
        ("price", "$ 1.290"),
        ("price", "US$ 24.500"),
        ("price", "24.500 USD"),
        ("price", "$1,290"),
        ("stock_quantity", "$1.290"),
        ("price", "１．２９０"),
        ("stock_quantity", '="1.000"'),
        ("price", "1.290.-"),
        ("price", "1.29,-"),
        ("price", "12,50,-"),
        ("price", "1e3"),
        ("price", "€19.99"),  # another currency is another price
        ("price", "10-20"),
        ("price", "1,299.-"),
        ("price", "12-"),
        ("price", "=5+1"),
        ("price", "9,999,999.00"),  # readable, but refused when written plainly
        ("price", "0,001"),
        ("price", "1" * 41 + "."),
        ("stock_quantity", "12.7"),
        ("stock_quantity", "12,5"),
        ("stock_quantity", "1,000"),
        ("weight_kg", "1.5kg"),
        ("weight_kg", "½"),
        ("weight_kg", "5²"),
    ],
)
def test_message_gives_no_corrected_number_when_it_would_be_a_guess(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], column: str, cell: str
) -> None:
    row[column] = cell

    assert "instead" not in message(rules, row, categories)


@pytest.mark.parametrize(
    ("cell", "nearest"),
    [
        ("laptops", "Laptops"),
        ("Laptop", "Laptops"),
        ("Home and Kitchen", "Home & Kitchen"),
        ("Computer  accessories", "Computer Accessories"),
        ("Toys&Games", "Toys & Games"),
        ("Audoi", "Audio"),
    ],
)
def test_message_suggests_a_category_when_one_is_close(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], cell: str, nearest: str
) -> None:
    row["category"] = cell

    assert f'Did you mean "{nearest}"?' in message(rules, row, categories)


@pytest.mark.parametrize("cell", ["Bananas", "x", "q" * 300, "🎧"])
def test_message_lists_the_categories_when_none_is_close(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], cell: str
) -> None:
    row["category"] = cell

    assert "Did you mean" not in message(rules, row, categories)
    assert ", ".join(sorted(categories)) in message(rules, row, categories)


def test_message_stays_short_when_there_are_very_many_categories(rules: ProductRules, row: dict[str, str]) -> None:
    many = frozenset(f"Category number {i}" for i in range(2000))

    row["category"] = "Bananas"

    text = message(rules, row, many)
    assert len(text) < 1300
    assert ", …." in text


def test_categories_find_a_name_of_one_letter_when_only_its_case_differs() -> None:
    assert Categories(frozenset({"A", "B"})).nearest(" b") == "B"


def test_categories_give_the_same_suggestion_when_two_are_equally_close() -> None:
    nearest = {Categories(names).nearest("Toyz") for names in ({"Toya", "Toyb"}, {"Toyb", "Toya"})}

    assert len(nearest) == 1


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("a\nb\tc\x00d", r'"a\nb\tc\x00d"'),
        ("9" * 61, f'"{"9" * 60}…"'),
        ("no\u202etxt", r'"no\u202etxt"'),
        ("\ud800", r'"\ud800"'),
        ("{sent} {label.__class__}", '"{sent} {label.__class__}"'),
    ],
)
def test_message_shows_one_safe_line_when_the_cell_is_nasty(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], cell: str, seen: str
) -> None:
    row["price"] = cell

    text = message(rules, row, categories)

    assert seen in text
    assert text.isprintable()


@pytest.mark.parametrize(
    ("field", "earlier_row", "code", "words"),
    [
        ("sku", None, ErrorCode.DUPLICATE_SKU, "Duplicate SKU: SKU-003 already exists"),
        ("sku", 5, ErrorCode.DUPLICATE_SKU, "Duplicate SKU: SKU-003 already appears in row 5 of this file"),
        (
            "vendor_product_id",
            None,
            ErrorCode.DUPLICATE_VENDOR_PRODUCT_ID,
            "Duplicate vendor product ID: SKU-003 already exists among your products",
        ),
        (
            "vendor_product_id",
            12,
            ErrorCode.DUPLICATE_VENDOR_PRODUCT_ID,
            "Duplicate vendor product ID: SKU-003 already appears in row 12 of this file",
        ),
    ],
)
def test_duplicate_names_the_other_one_when_a_value_is_repeated(
    rules: ProductRules, field: str, earlier_row: int | None, code: ErrorCode, words: str
) -> None:
    error = rules.duplicate(field, "SKU-003", earlier_row=earlier_row)

    assert (error.field, error.code) == (field, code)
    assert error.message.startswith(words)


def test_duplicate_raises_when_the_column_need_not_be_unique(rules: ProductRules) -> None:
    with pytest.raises(KeyError):
        rules.duplicate("brand", "TechGear", earlier_row=None)


@pytest.mark.parametrize(
    ("cells", "words"), [(15, "has 15 cells, but the header has 14"), (3, "has only 3 cells, but the header has 14")]
)
def test_malformed_gives_both_counts_when_a_row_has_another_shape(rules: ProductRules, cells: int, words: str) -> None:
    error = rules.malformed(["x"] * cells, rules.columns, ",")

    assert (error.field, error.code) == (None, ErrorCode.MALFORMED_ROW)
    assert words in error.message


def test_processing_error_takes_the_blame_when_our_side_failed(rules: ProductRules) -> None:
    error = rules.processing_error()

    assert (error.field, error.code) == (None, ErrorCode.PROCESSING_ERROR)
    assert "problem on our side" in error.message
    assert "upload this row again" in error.message


def test_in_order_sorts_by_row_then_column_then_code_when_errors_are_mixed(rules: ProductRules) -> None:
    ordered = (
        RowError(None, ErrorCode.MALFORMED_ROW, "a"),
        RowError("vendor_product_id", ErrorCode.DUPLICATE_VENDOR_PRODUCT_ID, "b"),
        RowError("sku", ErrorCode.DUPLICATE_SKU, "second file order, first by code"),
        RowError("sku", ErrorCode.FIELD_TOO_LONG, "1"),
        RowError("sku", ErrorCode.FIELD_TOO_LONG, "0"),
        RowError("price", ErrorCode.INVALID_PRICE, "c"),
        RowError("unknown", ErrorCode.FIELD_TOO_LONG, "d"),
    )
    mixed = [ordered[i] for i in (6, 3, 5, 1, 4, 2, 0)]

    assert rules.in_order(mixed) == ordered
