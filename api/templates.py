"""The workbook that vendors start from, with the categories of now in place of those at launch."""

import io
import re
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

_PRODUCTS, _CATEGORIES = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet4.xml"
"""The sheets as samples/templates.py makes them. Two parts of the archive are written anew, in a few milliseconds: what
makes workbooks from nothing is no part of the package."""


def with_categories(workbook: bytes, categories: Sequence[str]) -> bytes:
    """Return the template with these categories on their sheet and in the list of the column."""
    last_row = max(len(categories), 1) + 1
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as template, zipfile.ZipFile(made, "w") as archive:
        for part in template.infolist():
            content = template.read(part)
            if part.filename == _PRODUCTS:
                content = _replaced(rb"Categories!\$A\$2:\$A\$\d+", f"Categories!$A$2:$A${last_row}", content)
            if part.filename == _CATEGORIES:
                content = _replaced(rb'(?<=<dimension ref="A1:A)\d+', str(last_row), content)
                content = _replaced(rb'<row r="2" .*(?=</sheetData>)', _rows(categories), content)
            archive.writestr(part, content)
    return made.getvalue()


def _rows(categories: Sequence[str]) -> str:
    return "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t xml:space="preserve">{escape(name)}</t></is></c></row>'
        for row, name in enumerate(categories, start=2)
    )


def _replaced(pattern: bytes, text: str, content: bytes) -> bytes:
    changed, count = re.subn(pattern, lambda _: text.encode(), content)
    assert count == 1, pattern  # noqa: S101 - the template is of this release
    return changed
