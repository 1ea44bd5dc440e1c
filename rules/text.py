"""Cells as text: trimming them before the rules look, and showing them in messages."""

import re
import unicodedata

# Everything str.strip() takes off, and the invisible marks that files from spreadsheets and web pages carry: of byte
# order, places where a word may be parted or not, and the direction of writing.
BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
    "\ufeff\u200b\u2060\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_MARKS = BLANKS + "*:"
SHOWN_CHARACTERS = 60
_NAME_BREAKS = re.compile(r"[\s-]+")
_NEW_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class CutText(str):
    """The beginning of a cell that was too long to be staged whole; its len() is the length the vendor sent."""

    __slots__ = ("sent_length",)
    sent_length: int

    def __new__(cls, text: str, sent_length: int) -> "CutText":
        cut = super().__new__(cls, text)
        cut.sent_length = sent_length
        return cut

    def __len__(self) -> int:
        return self.sent_length


def trim(text: str) -> str:
    """Return the cell without blanks at its ends: what rules, duplicates and the catalogue see."""
    return text.strip(BLANKS)


def header_name(text: str) -> str:
    """Return the name of a column as headers are compared: trimmed, case-folded, spaces and hyphens as underscores."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)  # some systems write "é" as "e" and a combining accent
    return _NAME_BREAKS.sub("_", trim(text).casefold())


def spelled_out(text: str) -> str:
    """Return the name of a column without marks such as `*` at its ends, and "stockQuantity" as "stock_Quantity".

    A `#` at the end says "number": `Stock #` is an article's number, and not how many there are.
    """
    name = text.strip(_MARKS).lstrip(_MARKS + "#")
    if name.endswith("#"):
        name = f"{name.rstrip(_MARKS + '#')} number"
    return _NEW_WORDS.sub("_", name)


def shown(text: str) -> str:
    """Return the text fit for one line of a message: shortened, and control characters made visible."""
    excerpt = text[:SHOWN_CHARACTERS]
    if not excerpt.isprintable():
        excerpt = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in excerpt)
    return excerpt + "…" if len(text) > SHOWN_CHARACTERS else excerpt


def quoted(text: str) -> str:
    """Return the text as `shown`, in double quotation marks."""
    return f'"{shown(text)}"'
