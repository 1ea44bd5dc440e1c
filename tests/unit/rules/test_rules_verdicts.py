"""Every rule at its limits: which cells pass, which are refused and with which code."""

import pytest

from rules import ErrorCode, ProductRules, Verdict, trim
from rules.text import BLANKS

REQUIRED = ("vendor_product_id", "product_name", "category", "sku", "price", "stock_quantity")
OPTIONAL = (
    "subcategory",
    "description",
    "brand",
    "compare_at_price",
    "unit",
    "weight_kg",
    "dimensions_cm",
    "image_url",
)
MAXLENGTHS = {
    "vendor_product_id": 100,
    "product_name": 200,
    "sku": 100,
    "subcategory": 100,
    "description": 2000,
    "brand": 100,
    "unit": 50,
    "dimensions_cm": 50,
    "image_url": 2048,
}
NUMBER_CODES = {
    "price": ErrorCode.INVALID_PRICE,
    "stock_quantity": ErrorCode.INVALID_STOCK_QUANTITY,
    "compare_at_price": ErrorCode.INVALID_FIELD_FORMAT,
    "weight_kg": ErrorCode.INVALID_FIELD_FORMAT,
}
NOT_PLAIN_NUMBERS = (
    "$19.99",
    "1,299.00",
    "19,99",
    "1e3",
    "1E400",
    "NaN",
    "sNaN",
    "Infinity",
    "-inf",
    "1_000",
    "１９",
    "١٢",
    "²",
    "½",
    "+5",
    ".5",
    "5.",
    ".",
    "-",
    "--5",
    "-0",
    "-0.00",
    "19 .99",
    "19\n.99",
    "0x10",
    "1/2",
    "true",
    "free",
    "N/A",
    "=1+1",
    "19.99\u200b0",
    "\ud800",
)
LONGER_THAN_ANY_LIMIT = 5000


def judged(rules: ProductRules, row: dict[str, str], categories: frozenset[str]) -> Verdict:
    """Return the verdict of `check`, once the reference has confirmed it."""
    verdict = rules.check(row, categories)
    assert verdict == rules.reference_check(row, categories)
    return verdict


def codes(verdict: Verdict) -> list[tuple[str | None, ErrorCode]]:
    return [(error.field, error.code) for error in verdict.errors]


def test_columns_are_those_of_the_input_format_when_loaded(rules: ProductRules) -> None:
    assert rules.columns == (
        "vendor_product_id",
        "product_name",
        "category",
        "subcategory",
        "description",
        "sku",
        "brand",
        "price",
        "compare_at_price",
        "stock_quantity",
        "unit",
        "weight_kg",
        "dimensions_cm",
        "image_url",
    )
    assert rules.required == REQUIRED


def test_check_passes_when_row_is_good(rules: ProductRules, row: dict[str, str], categories: frozenset[str]) -> None:
    verdict = judged(rules, row, categories)

    assert verdict == Verdict((), tuple(row[column] for column in rules.columns))


def test_check_passes_when_optional_cells_are_blank(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str]
) -> None:
    row.update(dict.fromkeys(OPTIONAL, " "))

    verdict = judged(rules, row, categories)

    assert verdict.errors == ()
    assert [verdict.values[rules.columns.index(column)] for column in OPTIONAL] == [None] * len(OPTIONAL)


@pytest.mark.parametrize("column", REQUIRED)
@pytest.mark.parametrize("blank", ["", " ", "\t \r\n", "\u00a0\u3000", "\ufeff", " \u200b\ufeff ", None])
def test_check_refuses_when_required_cell_is_blank(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], column: str, blank: str | None
) -> None:
    if blank is None:
        del row[column]
    else:
        row[column] = blank

    verdict = judged(rules, row, categories)

    assert codes(verdict) == [(column, ErrorCode.MISSING_REQUIRED_FIELD)]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("price", "0.01"),
        ("price", "0.1"),
        ("price", "1"),
        ("price", "19.90"),
        ("price", "999999.99"),
        ("price", "0019.99"),
        ("price", " 19.99\u00a0"),
        ("price", "19.99\n"),
        ("stock_quantity", "0"),
        ("stock_quantity", "1000000"),
        ("stock_quantity", "007"),
        ("compare_at_price", "0"),
        ("compare_at_price", "99999999.99"),
        ("weight_kg", "0.001"),
        ("weight_kg", "9999999.999"),
    ],
)
def test_check_passes_when_number_is_plain_and_in_range(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], column: str, cell: str
) -> None:
    row[column] = cell

    verdict = judged(rules, row, categories)

    assert verdict.errors == ()
    assert verdict.values[rules.columns.index(column)] == cell.strip()


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("price", "0"),
        ("price", "0.00"),
        ("price", "0.001"),
        ("price", "0.009"),
        ("price", "-10.00"),
        ("price", "-0.01"),
        ("price", "1000000"),
        ("price", "1000000.00"),
        ("price", "999999.991"),
        ("price", "19.999"),
        ("price", "19.990"),
        ("price", "9" * 4096),
        ("stock_quantity", "-1"),
        ("stock_quantity", "1000001"),
        ("stock_quantity", "12.7"),
        ("stock_quantity", "12.0"),
        ("stock_quantity", "0.5"),
        ("compare_at_price", "-0.01"),
        ("compare_at_price", "100000000"),
        ("compare_at_price", "1.234"),
        ("weight_kg", "-1"),
        ("weight_kg", "10000000"),
        ("weight_kg", "0.0001"),
        ("weight_kg", "1 kg"),
    ],
)
def test_check_refuses_when_number_is_out_of_range_or_too_precise(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], column: str, cell: str
) -> None:
    row[column] = cell

    verdict = judged(rules, row, categories)

    assert codes(verdict) == [(column, NUMBER_CODES[column])]


@pytest.mark.parametrize("column", NUMBER_CODES)
@pytest.mark.parametrize("cell", NOT_PLAIN_NUMBERS)
def test_check_refuses_when_number_is_not_plainly_written(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], column: str, cell: str
) -> None:
    row[column] = cell

    verdict = judged(rules, row, categories)

    assert codes(verdict) == [(column, NUMBER_CODES[column])]


@pytest.mark.parametrize(("column", "maxlength"), MAXLENGTHS.items())
@pytest.mark.parametrize("character", ["x", "é", "漢", "🎧"])
def test_check_counts_characters_when_text_is_at_its_limit(
    rules: ProductRules,
    row: dict[str, str],
    categories: frozenset[str],
    column: str,
    maxlength: int,
    character: str,
) -> None:
    longest = {**row, column: f"  {character * maxlength}  "}
    too_long = {**row, column: character * (maxlength + 1)}

    assert judged(rules, longest, categories).errors == ()
    assert codes(judged(rules, too_long, categories)) == [(column, ErrorCode.FIELD_TOO_LONG)]


@pytest.mark.parametrize(
    "cell",
    ["computer accessories", "Computer  Accessories", "Computer Accessory", "Bananas", "x" * 300, "0", "Laptops,Audio"],
)
def test_check_refuses_when_category_is_not_exactly_an_active_one(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], cell: str
) -> None:
    row["category"] = cell

    verdict = judged(rules, row, categories)

    assert codes(verdict) == [("category", ErrorCode.INVALID_CATEGORY)]


def test_check_follows_the_categories_when_they_change(rules: ProductRules, row: dict[str, str]) -> None:
    with_it, without_it = frozenset({"Computer Accessories"}), frozenset({"Books"})

    verdicts = [judged(rules, row, active) for active in (with_it, without_it, frozenset[str](), with_it)]

    assert [bool(verdict.errors) for verdict in verdicts] == [False, True, True, False]


def test_check_follows_the_categories_when_the_same_set_changes(rules: ProductRules, row: dict[str, str]) -> None:
    active = {"Computer Accessories", "Books"}

    before = rules.check(row, active)
    active.remove("Computer Accessories")
    after = rules.check(row, active)

    assert before.errors == ()
    assert codes(after) == [("category", ErrorCode.INVALID_CATEGORY)]
    assert "Active categories: Books." in after.errors[0].message


@pytest.mark.parametrize(("column", "code"), [("category", ErrorCode.INVALID_CATEGORY), *NUMBER_CODES.items()])
def test_check_never_says_too_long_when_the_column_has_its_own_code(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], column: str, code: ErrorCode
) -> None:
    row[column] = "1" * LONGER_THAN_ANY_LIMIT

    verdict = judged(rules, row, categories)

    assert codes(verdict) == [(column, code)]


def test_check_reports_everything_in_column_order_when_many_cells_are_bad(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str]
) -> None:
    row.update(image_url="x" * 2049, weight_kg="heavy", price="", category="Bananas", vendor_product_id=" ")

    verdict = judged(rules, row, categories)

    assert codes(verdict) == [
        ("vendor_product_id", ErrorCode.MISSING_REQUIRED_FIELD),
        ("category", ErrorCode.INVALID_CATEGORY),
        ("price", ErrorCode.MISSING_REQUIRED_FIELD),
        ("weight_kg", ErrorCode.INVALID_FIELD_FORMAT),
        ("image_url", ErrorCode.FIELD_TOO_LONG),
    ]
    assert verdict.values[rules.columns.index("weight_kg")] == "heavy"


def test_check_ignores_a_cell_when_its_column_is_unknown(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str]
) -> None:
    expected = rules.check(row, categories)

    row["colour"] = "x" * LONGER_THAN_ANY_LIMIT

    assert judged(rules, row, categories) == expected


@pytest.mark.parametrize("check", ["check", "reference_check"])
def test_check_reports_the_sent_length_when_text_was_cut(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], check: str
) -> None:
    row["description"] = "d" * 4096

    verdict = getattr(rules, check)(row, categories, lengths={"description": 7000})

    assert codes(verdict) == [("description", ErrorCode.FIELD_TOO_LONG)]
    assert "it has 7000 characters" in verdict.errors[0].message
    assert verdict.values[rules.columns.index("description")] == "d" * 4096


@pytest.mark.parametrize("check", ["check", "reference_check"])
@pytest.mark.parametrize(
    ("column", "code", "beginning"),
    [
        ("price", ErrorCode.INVALID_PRICE, "19.99" + " " * 4091),
        ("stock_quantity", ErrorCode.INVALID_STOCK_QUANTITY, "0" * 4095 + "5"),
        ("category", ErrorCode.INVALID_CATEGORY, "Laptops" + " " * 4089),
    ],
)
def test_check_refuses_when_what_is_left_of_a_cut_cell_would_pass(
    rules: ProductRules,
    row: dict[str, str],
    categories: frozenset[str],
    check: str,
    column: str,
    code: ErrorCode,
    beginning: str,
) -> None:
    row[column] = beginning

    verdict = getattr(rules, check)(row, categories, lengths={column: 5000})

    assert codes(verdict) == [(column, code)]


@pytest.mark.parametrize("check", ["check", "reference_check"])
def test_check_passes_when_only_blanks_were_cut(
    rules: ProductRules, row: dict[str, str], categories: frozenset[str], check: str
) -> None:
    row["price"] = "19.99" + " " * 4091

    verdict = getattr(rules, check)(row, categories, lengths={"price": 5})

    assert verdict.errors == ()


def test_trim_takes_off_every_unicode_blank_and_invisible_mark_when_at_the_ends() -> None:
    blanks = "".join(chr(point) for point in range(0x110000) if chr(point).isspace())

    assert set(BLANKS) == set(blanks) | set(
        "\ufeff\u200b\u2060\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    assert trim(f"\ufeff {blanks}\u202aa\u200bb\u202c{blanks}\u200b") == "a\u200bb"
