"""Workbooks of every format: the same rows as from a text file, and a sentence for what cannot be read."""

import datetime
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from onboarding.intake import isolation, workbook
from onboarding.intake.limits import MAX_ROWS
from onboarding.intake.reading import ReadFile, read_products
from onboarding.intake.refusal import FileRefused
from onboarding.rows import ProductRow
from rules import ErrorCode, ProductRules, RefusalCode
from tests.unit.onboarding.intake import xlsb

SAMPLES = Path(__file__).with_name("workbooks")
TEMPLATE = Path(__file__).parents[4] / "samples" / "template.xlsx"
HEADER = ["vendor_product_id", "product_name", "category", "sku", "price", "stock_quantity"]
Rows = Sequence[Sequence[Any]]
Write = Callable[[Rows], bytes]


def by_openpyxl(rows: Rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def by_xlsxwriter(rows: Rows) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("Products")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
    return file.getvalue()


def by_xlwt(rows: Rows) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Products")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


EVERY_FORMAT = ("products.xlsx", "products.ods", "products.xls", "products-1995.xls", "products.xlsb")
WRITERS: list[Write] = [by_openpyxl, by_xlsxwriter, by_xlwt, xlsb.workbook]
FORMATS: dict[Write, str] = dict(zip(WRITERS, ("xlsx", "xlsx", "xls", "xlsb"), strict=True))


def _product(**cells: Any) -> list[Any]:
    row = dict(zip(HEADER, ["P1", "Mouse", "Audio", "S1", 1.5, 5.0], strict=True))
    return list({**row, **cells}.values())


NO_NAME = _product(product_name=xlsb.Error(xlsb.NOT_AVAILABLE))


def _refusal(body: bytes, rules: ProductRules) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_products(body, rules)
    return caught.value


def _cell(file: ReadFile, name: str = "sku") -> str:
    return file.rows[0].cells[name]


# Rows and sheets


@pytest.mark.parametrize("write", WRITERS)
def test_rows_are_those_of_a_text_file_when_it_is_a_workbook(rules: ProductRules, write: Write) -> None:
    body = write([HEADER, _product(), [None] * 6, _product(vendor_product_id="P3", sku="S3", product_name="Kühl, 漢")])

    file = read_products(body, rules)

    text = ",".join(HEADER) + '\nP1,Mouse,Audio,S1,1.5,5\n,,,,,\nP3,"Kühl, 漢",Audio,S3,1.5,5\n'
    assert file.rows == read_products(text.encode(), rules).rows
    assert (file.read_as.format, file.read_as.encoding, file.read_as.separator) == (FORMATS[write], None, None)
    assert (file.read_as.header_row, file.header) == (1, tuple(HEADER))


@pytest.mark.parametrize("name", ["products.xlsx", "products.ods", "products.xls", "products.xlsb"])
def test_first_visible_sheet_with_a_header_is_read_when_others_stand_before_it(rules: ProductRules, name: str) -> None:
    file = read_products((SAMPLES / name).read_bytes(), rules)

    assert (file.read_as.sheet, file.read_as.header_row) == ("Products", 4)
    assert [row.row_number for row in file.rows] == [1, 2, 4, 5]
    assert file.rows[0] == ProductRow.of(
        1,
        {
            "vendor_product_id": "P1",
            "product_name": "Kopfhörer",
            "category": "Audio",
            "sku": "4006381333931",
            "price": "19.99",
            "stock_quantity": "5",
            "weight_kg": "0.25",
            "dimensions_cm": "12x8x4",
        },
    )
    assert file.rows[1].cells["vendor_product_id"] == "0012"
    assert 'sheet "Products", header in row 4.' in (file.read_as.sentence() or "")


def test_other_sheets_are_named_when_a_workbook_has_more_that_can_be_seen(rules: ProductRules) -> None:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("Autumn\nand winter"), book.create_sheet("Old")):
        sheet.append(HEADER)
        sheet.append(_product())
    book["Old"].sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)

    read_as = read_products(file.getvalue(), rules).read_as

    assert (read_as.sheet, read_as.to_json()["other_sheets"]) == ("Sheet", ["Autumn and winter"])
    assert read_as.sentence() == (
        'Read as: Excel workbook, sheet "Sheet". Sheets that were not read: Autumn and winter.'
    )


def test_no_other_sheet_is_named_when_the_template_was_filled_in(rules: ProductRules) -> None:
    book = openpyxl.load_workbook(TEMPLATE)
    filled = dict(zip(HEADER, _product(), strict=True))
    book.active.append([filled.get(cell.value) for cell in book.active[1]])
    file = io.BytesIO()
    book.save(file)

    read_as = read_products(file.getvalue(), rules).read_as

    assert read_as.sentence() == 'Read as: Excel workbook, sheet "Products".'


def test_columns_are_right_when_the_table_begins_further_right_and_below(rules: ProductRules) -> None:
    rows: Rows = [[None] * 9, [None, None, *HEADER], [None, None, *_product(price=0.15)]]
    body = by_openpyxl(rows)

    file = read_products(body, rules)

    assert file.read_as.header_row == 2
    assert dict(file.rows[0].cells) == dict(zip(HEADER, ["P1", "Mouse", "Audio", "S1", "0.15", "5"], strict=True))


def test_file_is_refused_when_its_products_are_on_a_hidden_sheet(rules: ProductRules) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Look at the other sheet"
    hidden = book.create_sheet("Products")
    hidden.append(HEADER)
    hidden.append(_product())
    hidden.sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)

    refusal = _refusal(file.getvalue(), rules)

    assert refusal.code == RefusalCode.MISSING_COLUMNS
    assert 'The header of the sheet "Sheet" lacks' in refusal.message


def test_best_sheet_is_named_when_none_has_all_columns(rules: ProductRules) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Title", "Note"])
    book.create_sheet("Stock").append(HEADER[:-1])
    file = io.BytesIO()
    book.save(file)

    refusal = _refusal(file.getvalue(), rules)

    assert 'The header of the sheet "Stock" lacks the required column stock_quantity.' in refusal.message


@pytest.mark.parametrize(
    "rows", [[], [[" "]], [HEADER], [HEADER, [None, " "]]], ids=["none", "blank", "header", "only"]
)
def test_file_is_refused_as_empty_when_a_workbook_has_no_products(rules: ProductRules, rows: Rows) -> None:
    assert _refusal(by_openpyxl(rows), rules).code == RefusalCode.EMPTY_FILE


@pytest.mark.parametrize(("excess", "refused"), [(0, False), (1, True)])
def test_rows_are_counted_when_a_workbook_has_many(rules: ProductRules, excess: int, refused: bool) -> None:
    lines = [["Our products"], HEADER, *(_product(sku=f"S{n}", vendor_product_id=n) for n in range(MAX_ROWS + excess))]
    body = by_xlsxwriter([*lines, [None], [None]])

    if refused:
        assert _refusal(body, rules).code == RefusalCode.TOO_MANY_ROWS
    else:
        assert len(read_products(body, rules).rows) == MAX_ROWS


# Cells


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4006381333931, "4006381333931"),
        (5.0, "5"),
        (19.99, "19.99"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (-3.5, "-3.5"),
        (999_999_999_999_999, "999999999999999"),
        ("0012", "0012"),
        ("4006381333931", "4006381333931"),
        (" a\nb ", " a\nb "),
    ],
)
def test_cell_is_text_as_shown_when_it_is_a_number_or_text(
    rules: ProductRules, write: Write, value: Any, text: str
) -> None:
    assert _cell(read_products(write([HEADER, _product(sku=value)]), rules)) == text


@pytest.mark.parametrize("write", WRITERS)
def test_identifier_is_refused_as_shortened_when_a_spreadsheet_has_lost_its_digits(
    rules: ProductRules, write: Write
) -> None:
    file = read_products(write([HEADER, _product(sku=1234567890123456789)]), rules)

    (error,) = rules.check(file.rows[0].cells, frozenset({"Audio"})).errors

    assert _cell(file) == "1.23456789012346E+18"
    assert (error.field, error.code) == ("sku", ErrorCode.INVALID_FIELD_FORMAT)
    assert "shortened" in error.message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "TRUE"),
        (False, "FALSE"),
        (datetime.date(2026, 12, 10), "2026-12-10"),
        (datetime.datetime(2026, 12, 10), "2026-12-10"),
        (datetime.datetime(2026, 12, 10, 14, 30), "2026-12-10 14:30:00"),
        (datetime.time(14, 30), "14:30:00"),
    ],
)
@pytest.mark.parametrize("column", ["product_name", "price"])
def test_cell_is_text_when_it_is_a_date_or_a_yes(rules: ProductRules, value: Any, text: str, column: str) -> None:
    file = read_products(by_openpyxl([HEADER, _product(**{column: value})]), rules)

    assert _cell(file, column) == text


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_dates_and_percentages_are_text_when_they_are_saved_in_any_format(rules: ProductRules, name: str) -> None:
    rows = {row.row_number: row.cells for row in read_products((SAMPLES / name).read_bytes(), rules).rows}

    assert rows[2]["dimensions_cm"] == "2026-12-10"
    assert rows[4]["price"] == "15%"


PERCENTAGES = ((0.155, "0.0%"), (0.15, '0 "% off"'), (1, "0%"), (0.07, "0.00%"), (-0.1, "0%"), (1 / 3, "0%"))


def _with_percentages() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 3, HEADER)
        for row, (value, shape) in enumerate(PERCENTAGES, start=3):
            sheet.write_row(row, 3, _product(vendor_product_id=row, sku=row))
            sheet.write_number(row, 7, value, book.add_format({"num_format": shape}))
    return file.getvalue()


def _old_with_percentages() -> bytes:
    """Return such a workbook in the old format; neighbouring numbers share a record there."""
    book = xlwt.Workbook()
    book.add_sheet("Hidden").visibility = 1
    sheet = book.add_sheet("Products")
    for row, cells in enumerate([HEADER, *(_product(vendor_product_id=n, sku=n) for n in range(len(PERCENTAGES)))]):
        for column, cell in enumerate(cells):
            if row == 0 or HEADER[column] != "price":
                sheet.write(2 + row, 3 + column, cell)
    for row, (value, shape) in enumerate(PERCENTAGES, start=3):
        sheet.write(row, 7, value, xlwt.easyxf(num_format_str=shape))
    return _saved(book)


def _saved(book: xlwt.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("body", [_with_percentages(), _old_with_percentages()], ids=["xlsxwriter", "xlwt"])
def test_price_is_refused_when_it_is_a_percentage(rules: ProductRules, body: bytes) -> None:
    file = read_products(body, rules)

    shown = ["15.5%", "0.15", "100%", "7%", "-10%", "33.3333333333333%"]
    assert [row.cells["price"] for row in file.rows] == shown
    assert {row.cells["stock_quantity"] for row in file.rows} == {"5"}
    (error,) = rules.check(file.rows[0].cells, frozenset({"Audio"})).errors
    assert error.code == ErrorCode.INVALID_PRICE
    assert "A percentage cannot be used here" in error.message


def _with_zeros_by_xlsxwriter() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, _product())
        for column, value in ((0, 12), (3, 1234567), (4, 7.5)):
            sheet.write_number(1, column, value, book.add_format({"num_format": "00000"}))
    return file.getvalue()


def _with_zeros_by_xlwt() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Products")
    zeros = xlwt.easyxf(num_format_str="00000")
    for column, (name, cell) in enumerate(zip(HEADER, _product(), strict=True)):
        shaped = {0: 12, 3: 1234567, 4: 7.5}
        sheet.write(0, column, name)
        sheet.write(1, column, shaped.get(column, cell), *([zeros] if column in shaped else []))
    return _saved(book)


@pytest.mark.parametrize("body", [_with_zeros_by_xlsxwriter(), _with_zeros_by_xlwt()], ids=["xlsx", "xls"])
def test_identifier_has_its_leading_zeros_when_its_number_is_shown_with_them(rules: ProductRules, body: bytes) -> None:
    (row,) = read_products(body, rules).rows

    shown = (row.cells["vendor_product_id"], row.cells["sku"], row.cells["price"])
    assert shown == ("00012", "1234567", "7.5")


def test_number_has_its_leading_zeros_when_an_opendocument_sheet_shows_them(rules: ProductRules) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(SAMPLES / "products.ods") as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            assert name != "content.xml" or content.count(b"<text:p>20</text:p>") == 1
            new.writestr(name, content.replace(b"<text:p>20</text:p>", b"<text:p>00020</text:p>"))

    rows = {row.row_number: row.cells for row in read_products(file.getvalue(), rules).rows}

    assert rows[2]["price"] == "00020"


def _with_errors() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 3, HEADER)
        sheet.write_row(4, 3, _product())
        sheet.write_formula(4, 4, "=NA()", None, "#N/A")
        sheet.write_formula(4, 7, "=1/0", None, "#DIV/0!")
        sheet.write_formula(4, 8, "=2+3", None, 5)
    return file.getvalue()


def _old_with_errors() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Products")
    for column, (name, cell) in enumerate(zip(HEADER, _product(), strict=True)):
        sheet.write(0, column, name)
        if name not in ("product_name", "price"):
            sheet.write(1, column, cell)
    sheet.row(1).set_cell_error(HEADER.index("product_name"), 0x2A)
    sheet.row(1).set_cell_error(HEADER.index("price"), 0x07)
    return _saved(book)


@pytest.mark.parametrize(
    ("body", "row", "cells"),
    [
        (_with_errors(), 0, {"product_name": "#N/A", "price": "#DIV/0!", "stock_quantity": "5"}),
        (_old_with_errors(), 0, {"product_name": "#N/A", "price": "#DIV/0!", "stock_quantity": "5"}),
        (xlsb.workbook([HEADER, NO_NAME]), 0, {"product_name": "#N/A", "price": "1.5"}),
        *(((SAMPLES / name).read_bytes(), 3, {"product_name": "#N/A", "price": "0.25"}) for name in EVERY_FORMAT),
    ],
    ids=["xlsxwriter", "xlwt", "xlsb", *EVERY_FORMAT],
)
def test_formula_error_is_named_when_a_cell_has_one(
    rules: ProductRules, body: bytes, row: int, cells: dict[str, str]
) -> None:
    file = read_products(body, rules)

    assert {name: file.rows[row].cells[name] for name in cells} == cells
    errors = rules.check(file.rows[row].cells, frozenset({"Audio"})).errors
    assert ("product_name", ErrorCode.INVALID_FIELD_FORMAT) in [(error.field, error.code) for error in errors]


def test_formula_is_refused_when_it_was_never_calculated(rules: ProductRules) -> None:
    file = read_products(by_openpyxl([HEADER, _product(product_name="=A2&B2", price="=1+1")]), rules)

    assert (_cell(file, "product_name"), _cell(file, "price")) == ("#GETTING_DATA", "#GETTING_DATA")
    errors = rules.check(file.rows[0].cells, frozenset({"Audio"})).errors
    assert [(error.field, error.code) for error in errors] == [
        ("product_name", ErrorCode.INVALID_FIELD_FORMAT),
        ("price", ErrorCode.INVALID_PRICE),
    ]


@pytest.mark.parametrize(("texts", "read"), [(["19,99", "5"], ["19.99", "5"]), (["1,299"], ["1,299"])])
def test_decimal_comma_is_read_when_the_numbers_of_a_workbook_are_text(
    rules: ProductRules, texts: list[str], read: list[str]
) -> None:
    rows = [_product(price=text, sku=text, vendor_product_id=text) for text in texts]

    file = read_products(by_openpyxl([HEADER, *rows]), rules)

    assert [row.cells["price"] for row in file.rows] == read


def test_decimal_comma_is_not_read_when_a_number_of_the_workbook_has_a_point(rules: ProductRules) -> None:
    header, rows = [*HEADER, "weight_kg"], [[*_product(price="19,99"), 1.234]]

    file = read_products(by_openpyxl([header, *rows]), rules)

    assert (_cell(file, "price"), _cell(file, "weight_kg")) == ("19,99", "1.234")


# What cannot be read


@pytest.mark.parametrize("name", ["protected.xlsx", "protected.ods", "protected.xls"])
def test_file_is_refused_when_it_needs_a_password(rules: ProductRules, name: str) -> None:
    refusal = _refusal((SAMPLES / name).read_bytes(), rules)

    assert refusal.code == RefusalCode.UNSUPPORTED_FILE
    assert refusal.message == (
        "The file is protected with a password, which cannot be read. "
        "Remove the password in your spreadsheet program, save it and upload it again."
    )


@pytest.mark.parametrize("kept", [30, 400, 2_000, -30])
@pytest.mark.parametrize("name", ["products.xlsx", "products.ods", "products.xls", "products.xlsb"])
def test_file_is_refused_when_a_workbook_is_cut_off(rules: ProductRules, name: str, kept: int) -> None:
    refusal = _refusal((SAMPLES / name).read_bytes()[:kept], rules)

    assert refusal.code == RefusalCode.UNSUPPORTED_FILE
    assert "damaged or incomplete" in refusal.message or "an old Office document" in refusal.message


def test_file_is_refused_before_it_is_unpacked_when_it_would_be_too_large(
    rules: ProductRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = io.BytesIO(by_openpyxl([HEADER, _product()]))
    with zipfile.ZipFile(body, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/picture.bmp", bytes(workbook.MAX_UNPACKED_BYTES))
    monkeypatch.setattr(isolation, "run", None)

    refusal = _refusal(body.getvalue(), rules)

    assert len(body.getvalue()) < 200_000
    assert refusal.code == RefusalCode.FILE_TOO_LARGE
    assert "unpacks to 50 MB; at most 50 MB are allowed" in refusal.message


def test_file_is_refused_when_its_cells_span_more_than_memory_holds(rules: ProductRules) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(_product())
    book.active["XFD1048576"] = "far away"
    file = io.BytesIO()
    book.save(file)

    refusal = _refusal(file.getvalue(), rules)

    assert refusal.code == RefusalCode.UNSUPPORTED_FILE
    assert "takes too much memory or time to read" in refusal.message


# The child process


def _run(work: Callable[[], Any]) -> Any:
    return isolation.run(work, memory=200_000_000, seconds=1)


def test_child_answers_when_its_work_is_done() -> None:
    assert _run(lambda: {"cells": [["ä", "\n"]] * 100_000}) == {"cells": [["ä", "\n"]] * 100_000}


@pytest.mark.parametrize(
    "work",
    [os.abort, lambda: len(bytearray(500_000_000)), lambda: sum(iter(int, 1))],
    ids=["abort", "memory", "time"],
)
def test_file_is_at_fault_when_the_child_dies_of_it(work: Callable[[], Any]) -> None:
    with pytest.raises(isolation.DiedOfFileError):
        _run(work)


@pytest.mark.parametrize(
    ("work", "words"),
    [(lambda: os.environ["BUG"], "KeyError"), (lambda: os.kill(os.getpid(), 9), "status 9"), (object, "TypeError")],
    ids=["bug", "killed", "answer"],
)
def test_our_side_is_at_fault_when_the_child_fails_otherwise(work: Callable[[], Any], words: str) -> None:
    with pytest.raises(isolation.ChildError, match=words):
        _run(work)
