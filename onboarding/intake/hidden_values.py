"""Finds what the workbook library leaves out: formula errors and formulas without a result, which it gives as blank
cells, percentages, which it gives as fractions, and leading zeros of numbers.

It runs in the child process of `isolation`, where a hostile XML file can do no harm.
"""

import io
import re
import struct
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from decimal import InvalidOperation
from xml.etree import ElementTree
from xml.parsers import expat

from onboarding.intake.binary_cells import FoundCell, in_xls, in_xlsb
from onboarding.intake.formats import Format
from onboarding.intake.number_formats import BUILT_IN_SHAPES, Shape, shape_of

Replacements = Mapping[int, Mapping[int, str]]
"""Texts of cells by row and column, both counted from 0."""

NOT_CALCULATED = "#GETTING_DATA"
"""What Excel shows in a cell whose value is still to come."""
_XLSX_SIGNS = re.compile(
    rb"""
    t=["']e["']                                     # an error,
    | <!                                            # what the next lines cannot see through,
    | <(?:\w+:)?c\b (?![^>]*\bt=["']str["']) [^>]*> # a cell that holds no text
      \s* <(?:\w+:)?f\b (?: [^>]*/> | [^>]*>[^<]*</(?:\w+:)?f> )
      \s* (?! <(?:\w+:)?v> [^<\s] )                 # and that has a formula, but no value
    """,
    re.VERBOSE,
)
"""They may be seen where there is nothing: then the sheet is parsed for nothing."""
_ODS_SIGNS = re.compile(rb"""value-type=["'](?:error|percentage)["']|<text:p>0[0-9]+</text:p>""")
_LEADING_ZERO = re.compile("0[0-9]+")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MOST_REPEATS = 1024
_DAMAGE = (
    *(ElementTree.ParseError, zipfile.BadZipFile, struct.error, InvalidOperation),
    *(LookupError, ValueError, OSError, EOFError),
)


def hidden_values(body: bytes, kind: Format, sheet: str, place: int) -> Replacements:
    """Return the cells of a sheet, known by name and place among all, to be read in place of what the library gives.

    A damaged file gives what could be read: the library has judged it.
    """
    found: dict[int, dict[int, str]] = {}
    try:
        for row, column, text in _found(body, kind, sheet, place):
            found.setdefault(row, {})[column] = text
    except _DAMAGE:
        return found
    return found


def _found(body: bytes, kind: Format, sheet: str, place: int) -> Iterator[FoundCell]:
    if kind == Format.XLS:
        yield from in_xls(body, place)
        return
    reader = {Format.XLSX: _in_xlsx, Format.XLSB: in_xlsb, Format.ODS: _in_ods}[kind]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        yield from reader(archive, sheet)


def _in_xlsx(archive: zipfile.ZipFile, sheet: str) -> Iterator[FoundCell]:
    xml = archive.read(_xlsx_part(archive, sheet))
    shapes = _xlsx_shapes(archive)
    if _uses_style(xml, shapes) or _XLSX_SIGNS.search(xml):
        yield from _XlsxCells(shapes).parse(xml)


def _xlsx_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds the sheet, by way of the workbook's relationships."""
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in workbook.iter():
        if _name(element) == "sheet" and element.get("name") == sheet:
            identifier = next((value for key, value in element.items() if key.endswith("}id")), None)
            target = targets[identifier]
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _xlsx_shapes(archive: zipfile.ZipFile) -> dict[str, Shape]:
    """Return what the styles of cells do to numbers."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314
    shapes = {str(number): shape for number, shape in BUILT_IN_SHAPES.items()}
    found: dict[str, Shape] = {}
    for element in styles.iter():
        if _name(element) == "numFmt" and (shape := shape_of(element.get("formatCode", ""))):
            shapes[element.get("numFmtId", "")] = shape
        if _name(element) == "cellXfs":
            used = [style.get("numFmtId", "") for style in element]
            found = {
                str(number): shapes[used_format] for number, used_format in enumerate(used) if used_format in shapes
            }
    return found


def _uses_style(xml: bytes, styles: Collection[str]) -> bool:
    """Tell whether a cell may have one of these styles; programs define many that no cell has."""
    numbers = "|".join(sorted(styles)).encode()
    return bool(styles) and re.search(rb"""\bs=["'](?:%s)["']""" % numbers, xml) is not None


class _XlsxCells:
    """Picks the cells with errors, shaped numbers and formulas without a result out of a sheet.

    Expat calls back for every element, so ends of elements and text are asked for only inside such a cell.
    """

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.found: list[FoundCell] = []
        self._shapes = shapes
        self._row = self._column = -1
        self._cell: dict[str, str] = {}
        self._part = ""
        self._parts: dict[str, str] = {}
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start

    def parse(self, xml: bytes) -> list[FoundCell]:
        """Return row, column and text of each such cell; those before the damage if the XML is damaged."""
        with suppress(expat.ExpatError):
            self._parser.Parse(xml, True)
        return self.found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._part = name
        if name == "c":
            self._column = _column(attributes.get("r"), self._column + 1)
            self._cell = attributes
            if attributes.get("t") == "e" or attributes.get("s") in self._shapes:
                self._listen()
        elif name == "f":
            self._listen()
            self._parts["f"] = ""
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1

    def _listen(self) -> None:
        if self._parser.EndElementHandler is None:
            self._parts = {}
            self._parser.EndElementHandler = self._end
            self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        self._parts[self._part] = self._parts.get(self._part, "") + text

    def _end(self, name: str) -> None:
        self._part = ""
        if name.rpartition(":")[2] != "c":
            return
        self._parser.EndElementHandler = self._parser.CharacterDataHandler = None
        text = self._shown()
        if text is not None:
            self.found.append((self._row, self._column, text))

    def _shown(self) -> str | None:
        kind, value = self._cell.get("t", "n"), self._parts.get("v", "").strip()
        if kind == "e":
            return value or NOT_CALCULATED
        if "f" in self._parts and not value and kind != "str":
            return NOT_CALCULATED
        shape = self._shapes.get(self._cell.get("s", ""))
        return shape(float(value)) if shape and value and kind == "n" else None


def _column(reference: str | None, following: int) -> int:
    """Return the column that a reference such as AB12 names; cells without one follow each other."""
    match = _REFERENCE.fullmatch(reference or "")
    if match is None:
        return following
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _in_ods(archive: zipfile.ZipFile, sheet: str) -> Iterator[FoundCell]:
    xml = archive.read("content.xml")
    if not _ODS_SIGNS.search(xml):
        return
    row = 0
    for event, element in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):  # noqa: S314
        if _name(element) == "table" and event == "start":
            row, wanted = 0, _attribute(element, "name") == sheet
        elif _name(element) == "table-row" and event == "end":
            repeats = int(_attribute(element, "number-rows-repeated") or 1)
            if wanted:
                for column, text in list(_ods_cells(element)):
                    yield from ((row + again, column, text) for again in range(min(repeats, _MOST_REPEATS)))
            row += repeats
            element.clear()


def _ods_cells(row: ElementTree.Element) -> Iterator[tuple[int, str]]:
    column = 0
    for cell in row:
        repeats = int(_attribute(cell, "number-columns-repeated") or 1)
        text = "".join(cell.itertext()).strip()
        if _is_hidden_in_ods(cell, text):
            text = text or NOT_CALCULATED
            yield from ((column + again, text) for again in range(min(repeats, _MOST_REPEATS)))
        column += repeats


def _is_hidden_in_ods(cell: ElementTree.Element, text: str) -> bool:
    types = [value for key, value in cell.items() if key.endswith("}value-type")]
    if "float" in types and _LEADING_ZERO.fullmatch(text):
        return int(text) == float(_attribute(cell, "value") or "nan")
    return "error" in types or "percentage" in types


def _attribute(element: ElementTree.Element, name: str) -> str | None:
    return next((value for key, value in element.items() if key.endswith(f"}}{name}")), None)


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
