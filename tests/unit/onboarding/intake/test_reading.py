"""Reading a vendor's file: what is understood, and what is refused with which words."""

import pytest

from onboarding.intake.limits import MAX_FILE_BYTES, MAX_ROWS
from onboarding.intake.reading import read_products
from onboarding.intake.refusal import FileRefused
from onboarding.rows import ProductRow
from rules import STAGED_CHARACTERS, ErrorCode, ProductRules, RefusalCode
from tests.unit.onboarding.conftest import CsvOf, Product

CATEGORIES = frozenset({"Computer Accessories"})
REQUIRED = "vendor_product_id,product_name,category,sku,price,stock_quantity"


def _line(n: int) -> str:
    return f"P{n},Mouse {n},Computer Accessories,S{n},19.99,5"


def _file(*lines: str, header: str = REQUIRED, end: str = "\n") -> bytes:
    return (end.join((header, *lines)) + end).encode()


def _numbers(rows: list[ProductRow]) -> list[int]:
    return [row.row_number for row in rows]


def _refusal(body: bytes, rules: ProductRules) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_products(body, rules)
    assert str(caught.value) == f"{caught.value.code}: {caught.value.message}"
    return caught.value


# What is understood


def test_all_columns_are_read_when_the_file_is_plain(rules: ProductRules, product: Product, csv_of: CsvOf) -> None:
    cells = [product(1), product(2)]

    rows = read_products(csv_of(cells), rules).rows

    assert rows == [ProductRow.of(1, cells[0]), ProductRow.of(2, cells[1])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("last", [True, False], ids=["closed", "open"])
def test_rows_are_the_same_when_lines_end_differently(rules: ProductRules, end: str, mark: bytes, last: bool) -> None:
    body = _file(_line(1), _line(2), end=end)

    rows = read_products(mark + (body if last else body.rstrip(b"\r\n")), rules).rows

    assert _numbers(rows) == [1, 2]
    assert rows[1].cells == {
        "vendor_product_id": "P2",
        "product_name": "Mouse 2",
        "category": "Computer Accessories",
        "sku": "S2",
        "price": "19.99",
        "stock_quantity": "5",
    }


@pytest.mark.parametrize("inside", ["two\nlines", "two\r\nlines", 'with "quotes", commas', "trailing\n\n"])
def test_cell_is_kept_as_sent_when_it_is_quoted(
    rules: ProductRules, product: Product, csv_of: CsvOf, inside: str
) -> None:
    body = csv_of([product(1, description=inside), product(2)])

    rows = read_products(body, rules).rows

    assert rows[0].cells["description"] == inside
    assert _numbers(rows) == [1, 2]


def test_cells_keep_their_spaces_when_they_have_some(rules: ProductRules) -> None:
    rows = read_products(_file("  P1 ,\tMouse,Computer Accessories , S1,19.99,5"), rules).rows

    assert rows[0].cells["vendor_product_id"] == "  P1 "
    assert rows[0].cells["product_name"] == "\tMouse"


def test_columns_are_found_when_they_stand_in_another_order(
    rules: ProductRules, product: Product, csv_of: CsvOf
) -> None:
    backwards = {name: product(1)[name] for name in reversed(list(product(1)))}

    rows = read_products(csv_of([backwards]), rules).rows

    assert rows[0].cells == product(1)


@pytest.mark.parametrize(
    "header",
    [
        "Vendor Product ID,Product Name,CATEGORY,Sku,Price,Stock-Quantity",
        " vendor_product_id ,product name,category,SKU,price\t,stock  quantity",
        '"vendor product-id","product_name",category,sku,price,"Stock\nQuantity"',
        "VENDOR-PRODUCT-ID,Product-Name,Category,SKU,PRICE,STOCK_QUANTITY",
        "\ufeffvendor_product_id,product_name,category,sku,price,stock_quantity\u00a0",
    ],
)
def test_columns_are_found_when_their_names_are_written_differently(rules: ProductRules, header: str) -> None:
    rows = read_products(_file(_line(1), header=header), rules).rows

    assert set(rows[0].cells) == set(REQUIRED.split(","))


def test_unknown_columns_are_ignored_when_the_file_has_some(rules: ProductRules) -> None:
    header = f"color,{REQUIRED},,upload_id,status, ,color"

    rows = read_products(_file(f"red,{_line(1)},note,UPLOAD_X,error,,blue", header=header), rules).rows

    assert set(rows[0].cells) == set(REQUIRED.split(","))
    assert rows[0].findings == ()


def test_rows_keep_their_number_when_blank_rows_stand_between_them(rules: ProductRules) -> None:
    lines = (_line(1), "", _line(3), ",,,,,", ' ,\t,"",\u00a0,,', _line(6), "", ",,,,,")

    rows = read_products(_file(*lines), rules).rows

    assert _numbers(rows) == [1, 3, 6]


def test_header_is_found_when_blank_lines_stand_above_it(rules: ProductRules) -> None:
    rows = read_products(b"\n,,\n" + _file(_line(1)), rules).rows

    assert _numbers(rows) == [1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("P1,Mouse,Computer Accessories,S1,19.99", "only 5 cells, but the header has 6 columns"),
        ("P1,Cable, 2 m,Computer Accessories,S1,19.99,5", "7 cells, but the header has 6 columns"),
        ("P1", "only 1 cell, but"),
        ("P1,Mouse,Computer Accessories,S1,19.99,5,", "7 cells"),
    ],
)
def test_row_is_malformed_when_its_cells_do_not_match_the_header(rules: ProductRules, line: str, words: str) -> None:
    rows = read_products(_file(line, _line(2)), rules).rows

    assert [finding.code for finding in rows[0].findings] == [ErrorCode.MALFORMED_ROW]
    assert words in rows[0].findings[0].message
    assert rows[0].findings[0].field is None
    assert rows[1].findings == ()


def test_malformed_row_keeps_the_cells_it_has_when_some_are_missing(rules: ProductRules) -> None:
    rows = read_products(_file("P1,Mouse"), rules).rows

    assert rows[0].cells == {"vendor_product_id": "P1", "product_name": "Mouse"}


# Long cells


def test_length_is_remembered_when_a_cell_is_cut(rules: ProductRules, product: Product, csv_of: CsvOf) -> None:
    sent = "x" * 200_000

    (row,) = read_products(csv_of([product(1, description=f"  {sent}  ")]), rules).rows

    assert row.cells["description"] == "x" * STAGED_CHARACTERS
    assert row.lengths == {"description": 200_000}
    (error,) = rules.check(row.cells, CATEGORIES, lengths=row.lengths).errors
    assert error.code == ErrorCode.FIELD_TOO_LONG
    assert "200000 characters, and at most 2000" in error.message


def test_nothing_is_cut_when_a_cell_is_exactly_as_long_as_a_staged_one(
    rules: ProductRules, product: Product, csv_of: CsvOf
) -> None:
    sent = "\N{HEADPHONE}" * STAGED_CHARACTERS

    (row,) = read_products(csv_of([product(1, image_url=sent)]), rules).rows

    assert row.cells["image_url"] == sent
    assert row.lengths == {}


def test_cell_is_valid_when_only_its_spaces_are_too_many(rules: ProductRules, product: Product, csv_of: CsvOf) -> None:
    (row,) = read_products(csv_of([product(1, brand=" " * 5_000 + "TechGear")]), rules).rows

    assert row.cells["brand"] == "TechGear"
    assert row.lengths == {}
    assert rules.check(row.cells, CATEGORIES, lengths=row.lengths).errors == ()


def test_length_is_right_when_the_cut_leaves_a_space_at_the_end(
    rules: ProductRules, product: Product, csv_of: CsvOf
) -> None:
    sent = "x" * (STAGED_CHARACTERS - 1) + " " + "y" * 10

    (row,) = read_products(csv_of([product(1, description=sent)]), rules).rows

    (error,) = rules.check(row.cells, CATEGORIES, lengths=row.lengths).errors
    assert f"{len(sent)} characters" in error.message


# Keys that repeat inside the file


def test_later_row_is_the_duplicate_when_a_sku_repeats(rules: ProductRules, product: Product, csv_of: CsvOf) -> None:
    rows = read_products(
        csv_of([product(1, sku="A"), product(2), product(3, sku=" A "), product(4, sku="A")]), rules
    ).rows

    assert [[finding.code for finding in row.findings] for row in rows] == [
        [],
        [],
        [ErrorCode.DUPLICATE_SKU],
        [ErrorCode.DUPLICATE_SKU],
    ]
    assert all("row 1 of this file" in row.findings[0].message for row in rows[2:])


def test_later_row_is_the_duplicate_when_the_earlier_is_invalid(
    rules: ProductRules, product: Product, csv_of: CsvOf
) -> None:
    rows = read_products(csv_of([product(1, sku="A", price="free"), product(2, sku="A")]), rules).rows

    assert rows[0].findings == ()
    assert [finding.code for finding in rows[1].findings] == [ErrorCode.DUPLICATE_SKU]


def test_message_names_the_row_as_it_stands_in_the_file_when_blank_rows_precede(rules: ProductRules) -> None:
    rows = read_products(_file("", _line(7), "", _line(7)), rules).rows

    assert [finding.code for finding in rows[1].findings] == [
        ErrorCode.DUPLICATE_VENDOR_PRODUCT_ID,
        ErrorCode.DUPLICATE_SKU,
    ]
    assert all("row 2 of this file" in finding.message for finding in rows[1].findings)


def test_keys_differ_when_only_their_case_does(rules: ProductRules, product: Product, csv_of: CsvOf) -> None:
    rows = read_products(csv_of([product(1, sku="abc"), product(2, sku="ABC")]), rules).rows

    assert [row.findings for row in rows] == [(), ()]


def test_blank_keys_do_not_repeat_when_several_rows_lack_one(
    rules: ProductRules, product: Product, csv_of: CsvOf
) -> None:
    rows = read_products(csv_of([product(1, sku=""), product(2, sku=" "), product(3, sku="")]), rules).rows

    assert [row.findings for row in rows] == [(), (), ()]


def test_malformed_rows_neither_claim_keys_nor_are_marked_when_keys_repeat(rules: ProductRules) -> None:
    malformed = _line(1) + ",one more"

    rows = read_products(_file(malformed, _line(1), malformed, _line(1)), rules).rows

    assert [[finding.code for finding in row.findings] for row in rows] == [
        [ErrorCode.MALFORMED_ROW],
        [],
        [ErrorCode.MALFORMED_ROW],
        [ErrorCode.DUPLICATE_VENDOR_PRODUCT_ID, ErrorCode.DUPLICATE_SKU],
    ]
    assert "row 2 of this file" in rows[3].findings[0].message


# Limits


def test_file_is_read_when_it_has_as_many_rows_as_are_allowed(rules: ProductRules) -> None:
    lines = [_line(n) for n in range(MAX_ROWS)]

    rows = read_products(_file("", *lines, "", ",,,,,"), rules).rows

    assert MAX_ROWS == 10_000
    assert len(rows) == MAX_ROWS
    assert rows[-1].row_number == MAX_ROWS + 1


def test_file_is_refused_when_it_has_one_row_too_many(rules: ProductRules) -> None:
    refusal = _refusal(_file(*[_line(n) for n in range(MAX_ROWS + 1)]), rules)

    assert refusal.code == RefusalCode.TOO_MANY_ROWS
    assert refusal.message == (
        "The file has more than 10,000 products. Split it into files of at most 10,000 rows each."
    )


def test_file_is_read_when_it_has_exactly_ten_megabytes(rules: ProductRules, product: Product, csv_of: CsvOf) -> None:
    empty = csv_of([product(1, description="")])

    rows = read_products(csv_of([product(1, description="x" * (MAX_FILE_BYTES - len(empty)))]), rules).rows

    assert rows[0].lengths == {"description": MAX_FILE_BYTES - len(empty)}


def test_file_is_refused_when_it_is_larger_than_ten_megabytes(rules: ProductRules) -> None:
    refusal = _refusal(b"x" * (MAX_FILE_BYTES + 200_000), rules)

    assert refusal.code == RefusalCode.FILE_TOO_LARGE
    assert refusal.message == "The file has 10.2 MB; at most 10 MB are allowed. Split it into smaller files."


@pytest.mark.parametrize("excess", [1, 50_000])
def test_message_does_not_contradict_itself_when_the_file_is_barely_too_large(rules: ProductRules, excess: int) -> None:
    refusal = _refusal(b"x" * (MAX_FILE_BYTES + excess), rules)

    assert "has 10.0 MB" not in refusal.message


# Files that are refused


@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf", b"\n\r\n", b",,,\n , \n"], ids=["0", "BOM", "lines", "cells"])
def test_file_is_refused_as_empty_when_nothing_is_in_it(rules: ProductRules, body: bytes) -> None:
    refusal = _refusal(body, rules)

    assert refusal.code == RefusalCode.EMPTY_FILE
    assert refusal.message == "The file is empty. Add a header row and at least one product."


@pytest.mark.parametrize("lines", [(), ("",), (",,,,,", " , ,,,,")], ids=["header only", "blank line", "blank rows"])
def test_file_is_refused_as_empty_when_it_has_no_products(rules: ProductRules, lines: tuple[str, ...]) -> None:
    refusal = _refusal(_file(*lines), rules)

    assert refusal.code == RefusalCode.EMPTY_FILE
    assert "has a header but no products" in refusal.message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (_file(_line(1), "P2,Mou\0se,Audio,S2,1,1"), "a NUL byte in line 3"),
        (b"\xff\xfe" + _file(_line(1)).decode().encode("utf-16-le")[:-1], "begins as UTF-16, but is damaged"),
        (_file(_line(1)).decode().encode("utf-16-be")[:-1], "NUL byte in line 1"),
        (
            b"\xef\xbb\xbf" + _file(_line(1), "P2,Sch\u00f6n").decode().encode("latin-1"),
            "line 3 is not encoded as UTF-8",
        ),
        (_file(*["P2,Sch\u00f6n,A,S2,1,1"] * 3) + b"P\xf6", "line 5 is not encoded as UTF-8, but the rest of it is"),
        (_file(_line(1)) + bytes(range(1, 256)), "control characters"),
        (_file(_line(1), 'P2,"Mouse,Audio,S2,1,1'), "quotation marks do not match at or before line 3"),
        (_file('P1,"Mouse" 2,Audio,S1,1,1', _line(2)), "quotation marks do not match at or before line 2"),
        (b'"vendor_product_id,product_name', "quotation marks do not match at or before line 1"),
    ],
    ids=["NUL", "UTF-16", "UTF-16BE", "UTF-8 by its mark", "damaged", "binary", "open quote", "stray quote", "header"],
)
def test_file_is_refused_when_it_is_not_a_csv(rules: ProductRules, body: bytes, words: str) -> None:
    refusal = _refusal(body, rules)

    assert refusal.code == RefusalCode.NOT_A_CSV
    assert words in refusal.message
    assert "CSV UTF-8 (comma delimited)" in refusal.message


def test_missing_columns_are_named_when_the_header_lacks_some(rules: ProductRules) -> None:
    refusal = _refusal(b"colour,sku,price\nred,S1,19.99\n", rules)

    assert refusal.code == RefusalCode.MISSING_COLUMNS
    assert refusal.message == (
        "The header lacks the required columns vendor_product_id, product_name, category and stock_quantity. "
        'It has: "colour", "sku", "price". The first row of the file must name the columns.'
    )


def test_missing_column_is_named_when_it_is_the_only_one(rules: ProductRules) -> None:
    refusal = _refusal(_file(header=REQUIRED.replace(",price", "")), rules)

    assert "lacks the required column price. It has" in refusal.message


def test_first_product_is_shown_when_the_file_has_no_header(rules: ProductRules) -> None:
    refusal = _refusal(f"{_line(1)}\n{_line(2)}\n".encode(), rules)

    assert refusal.code == RefusalCode.MISSING_COLUMNS
    assert 'It has: "P1", "Mouse 1"' in refusal.message


def test_message_stays_short_when_the_wrong_header_is_long(rules: ProductRules) -> None:
    refusal = _refusal((",".join(["x" * 500] * 300) + "\n").encode(), rules)

    assert len(refusal.message) < 1_500
    assert ", …" in refusal.message


def test_file_is_refused_when_columns_repeat(rules: ProductRules) -> None:
    refusal = _refusal(_file(_line(1) + ",9,x", header=f"{REQUIRED},Stock Quantity,SKU"), rules)

    assert refusal.code == RefusalCode.DUPLICATE_COLUMNS
    assert refusal.message == "The header names sku and stock_quantity more than once. Keep one column of each name."
