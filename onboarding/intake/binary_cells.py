"""Finds in workbooks of the two binary formats what the library leaves out: formula errors and number formats.

Such a workbook is a row of records: a number that says what it is, a length, and that many bytes ([MS-XLS] 2.1.4,
[MS-XLSB] 2.1.4). Records not named here are passed over.
"""

import io
import struct
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import olefile

from onboarding.intake.number_formats import BUILT_IN_SHAPES, Shape, shape_of

FoundCell = tuple[int, int, str]
"""Row and column, counted from 0, and the text that stands in the cell."""

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_NOT_CALCULATED = "#GETTING_DATA"


def in_xls(body: bytes, sheet: int) -> Iterator[FoundCell]:
    """Yield the errors, percentages and numbers with leading zeros of a sheet, told by its place among all sheets.

    Raises OSError, struct.error, IndexError or ValueError where the file is damaged.
    """
    with olefile.OleFileIO(io.BytesIO(body)) as file:
        stream = file.openstream("Workbook" if file.exists("Workbook") else "Book").read()
    yield from _XlsCells(stream).of(sheet)


class _XlsCells:
    """The records of the stream of an .xls workbook ([MS-XLS] 2.3 and 2.4; BIFF5 has the same cells)."""

    _BEGIN, _END, _SHEET, _FORMAT, _STYLE = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
    _NUMBER, _SHORT, _SHORTS, _ERROR, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0205, 0x0006
    _BIFF8 = 0x0600

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._sheets: list[int] = []
        shapes = dict(BUILT_IN_SHAPES)
        styles: list[int] = []
        is_biff8 = struct.unpack_from("<H", stream, 4)[0] == self._BIFF8
        for kind, data in self._records(0):
            if kind == self._SHEET:
                self._sheets.append(struct.unpack_from("<I", data)[0])
            elif kind == self._FORMAT and (shape := shape_of(_format_text(data, is_biff8=is_biff8))):
                shapes[struct.unpack_from("<H", data)[0]] = shape
            elif kind == self._STYLE:
                styles.append(struct.unpack_from("<H", data, 2)[0])
        self._shapes = {number: shapes[style] for number, style in enumerate(styles) if style in shapes}

    def of(self, sheet: int) -> Iterator[FoundCell]:
        for kind, data in self._records(self._sheets[sheet]):
            if kind == self._NUMBER:
                yield from self._shown(*struct.unpack_from("<HHHd", data))
            elif kind == self._SHORT:
                row, column, style, value = struct.unpack_from("<HHHI", data)
                yield from self._shown(row, column, style, _short_number(value))
            elif kind == self._SHORTS:
                row, column = struct.unpack_from("<HH", data)
                for place, (style, value) in enumerate(struct.iter_unpack("<HI", data[4:-2])):
                    yield from self._shown(row, column + place, style, _short_number(value))
            elif kind == self._ERROR:
                row, column, _, code, is_error = struct.unpack_from("<HHHBB", data)
                if is_error:
                    yield row, column, _error(code)
            elif kind == self._FORMULA:
                yield from self._result(data)

    def _result(self, data: bytes) -> Iterator[FoundCell]:
        row, column, style, kind, code, mark = struct.unpack_from("<HHHBxBxxxH", data)
        if mark != 0xFFFF:
            yield from self._shown(row, column, style, *struct.unpack_from("<d", data, 6))
        elif kind == 2:
            yield row, column, _error(code)

    def _shown(self, row: int, column: int, style: int, value: float) -> Iterator[FoundCell]:
        if style in self._shapes and (text := self._shapes[style](value)) is not None:
            yield row, column, text

    def _records(self, position: int) -> Iterator[tuple[int, bytes]]:
        """Yield the records of one part of the stream, without those of the charts in it."""
        depth = 0
        while position + 4 <= len(self._stream):
            kind, size = struct.unpack_from("<HH", self._stream, position)
            depth += (kind == self._BEGIN) - (kind == self._END)
            if depth == 0:
                return
            if depth == 1:
                yield kind, self._stream[position + 4 : position + 4 + size]
            position += 4 + size


def _format_text(data: bytes, *, is_biff8: bool) -> str:
    if not is_biff8:
        return data[3:].decode("latin-1")
    return data[5:].decode("utf-16-le" if data[4] & 1 else "latin-1", errors="replace")


def in_xlsb(archive: zipfile.ZipFile, sheet: str) -> Iterator[FoundCell]:
    """Yield the errors, percentages and numbers with leading zeros of a sheet.

    Raises struct.error, IndexError, KeyError or ValueError where the file is damaged.
    """
    shapes = _xlsb_shapes(archive)
    row = 0
    for kind, data in _xlsb_records(archive.read(_xlsb_part(archive, sheet))):
        if kind == 0:
            row = struct.unpack_from("<I", data)[0]
        elif kind in (2, 5, 9):  # a short number, a number, a formula whose result is a number
            column, style = struct.unpack_from("<II", data)
            if shape := shapes.get(style & 0xFFFFFF):
                value = _short_number(*struct.unpack_from("<I", data, 8)) if kind == 2 else _double(data, 8)
                if (text := shape(value)) is not None:
                    yield row, column, text
        elif kind in (3, 11):  # an error, a formula whose result is an error
            yield row, struct.unpack_from("<I", data)[0], _error(data[8])


def _xlsb_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds the sheet, by way of the workbook's relationships."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.bin.rels"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for kind, data in _xlsb_records(archive.read("xl/workbook.bin")):
        if kind == 156:
            identifier, end = _xlsb_text(data, 8)
            if _xlsb_text(data, end)[0] == sheet:
                target = targets[identifier]
                return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _xlsb_shapes(archive: zipfile.ZipFile) -> dict[int, Shape]:
    """Return what the styles of cells do to numbers."""
    if "xl/styles.bin" not in archive.namelist():
        return {}
    shapes = dict(BUILT_IN_SHAPES)
    styles: list[int] = []
    of_cells = False
    for kind, data in _xlsb_records(archive.read("xl/styles.bin")):
        if kind == 44 and (shape := shape_of(_xlsb_text(data, 2)[0])):
            shapes[struct.unpack_from("<H", data)[0]] = shape
        elif kind in (617, 618):  # the styles of cells begin, and end
            of_cells = kind == 617
        elif kind == 47 and of_cells:
            styles.append(struct.unpack_from("<H", data, 2)[0])
    return {number: shapes[style] for number, style in enumerate(styles) if style in shapes}


def _xlsb_records(part: bytes) -> Iterator[tuple[int, memoryview]]:
    view = memoryview(part)
    position = 0
    while position < len(part):
        kind, position = part[position], position + 1
        if kind & 0x80:
            kind, position = kind & 0x7F | (part[position] & 0x7F) << 7, position + 1
        size = shift = 0
        while True:
            byte, position = part[position], position + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, view[position : position + size]
        position += size


def _xlsb_text(data: memoryview, position: int) -> tuple[str, int]:
    """Return a text and where it ends."""
    start = position + 4
    end = start + 2 * struct.unpack_from("<I", data, position)[0]
    return bytes(data[start:end]).decode("utf-16-le"), end


def _double(data: memoryview, position: int) -> float:
    value: float = struct.unpack_from("<d", data, position)[0]
    return value


def _short_number(bits: int) -> float:
    """Return a number kept in 30 bits, a whole one or the first half of a double ([MS-XLS] 2.5.217, "RkNumber")."""
    if bits & 2:
        value = float((bits >> 2) - (1 << 30 if bits & 0x80000000 else 0))
    else:
        value = struct.unpack("<d", struct.pack("<II", 0, bits & 0xFFFFFFFC))[0]
    return value / 100 if bits & 1 else value


def _error(code: int) -> str:
    return _ERRORS.get(code, _NOT_CALCULATED)
