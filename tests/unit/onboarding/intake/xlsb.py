"""Writes small .xlsb workbooks, which no library for Python writes ([MS-XLSB], records of BIFF12)."""

import io
import struct
import zipfile
from collections.abc import Sequence

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
    "</Relationships>"
)
_BEGIN_SHEET, _END_SHEET, _BEGIN_DATA, _END_DATA, _DIMENSIONS = 129, 130, 145, 146, 148
_BEGIN_BOOK, _END_BOOK, _BEGIN_SHEETS, _END_SHEETS, _SHEET = 131, 132, 143, 144, 156
_ROW, _ERROR, _REAL, _TEXT = 0, 3, 5, 6
NOT_AVAILABLE = 0x2A


class Error(int):
    """A formula error, by its number."""


def workbook(rows: Sequence[Sequence[str | float | None]], name: str = "Products") -> bytes:
    """Return a workbook with one sheet."""
    book = [
        _record(_BEGIN_BOOK),
        _record(_BEGIN_SHEETS),
        _record(_SHEET, struct.pack("<II", 0, 1) + _string("rId1") + _string(name)),
        _record(_END_SHEETS),
        _record(_END_BOOK),
    ]
    width = max(map(len, rows))
    sheet = [
        _record(_BEGIN_SHEET),
        _record(_DIMENSIONS, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)),
        _record(_BEGIN_DATA),
    ]
    for number, cells in enumerate(rows):
        sheet.append(_record(_ROW, struct.pack("<IIHHBI", number, 0, 300, 0, 0, 0)))
        sheet += [_cell(column, value) for column, value in enumerate(cells) if value is not None]
    sheet += [_record(_END_DATA), _record(_END_SHEET)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS.format(kind="officeDocument", target="xl/workbook.bin"))
        archive.writestr("xl/workbook.bin", b"".join(book))
        archive.writestr(
            "xl/_rels/workbook.bin.rels", _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.bin")
        )
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(sheet))
    return file.getvalue()


def _cell(column: int, value: str | float) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(value, Error):
        return _record(_ERROR, place + bytes([value]))
    if isinstance(value, str):
        return _record(_TEXT, place + _string(value))
    return _record(_REAL, place + struct.pack("<d", value))


def _string(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, data: bytes = b"") -> bytes:
    return _number(kind, step=8) + _number(len(data), step=7) + data


def _number(value: int, *, step: int) -> bytes:
    if step == 8:  # the type carries its own continuation bit
        return bytes([value]) if value < 128 else bytes([value & 0xFF, value >> 8 or 1])
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)
