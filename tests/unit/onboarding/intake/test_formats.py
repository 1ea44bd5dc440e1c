"""What is no product list is named for what it is, whatever it is called."""

import gzip
import io
import json
import zipfile
from itertools import combinations

import pytest

from onboarding.intake.formats import Format, format_of
from onboarding.intake.reading import read_products
from onboarding.intake.refusal import FileRefused
from rules import ProductRules, RefusalCode

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _zip(*names: str, mimetype: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
            archive.writestr("META-INF/manifest.xml", "<manifest/>")
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def _ole(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le") + bytes(100)


KINDS = {
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "a PNG image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "a GIF image": b"GIF89a\1\0\1\0",
    "a TIFF image": b"II*\0\x08\0\0\0",
    "a WebP image": b"RIFF\x24\0\0\0WEBPVP8 ",
    "a HEIC or AVIF image": b"\0\0\0\x18ftypheic\0\0\0\0",
    "a video": b"\0\0\0\x18ftypmp42\0\0\0\0",
    "a BMP image": b"BM\x36\0\0\0\0\0\0\0",
    "a program": b"MZ\x90\0\3\0\0\0",
    "a gzip archive": gzip.compress(b"sku,price"),
    "a RAR archive": b"Rar!\x1a\x07\x01\0",
    "a 7-Zip archive": b"7z\xbc\xaf\x27\x1c\0\4",
    "an SQLite database": b"SQLite format 3\0\x10\0",
    "a Parquet file": b"PAR1\x15\4PAR1",
    "an RTF text document": b"{\\rtf1\\ansi sku",
    "a web page": b"<html><table><tr><td>sku</td></tr></table></html>",
    "an XML spreadsheet of Excel 2003": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>',
    "an XML file": b'<?xml version="1.0"?><products/>',
    "a JSON file": json.dumps([{"sku": "S1"}], indent=1).encode(),
    "an SVG image": b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
    "a SYLK spreadsheet": b'ID;PWXL;N;E\nP;PGeneral\nC;Y1;X1;K"sku"\n',
    "a PostScript document": b"%!PS-Adobe-3.0\n",
    "an address card": b"BEGIN:VCARD\nVERSION:3.0\n",
    "an e-mail": b"From: vendor@example.com\nTo: techmart@example.com\n",
    "a Word document": _zip("[Content_Types].xml", "word/document.xml"),
    "a PowerPoint presentation": _zip("[Content_Types].xml", "ppt/presentation.xml"),
    "a Numbers, Pages or Keynote document": _zip("Index/Document.iwa", "preview.jpg"),
    "an OpenDocument text": _zip("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
    "an e-book": _zip("OEBPS/a.xhtml", mimetype="application/epub+zip"),
    "a ZIP archive": _zip("products.csv"),
    "an empty ZIP archive": b"PK\5\6" + bytes(18),
    "an old Office document": OLE,
    "an Outlook message": _ole("__substg1.0_0037001F"),
    "a workbook of Excel 4 or older": b"\x09\x04\x06\0\0\0\x10\0\0\0",
}


@pytest.mark.parametrize("kind", KINDS)
def test_file_is_refused_as_what_it_is_when_it_is_no_product_list(rules: ProductRules, kind: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read_products(KINDS[kind], rules)

    assert caught.value.code == RefusalCode.UNSUPPORTED_FILE
    assert caught.value.message.startswith(f"The file is {kind}")
    assert "upload" in caught.value.message


@pytest.mark.parametrize("kind", ["a web page", "a JSON file", "an XML file"])
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_file_is_refused_as_what_it_is_when_it_is_saved_as_unicode(rules: ProductRules, kind: str, codec: str) -> None:
    with pytest.raises(FileRefused, match=f"UNSUPPORTED_FILE: The file is {kind}"):
        read_products(KINDS[kind].decode().encode(codec), rules)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{\n  "products": []}', "a JSON file"),
        (b"[\r\n  [1, 2]]", "a JSON file"),
        (b"{}", "a JSON file"),
        (b"<products>\n <product/></products>", "an XML file"),
        (b"<rss version='2.0'><channel/></rss>", "an XML file"),
    ],
)
def test_file_is_refused_as_what_it_is_when_it_is_indented_or_has_no_declaration(
    rules: ProductRules, body: bytes, kind: str
) -> None:
    with pytest.raises(FileRefused, match=f"UNSUPPORTED_FILE: The file is {kind}"):
        read_products(body, rules)


@pytest.mark.parametrize(
    "start",
    [
        *(
            "BMW parts",
            "MZ-700",
            "PAR1X",
            "GIF card",
            "ID",
            "Rar things",
            "{sku}",
            "[sku]",
            "<sku>",
            "<my sku>",
            "ID;PREIS",
            "ID;Price",
            "%",
            "PK",
            "II",
            "From",
        ),
        *("From:", "riff", "SQL", "xml", "html", "sku", '"sku"'),
    ],
)
def test_file_is_text_when_its_first_words_only_look_like_a_format(start: str) -> None:
    assert format_of(f"{start},price\n1,2\n".encode()) == Format.TEXT


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (_zip("[Content_Types].xml", "xl/workbook.xml"), Format.XLSX),
        (_zip("[Content_Types].xml", "xl/workbook.bin"), Format.XLSB),
        (_zip("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), Format.ODS),
        (_ole("Workbook"), Format.XLS),
        (_ole("Book"), Format.XLS),
    ],
)
def test_format_is_known_when_it_is_a_workbook(body: bytes, kind: Format) -> None:
    assert format_of(body) == kind


def test_every_kind_has_a_name_of_its_own() -> None:
    assert not [(one, other) for one, other in combinations(KINDS, 2) if KINDS[one] == KINDS[other]]


def test_file_is_refused_as_empty_when_it_has_no_bytes(rules: ProductRules) -> None:
    with pytest.raises(FileRefused, match="EMPTY_FILE: The file is empty"):
        read_products(b"", rules)
