"""Tells what a file is by its content, whatever it is called, and refuses what cannot be a product list."""

import io
import re
import zipfile
from enum import StrEnum

from onboarding.intake.refusal import FileRefused
from rules import RefusalCode


class Format(StrEnum):
    """What the reader reads. The values stand in `upload_history.read_as`."""

    TEXT = "csv"
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"


_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"8BPS", "a Photoshop image"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an XZ archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"{\\rtf", "an RTF text document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\0\x01\0\0Standard ", "an Access database"),
    (b"ID3", "an MP3 recording"),
    (b"%!PS", "a PostScript document"),
    (b"ID;PWXL", "a SYLK spreadsheet"),  # "ID;P" alone may be the header of a product list
    (b"ID;PSCALC", "a SYLK spreadsheet"),
    (b"BEGIN:VCARD", "an address card"),
    (b"BEGIN:VCALENDAR", "a calendar"),
)
_OLD_EXCEL = tuple(bytes((9, version, size, 0)) for version, size in ((0, 4), (2, 6), (4, 6)))
_ZIP_MEMBERS = (
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("Index/", "a Numbers, Pages or Keynote document"),
    ("index.apxl", "a Keynote document"),
)
_ZIP_TYPES = {
    b"application/vnd.oasis.opendocument.text": "an OpenDocument text",
    b"application/vnd.oasis.opendocument.presentation": "an OpenDocument presentation",
    b"application/epub+zip": "an e-book",
}
_ODS_TYPES = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.spreadsheet-template",
)
_OLE_STREAMS = (
    ("WordDocument", "a Word document"),
    ("PowerPoint Document", "a PowerPoint presentation"),
    ("__substg1.0_", "an Outlook message"),
)
# The records of a workbook begin with BOF; FILEPASS follows, perhaps after WRITEPROT ([MS-XLS] 2.1.7.20.3).
_PASSWORD_OF_XLS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
_ELEMENT = re.compile(rb"<[a-z][\w:.-]*(?:\s+[\w:.-]+=|/>|>\s*<)")
_JSON = re.compile(rb"""\{\s*["}]|\[\s*[\[{"\]]""")
SAVE_AS = 'Save the product list as an Excel workbook (.xlsx) or as "CSV UTF-8" and upload that file.'
_HEAD = 512


def format_of(body: bytes) -> Format:
    """Return the format of a file. Raises FileRefused with UNSUPPORTED_FILE, which names what it is."""
    if body.startswith(_ZIP):
        return _of_zip(body)
    if body.startswith(_OLE):
        return _of_ole(body)
    if body.startswith(_OLD_EXCEL):
        raise unsupported("a workbook of Excel 4 or older")
    kind = _by_signature(body) or _by_words(body)
    if kind is not None:
        raise unsupported(kind)
    return Format.TEXT


def refused_beginnings() -> list[tuple[bytes, str]]:
    """Return what files begin with that are refused whatever follows, and the words of the refusal."""
    return [(signature, unsupported(kind).message) for signature, kind in _SIGNATURES]


def unsupported(what: str, advice: str = SAVE_AS) -> FileRefused:
    """Return the refusal of a file that is no product list."""
    return FileRefused(RefusalCode.UNSUPPORTED_FILE, f"The file is {what}, which cannot be read. {advice}")


def damaged(what: str) -> FileRefused:
    """Return the refusal of a workbook that cannot be opened."""
    return FileRefused(
        RefusalCode.UNSUPPORTED_FILE,
        f"The file is {what}, but it is damaged or incomplete. Open it in your spreadsheet program, "
        "save it again and upload it once more.",
    )


def protected() -> FileRefused:
    """Return the refusal of a workbook that only opens with a password."""
    return unsupported(
        "protected with a password", "Remove the password in your spreadsheet program, save it and upload it again."
    )


def _by_signature(body: bytes) -> str | None:
    for signature, kind in _SIGNATURES:
        if body.startswith(signature):
            return kind
    if body[:4] == b"RIFF":
        return {b"WEBP": "a WebP image", b"WAVE": "a WAV recording"}.get(body[8:12], "a video")
    if body[4:8] == b"ftyp":
        return "a HEIC or AVIF image" if body[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "a video"
    nul_inside = b"\0" in body[:32]
    if body[:2] == b"BM" and nul_inside:
        return "a BMP image"
    if (body[:2] == b"MZ" and nul_inside) or body[:4] == b"\x7fELF":
        return "a program"
    if body.startswith(b"PAR1") and body.endswith(b"PAR1"):
        return "a Parquet file"
    if body[257:262] == b"ustar":
        return "a TAR archive"
    return None


def _by_words(body: bytes) -> str | None:
    """Return what a text file is that is marked up: a web page, XML or JSON."""
    head = body[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<div", b"<style")):
        return "a web page, even if its name ends in .xls or .csv"
    if head.startswith((b"<?xml", b"<workbook", b"<ss:workbook")):
        if b"<html" in head:
            return "a web page, even if its name ends in .xls or .csv"
        return "an XML spreadsheet of Excel 2003" if b"excel.sheet" in head or b"workbook" in head else "an XML file"
    if head.startswith(b"<svg"):
        return "an SVG image"
    if _ELEMENT.match(head):
        return "an XML file"
    if _JSON.match(head):
        return "a JSON file"
    if head.startswith((b"mime-version:", b"from: ", b"received: ", b"return-path:")):
        return "an e-mail"
    return None


def _of_zip(body: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:100].strip() if "mimetype" in names[:3] else b""
            manifest = archive.read("META-INF/manifest.xml") if kind in _ODS_TYPES else b""
    except Exception as error:  # zipfile meets damage with errors of many classes; the file is at fault in each
        raise damaged("a workbook or a ZIP archive") from error
    if b":encryption-data" in manifest:
        raise protected()
    if kind in _ODS_TYPES:
        return Format.ODS
    if "xl/workbook.bin" in names:
        return Format.XLSB
    if any(name.startswith("xl/") for name in names):
        return Format.XLSX
    if kind in _ZIP_TYPES:
        raise unsupported(_ZIP_TYPES[kind])
    for member, what in _ZIP_MEMBERS:
        if any(name.startswith(member) for name in names):
            raise unsupported(what)
    raise unsupported("a ZIP archive", "Unpack it and upload the product list that is in it.")


def _of_ole(body: bytes) -> Format:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in body

    if holds("EncryptedPackage"):
        raise protected()
    if _PASSWORD_OF_XLS.search(body):
        raise protected()
    if holds("Workbook") or holds("Book"):
        return Format.XLS
    for stream, what in _OLE_STREAMS:
        if holds(stream):
            raise unsupported(what)
    raise unsupported("an old Office document")
