"""Reads a workbook: the first visible sheet that has the required columns, its cells as text."""

import datetime
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from onboarding.intake import isolation
from onboarding.intake.formats import Format, damaged, protected
from onboarding.intake.header import SEARCHED_LINES, find_header, is_blank
from onboarding.intake.hidden_values import Replacements, hidden_values
from onboarding.intake.refusal import FileRefused
from rules import ProductRules, RefusalCode

MAX_UNPACKED_BYTES = 50 * 1024 * 1024
"""A workbook is a ZIP archive: a few kilobytes may unpack to gigabytes."""
_CHILD_BYTES = 300 * 1024 * 1024
_CHILD_SECONDS = 20
_LARGEST_WHOLE = 10**15
"""Spreadsheets keep 15 digits of a number."""
_EXPLANATIONS = frozenset({"Columns", "Codes", "Categories"})
"""Sheets of the template that vendors start from (samples/template.xlsx): nobody misses products on them."""
KINDS = {
    Format.XLSX: "an Excel workbook",
    Format.XLSB: "an Excel workbook (.xlsb)",
    Format.XLS: "an Excel workbook (.xls)",
    Format.ODS: "an OpenDocument spreadsheet",
}


@dataclass(frozen=True, slots=True)
class SheetTable:
    """The lines of a sheet, from its first row on. `others` are the sheets that may hold products and are not read."""

    name: str
    cells: list[list[str]]
    others: tuple[str, ...] = ()

    def lines(self) -> Iterator[list[str]]:
        """Yield the cells of each row; none for a blank one."""
        yield from self.cells


def open_workbook(body: bytes, kind: Format, rules: ProductRules, *, most_rows: int) -> SheetTable:
    """Return the first visible sheet that has the required columns, or else the one with the most known columns.

    At most `most_rows` rows that are not blank are read below the lines where a header may stand.

    Raises FileRefused.
    """
    if kind != Format.XLS:
        _check_unpacked_size(body, kind)
    try:
        answer = isolation.run(
            lambda: _answer(body, kind, rules, most_rows + SEARCHED_LINES),
            memory=_CHILD_BYTES,
            seconds=_CHILD_SECONDS,
        )
    except isolation.DiedOfFileError as death:
        raise FileRefused(
            RefusalCode.UNSUPPORTED_FILE,
            f"The file is {KINDS[kind]} that takes too much memory or time to read, or it is damaged. "
            "Copy the product list alone into a new workbook, save it and upload that file.",
        ) from death
    if "refused" in answer:
        raise FileRefused(RefusalCode(answer["refused"]), answer["message"])
    return SheetTable(answer["name"], answer["cells"], tuple(answer["others"]))


def _check_unpacked_size(body: bytes, kind: Format) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except Exception as error:  # zipfile meets damage with errors of many classes
        raise damaged(KINDS[kind]) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise FileRefused(
            RefusalCode.FILE_TOO_LARGE,
            f"The workbook unpacks to {unpacked // 1024 // 1024} MB; at most {MAX_UNPACKED_BYTES // 1024 // 1024} MB "
            "are allowed. Copy the product list alone into a new workbook, without pictures, and upload that file.",
        )


def _answer(body: bytes, kind: Format, rules: ProductRules, most_rows: int) -> dict[str, Any]:
    """Return what the parent needs to know, as JSON carries it."""
    try:
        sheet = _best_sheet(body, kind, rules, most_rows)
    except FileRefused as refusal:
        return {"refused": refusal.code, "message": refusal.message}
    return {"name": sheet.name, "cells": sheet.cells, "others": sheet.others}


def _best_sheet(body: bytes, kind: Format, rules: ProductRules, most_rows: int) -> SheetTable:
    with _blaming_the_file(kind):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
    best: tuple[int, SheetTable] | None = None
    visible = [
        (place, metadata.name)
        for place, metadata in enumerate(workbook.sheets_metadata)
        if metadata.visible == SheetVisibleEnum.Visible and metadata.typ == SheetTypeEnum.WorkSheet
    ]
    for place, name in visible:
        with _blaming_the_file(kind):
            sheet = workbook.get_sheet_by_name(name)
        cells = _cells(sheet, kind, hidden_values(body, kind, name, place), most_rows)
        table = SheetTable(name, cells, tuple(other for _, other in visible if other not in (name, *_EXPLANATIONS)))
        header = find_header(table.lines(), rules)
        if header is not None and header.complete:
            return table
        known = header.known if header is not None else -1
        if best is None or known > best[0]:
            best = known, table
    if best is None or best[0] < 0:
        raise FileRefused(
            RefusalCode.EMPTY_FILE, "The workbook is empty: no sheet that can be seen has any cells. Add your products."
        )
    return best[1]


@contextmanager
def _blaming_the_file(kind: Format) -> Iterator[None]:
    """Turn whatever the workbook library raises into a refusal, a panic of Rust included: nothing here is ours."""
    try:
        yield
    except PasswordError:
        raise protected() from None
    except MemoryError:
        raise
    except Exception as error:
        raise damaged(KINDS[kind]) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(KINDS[kind]) from error


def _rows(sheet: CalamineSheet, kind: Format) -> Iterator[list[Any]]:
    with _blaming_the_file(kind):
        rows = sheet.iter_rows()
    while True:
        with _blaming_the_file(kind):
            row = next(rows, None)
        if row is None:
            return
        yield row


def _cells(sheet: CalamineSheet, kind: Format, hidden: Replacements, most_rows: int) -> list[list[str]]:
    """Return the sheet's cells as text, without blank rows at its end."""
    _, left = sheet.start or (0, 0)  # iter_rows begins at the first row, but at the first column that is used
    cells: list[list[str]] = []
    filled = 0
    for number, row in enumerate(_rows(sheet, kind)):
        line = [value if type(value) is str else _text(value) for value in row]
        for column, text in hidden.get(number, {}).items():
            if 0 <= column - left < len(line):
                line[column - left] = text
        if is_blank(line):
            cells.append([])
            continue
        cells.append(line)
        filled += 1
        if filled > most_rows:
            break
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: object) -> str:
    """Return a cell as a spreadsheet shows it: whole numbers without a point, dates as 2026-12-10."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ") if value.time() != datetime.time() else value.date().isoformat()
    return str(value)


def _number(value: float) -> str:
    """Return a number with the 15 digits that spreadsheets keep; a longer one as shortened, since the rest is lost."""
    if abs(value) >= _LARGEST_WHOLE:
        return f"{value:.14E}"
    if value == int(value):
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):f}"
