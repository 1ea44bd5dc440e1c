"""Makes the empty files that vendors start from, of the rules and of the categories at launch: `make templates`."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from onboarding.intake.limits import MAX_ROWS
from rules.fixes import read_fixes
from rules.schema import DEFAULT_RULES, Column, read_rules

FOLDER = Path(__file__).parent
_SEED = FOLDER.parent / "sql" / "migrations" / "0002.seed-product-categories.sql"
_COLUMNS_HEADER = ("Column", "Required", "What it takes", "Most characters", "Least", "Most", "Decimals")
_WIDTH = 22
_MADE = datetime(2026, 11, 24, tzinfo=UTC)


def csv_template() -> bytes:
    """Return the header as UTF-8 with a byte order mark, by which spreadsheets know it."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([column.name for column in read_rules(DEFAULT_RULES).columns])
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_template() -> bytes:
    """Return a workbook with a sheet to fill in, one for each explanation, and the list of categories."""
    columns = read_rules(DEFAULT_RULES).columns
    categories = launch_categories()
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        book.set_properties({"created": _MADE})  # so that the same rules give the same file
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        _products(book.add_worksheet("Products"), columns, len(categories), bold, text)
        rows, files = read_fixes()
        _table(book.add_worksheet("Columns"), _COLUMNS_HEADER, [_explained(column) for column in columns], bold)
        fixes = [(str(code), fix) for code, fix in (*rows.items(), *files.items())]
        _table(book.add_worksheet("Codes"), ("Code", "What to do"), fixes, bold)
        _table(book.add_worksheet("Categories"), ("Category",), [(name,) for name in categories], bold)
    return file.getvalue()


def launch_categories() -> list[str]:
    """Return the categories that the schema begins with, in their order there."""
    return re.findall(r"\('([^']+)'\)", _SEED.read_text(encoding="utf-8"))


def _products(sheet: Worksheet, columns: tuple[Column, ...], categories: int, bold: Format, text: Format) -> None:
    sheet.freeze_panes(1, 0)
    for position, column in enumerate(columns):
        sheet.write_string(0, position, column.name, bold)
        # As text a long number keeps its digits, and a size does not become a date.
        sheet.set_column(position, position, _WIDTH, None if column.type == "number" else text)
        check = _check_of(column, categories)
        if check:
            sheet.data_validation(1, position, MAX_ROWS, position, check)


def _check_of(column: Column, categories: int) -> dict[str, object]:
    """Return what the spreadsheet checks when a cell of the column is filled in; nothing for a text without a limit."""
    if column.type == "category":
        return {
            "validate": "list",
            "source": f"=Categories!$A$2:$A${categories + 1}",
            "error_message": "Choose one of the categories in the list.",
        }
    if column.type == "number":
        return {
            "validate": "decimal" if column.decimals else "integer",
            "criteria": "between",
            "minimum": float(column.min),
            "maximum": float(column.max),
            "error_message": f"A number from {column.min} to {column.max}.",
        }
    return {
        "validate": "length",
        "criteria": "<=",
        "value": column.maxlength,
        "error_message": f"At most {column.maxlength} characters.",
    }


def _explained(column: Column) -> tuple[str, ...]:
    number = (str(column.min), str(column.max), str(column.decimals)) if column.type == "number" else ("", "", "")
    takes = {"category": "a name of the sheet Categories", "number": "a number"}.get(column.type, "text")
    return (column.name, "yes" if column.required else "", takes, str(column.maxlength or ""), *number)


def _table(sheet: Worksheet, header: tuple[str, ...], lines: Sequence[tuple[str, ...]], bold: Format) -> None:
    sheet.freeze_panes(1, 0)
    for row, cells in enumerate([header, *lines]):
        for position, cell in enumerate(cells):
            sheet.write_string(row, position, cell, None if row else bold)
    sheet.set_column(0, len(header) - 1, _WIDTH)


if __name__ == "__main__":
    (FOLDER / "template.csv").write_bytes(csv_template())
    (FOLDER / "template.xlsx").write_bytes(xlsx_template())
