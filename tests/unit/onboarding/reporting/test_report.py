"""The error report: its form, and that no spreadsheet runs what a vendor wrote."""

import csv
import io

import pytest

from onboarding.formula_cells import neutralise
from onboarding.reporting.files import ErrorFile
from onboarding.reporting.report import build_report
from onboarding.rows import ProductRow, StagedRow
from rules import ErrorCode, RowError

HEADER = "Row Number,Vendor Product ID,SKU,Product Name,Error Type,Error Message,Price,Stock Quantity"


def _row(number: int, *errors: RowError, **cells: str) -> StagedRow:
    return StagedRow("UPLOAD_1", "VEND001", ProductRow.of(number, cells), 0, errors)


def _parsed(report: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(report.decode(), newline=""), strict=True))


def test_report_reads_as_the_prd_shows_it_when_rows_have_errors() -> None:
    rows = [
        _row(
            5,
            RowError("price", ErrorCode.INVALID_PRICE, "Price must be at least 0.01"),
            vendor_product_id="PROD0005",
            sku="SKU-005",
            product_name="Invalid Product",
            price="-10.00",
            stock_quantity="100",
        ),
        _row(
            15,
            RowError("sku", ErrorCode.DUPLICATE_SKU, "Duplicate SKU: SKU-003 already exists"),
            vendor_product_id="PROD0015",
            sku="SKU-003",
            product_name="Duplicate Item",
            price="29.99",
            stock_quantity="50",
        ),
    ]

    report = build_report(rows)

    assert report.decode() == (
        f"{HEADER}\r\n"
        "5,PROD0005,SKU-005,Invalid Product,INVALID_PRICE,Price must be at least 0.01,-10.00,100\r\n"
        "15,PROD0015,SKU-003,Duplicate Item,DUPLICATE_SKU,Duplicate SKU: SKU-003 already exists,29.99,50\r\n"
    )


def test_price_is_shown_as_sent_when_it_was_read_with_a_decimal_comma() -> None:
    row = ProductRow.of(1, {"price": "1.5", "sku": "S1"}, sent={"price": "1,5"})
    staged = StagedRow("U", "V", row, 0, (RowError("sku", ErrorCode.DUPLICATE_SKU, "a"),))

    lines = _parsed(build_report([staged]))

    assert (lines[1][2], lines[1][6]) == ("S1", "1,5")


def test_each_error_has_a_line_when_a_row_has_several() -> None:
    errors = [RowError("sku", ErrorCode.MISSING_REQUIRED_FIELD, "a"), RowError("price", ErrorCode.INVALID_PRICE, "b")]

    lines = _parsed(build_report([_row(1, *errors, price="x"), _row(2, errors[0])]))

    assert [(line[0], line[4], line[5]) for line in lines[1:]] == [
        ("1", "MISSING_REQUIRED_FIELD", "a"),
        ("1", "INVALID_PRICE", "b"),
        ("2", "MISSING_REQUIRED_FIELD", "a"),
    ]


def test_cells_are_the_same_when_the_report_is_read_again() -> None:
    message = 'It says "19,99", which is two cells.\nWrite 19.99.'
    cells = {
        "vendor_product_id": 'P"1"',
        "sku": "two\r\nlines",
        "product_name": "Kopfh\u00f6rer, \N{HEADPHONE}\n",
        "price": "19,99",
        "stock_quantity": " 5 ",
    }

    _, line = _parsed(build_report([_row(3, RowError("price", ErrorCode.INVALID_PRICE, message), **cells)]))

    assert line == ["3", *list(cells.values())[:3], "INVALID_PRICE", message, "19,99", " 5 "]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("https://attacker.example","Click")', '\'=HYPERLINK("https://attacker.example","Click")'),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("-A1", "'-A1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t=1+1"),
        ("\r=1+1", "'\r=1+1"),
        ("-10.00\n=1+1", "'-10.00\n=1+1"),
        ("-10.00\n", "'-10.00\n"),
        ("-1e3", "'-1e3"),
        ("-\u0661\u0662", "'-\u0661\u0662"),
        ("-", "'-"),
        ("=", "'="),
        ("-10.00", "-10.00"),
        ("-10", "-10"),
        ("+5", "+5"),
        ("-19,99", "-19,99"),
        ("19.99", "19.99"),
        ("", ""),
        ("Cable 2=2", "Cable 2=2"),
        ("'=1+1", "''=1+1"),  # so that the corrections file can give it back
        ("a-b", "a-b"),
    ],
)
def test_cell_is_neutralised_when_a_spreadsheet_would_run_it(cell: str, safe: str) -> None:
    assert neutralise(cell) == safe


@pytest.mark.parametrize(
    ("column", "position"),
    [("vendor_product_id", 1), ("sku", 2), ("product_name", 3), ("price", 6), ("stock_quantity", 7)],
)
def test_every_cell_of_the_vendor_is_neutralised_when_it_is_a_formula(column: str, position: int) -> None:
    error = RowError(None, ErrorCode.MALFORMED_ROW, "=1+1")

    _, line = _parsed(build_report([_row(1, error, **{column: "=1+1"})]))

    assert line[position] == "'=1+1"
    assert line[5] == "'=1+1"


def test_report_has_only_its_header_when_there_are_no_rows() -> None:
    assert build_report([]) == f"{HEADER}\r\n".encode()


def test_key_stands_under_the_vendor_when_a_report_is_stored() -> None:
    assert ErrorFile.REPORT.key("VEND001", "UPLOAD_1") == "errors/VEND001/UPLOAD_1_errors.csv"
