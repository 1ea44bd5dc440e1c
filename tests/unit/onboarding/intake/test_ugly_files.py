"""Files as vendors really send them: read as they were meant, or answered so that a person knows what to do."""

import pytest

from onboarding.intake.encodings import decode
from onboarding.intake.reading import read_products
from onboarding.intake.refusal import FileRefused
from rules import ErrorCode, ProductRules, RefusalCode

COLUMNS = ("vendor_product_id", "product_name", "category", "sku", "price", "stock_quantity")
HEADER = ",".join(COLUMNS)
ROW = "P1,Mouse,Audio,S1,19.99,5"


def _file(*rows: str, header: str = HEADER, separator: str = ",") -> bytes:
    return "\n".join((header, *rows, "")).replace(",", separator).encode()


def _refusal(body: bytes, rules: ProductRules) -> str:
    with pytest.raises(FileRefused) as caught:
        read_products(body, rules)
    assert caught.value.code == RefusalCode.MISSING_COLUMNS
    return caught.value.message


# Headers


@pytest.mark.parametrize(
    "header",
    [
        "# vendor_product_id*,product_name *,* category,sku*,price*,stock_quantity*",
        "Vendor Product ID:,Product Name:,Category:,SKU:,Price:,Stock Quantity:",
        "vendorProductId,productName,category,SKU,price,stockQuantity",
        "ProductID,ProductName,Category,SKU,UnitPrice,StockLevel",
        "Codice articolo,Nome,Categoria,SKU,Prezzo,Giacenza",
        "Artikelnummer,Naam,Categorie,SKU,Prijs,Voorraad",
        "Referência,Nome,Categoria,SKU,Preço,Estoque",
        "Kod produktu,Nazwa,Kategoria,SKU,Cena,Ilość",
    ],
    ids=["stars", "colons", "joined words", "all words joined", "Italian", "Dutch", "Portuguese", "Polish"],
)
def test_columns_are_found_when_programs_and_people_write_their_names_so(rules: ProductRules, header: str) -> None:
    file = read_products(_file(ROW, header=header), rules)

    assert [file.rows[0].cells[column] for column in COLUMNS] == ROW.split(",")


def test_plain_name_wins_when_another_column_has_it_with_a_mark(rules: ProductRules) -> None:
    file = read_products(_file(f"{ROW},7", header=f"{HEADER},Price*"), rules)

    assert file.rows[0].cells["price"] == "19.99"
    assert file.read_as.ignored == ("Price*",)


def test_capitals_make_no_difference_when_they_stand_inside_words(rules: ProductRules) -> None:
    file = read_products(_file(ROW, header=HEADER.replace("price", "pRiCe").replace("sku", "sKu")), rules)

    assert file.rows[0].cells["price"] == "19.99"


@pytest.mark.parametrize(
    "body",
    [
        _file(ROW, separator="^"),
        _file(ROW, separator=":"),
        _file(ROW, separator="  "),
        f'"{HEADER}"\n"{ROW}"\n'.encode(),
        _file(ROW, header=HEADER.replace(",", "^")),
        b"Artikelnummer~Bezeichnung~Preis\n1~2~3\n",
    ],
)
def test_refusal_says_that_the_header_is_one_cell_when_its_columns_are_not_parted(
    rules: ProductRules, body: bytes
) -> None:
    message = _refusal(body, rules)

    assert "The header is one single cell" in message
    assert "comma, semicolon, tab or vertical bar between the columns" in message
    assert "Did you mean" not in message


@pytest.mark.parametrize("header", ["Our products", "sku", "price list", "see the other sheet"])
def test_refusal_lists_what_is_missing_when_one_cell_is_no_header(rules: ProductRules, header: str) -> None:
    assert "lacks the required column" in _refusal(_file("x", header=header), rules)


def test_names_are_shown_on_one_line_when_they_have_several(rules: ProductRules) -> None:
    message = _refusal(_file(ROW, header=HEADER.replace("price", '"Price\n (EUR)"')), rules)

    assert 'Did you mean "Price (EUR)" for price?' in message


def test_each_name_is_suggested_once_when_several_columns_are_missing(rules: ProductRules) -> None:
    message = _refusal(_file(ROW, header="vendor product name id,x,category,sku,price,stock"), rules)

    assert "lacks the required columns vendor_product_id and product_name." in message
    assert message.count('"vendor product name id" for') == 1


# Rows


@pytest.mark.parametrize("end", [",", ",,", ", ,"])
def test_rows_are_right_when_only_the_header_has_separators_at_its_end(rules: ProductRules, end: str) -> None:
    file = read_products(_file(ROW, ",,", ROW.replace("1,", "2,"), header=HEADER + end), rules)

    assert [row.findings for row in file.rows] == [(), ()]
    assert file.header == COLUMNS


def test_rows_with_too_few_cells_are_the_only_malformed_ones_when_only_the_header_ends_in_a_separator(
    rules: ProductRules,
) -> None:
    file = read_products(_file(ROW, "P2,Mouse,Audio,S2,5", "P3", header=f"{HEADER},"), rules)

    assert [bool(row.findings) for row in file.rows] == [False, True, True]
    assert "has only 5 cells, but the header has 6 columns" in file.rows[1].findings[0].message
    assert "header." not in file.rows[1].findings[0].message


@pytest.mark.parametrize("end", [",", ", ,"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_message_names_the_end_of_the_header_when_a_row_has_as_many_cells_as_names(
    rules: ProductRules, end: str, separator: str
) -> None:
    word = {",": "comma", ";": "semicolon"}[separator]
    body = _file(f"{ROW},", ROW, header=f"{HEADER},brand{end}", separator=separator)

    as_many, fewer = (row.findings[0].message for row in read_products(body, rules).rows)

    hint = f"Or, if every value stands in its own column, delete each {word} behind the last name in the header."
    assert as_many.endswith(hint)
    assert hint not in fewer


@pytest.mark.parametrize("rows", [(f"{ROW},", ROW), (ROW, f"{ROW},"), (ROW, "P2,Mouse,S2,9,5,"), ("P2,M,Audio,S2,5,",)])
def test_rows_need_the_header_s_last_separator_when_not_all_lack_it(rules: ProductRules, rows: tuple[str, ...]) -> None:
    file = read_products(_file(*rows, header=f"{HEADER},"), rules)

    assert [bool(row.findings) for row in file.rows] == [row.count(",") != 6 for row in rows]


@pytest.mark.parametrize("rows", [(ROW, f"{ROW},red"), (f"{ROW},red",)])
def test_column_stays_when_it_has_no_name_and_rows_fill_it(rules: ProductRules, rows: tuple[str, ...]) -> None:
    file = read_products(_file(*rows, header=f"{HEADER},"), rules)

    assert len(file.header) == 7


@pytest.mark.parametrize(
    ("separator", "word", "example"),
    [(",", "comma", "Cable, 2 m"), (";", "semicolon", "Cable; 2 m"), ("|", "vertical bar", "Cable| 2 m")],
)
def test_message_names_the_separator_of_the_file_when_a_row_has_another_shape(
    rules: ProductRules, separator: str, word: str, example: str
) -> None:
    more, fewer = read_products(_file(f"{ROW},", "P2", separator=separator), rules).rows

    assert f"contains a {word} must stand" in more.findings[0].message
    assert example in more.findings[0].message
    assert f"delete each {word} behind the last one" in more.findings[0].message
    assert "has only 1 cell," in fewer.findings[0].message
    assert f"Keep a {word} for every column" in fewer.findings[0].message


def test_message_names_the_tab_without_showing_it_when_it_is_the_separator(rules: ProductRules) -> None:
    (row,) = read_products(_file(f"{ROW},", separator="\t"), rules).rows

    assert "contains a tab must stand" in row.findings[0].message
    assert "\t" not in row.findings[0].message


@pytest.mark.parametrize(
    "row", ["P1,Mouse,Audio,S1,19,99,5", "P1,Mouse,Audio,S1,1,299.00,5", "P1,Cable, 2 m,Audio,S1,1,5"]
)
def test_message_tells_to_delete_nothing_when_the_cell_behind_the_last_column_has_a_value(
    rules: ProductRules, row: str
) -> None:
    (finding,) = read_products(_file(row), rules).rows[0].findings

    assert "elete" not in finding.message
    assert "contains a comma must stand in double quotation marks" in finding.message
    assert "Write numbers without commas, and with a point before the decimals, like 1299.99." in finding.message


@pytest.mark.parametrize("row", [f"{ROW},", f"{ROW}, ,,", "P1,Mouse,Audio,S1,19,99,"])
def test_message_tells_to_delete_the_end_if_all_is_in_place_when_it_is_blank(rules: ProductRules, row: str) -> None:
    (finding,) = read_products(_file(row), rules).rows[0].findings

    assert finding.message.endswith("If every value stands in its own column, delete each comma behind the last one.")
    assert "Write numbers without commas" in finding.message


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_message_says_nothing_of_numbers_when_no_number_has_the_separator(rules: ProductRules, separator: str) -> None:
    (finding,) = read_products(_file(f"{ROW},red", separator=separator), rules).rows[0].findings

    assert "umbers" not in finding.message
    assert "elete" not in finding.message


# Bytes


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\x1a", "\x1a\x1a\x1a", "\x1a\n", "\x1a\r\n", "\x1a\n\x1a\n\n"])
def test_mark_of_the_end_is_no_row_when_a_dos_program_wrote_it(rules: ProductRules, codec: str, end: str) -> None:
    file = read_products((_file(ROW.replace("Mouse", "Mäuse")).decode() + end).encode(codec), rules)

    assert [row.cells["product_name"] for row in file.rows] == ["Mäuse"]


def test_last_letter_stays_when_its_bytes_end_as_the_mark_of_the_end_does(rules: ProductRules) -> None:
    file = read_products(f"{HEADER},brand\n{ROW},Ě".encode("utf-16"), rules)
    other = read_products(b"\xfe\xff" + f"{HEADER},brand\n{ROW},Ě".encode("utf-16-be"), rules)

    assert file.rows[0].cells["brand"] == other.rows[0].cells["brand"] == "Ě"


def test_line_breaks_stay_when_no_mark_of_the_end_stands_between_them(rules: ProductRules) -> None:
    assert decode(b"a\n\n\x1a").text == decode(b"a\n\n").text == "a\n\n"
    assert decode(b"a\x1ab\n").text == "a\x1ab\n"


# Cells


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("price", "12. Mai", "It is a date"),
        ("price", "2026-05-12", "It is a date"),
        ("price", "12 May 2026", "It is a date"),
        ("stock_quantity", "05.01.2026", "It is a date"),
        ("weight_kg", "01-Mär", "It is a date"),
        ("stock_quantity", "5 pcs", "Use only the digits"),
        ("weight_kg", "0.5 lbs", "Use only the digits"),
        ("price", "5 pcs", "Use only the digits"),
        ("price", "19.99 eur", "without a currency"),
        ("price", "PLN 19,99", "without a currency"),
    ],
)
def test_hint_says_what_the_cell_is_when_it_is_no_number(
    rules: ProductRules, column: str, cell: str, words: str
) -> None:
    cells = {**dict(zip(COLUMNS, ROW.split(","), strict=True)), column: cell}

    (error,) = rules.check(cells, frozenset({"Audio"})).errors

    assert words in error.message
    assert ("currency" in words) == ("currency" in error.message)


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009"])
def test_message_shows_the_number_as_a_person_sees_it_when_its_spaces_are_special(
    rules: ProductRules, space: str
) -> None:
    cells = {**dict(zip(COLUMNS, ROW.split(","), strict=True)), "price": f"1{space}299,00 €"}

    (error,) = rules.check(cells, frozenset({"Audio"})).errors

    assert 'this row has "1 299,00 €"' in error.message


@pytest.mark.parametrize("check", ["check", "reference_check"])
@pytest.mark.parametrize("column", ["sku", "vendor_product_id"])
@pytest.mark.parametrize("cell", ['="00123"', "=A2&B2", " =1", "=A\nB", "=\n1", "="])
def test_identifier_is_refused_when_it_is_a_formula(rules: ProductRules, check: str, column: str, cell: str) -> None:
    cells = {**dict(zip(COLUMNS, ROW.split(","), strict=True)), column: cell}

    (error,) = getattr(rules, check)(cells, frozenset({"Audio"})).errors

    assert (error.field, error.code) == (column, ErrorCode.INVALID_FIELD_FORMAT)
    assert "begins with an equals sign, as formulas do. Write the value alone" in error.message


def test_cells_are_trimmed_of_marks_when_they_were_copied_from_other_programs(rules: ProductRules) -> None:
    body = _file("\u202aP1\u202c,Mouse,\u2067Audio\u2069\u200e,\u2060S1\u202e,\u202a19.99\u202c,5\u200f")

    verdict = rules.check(read_products(body, rules).rows[0].cells, frozenset({"Audio"}))

    assert verdict.errors == ()
    assert [value for value in verdict.values if value] == ["P1", "Mouse", "Audio", "S1", "19.99", "5"]
