"""Turns the bytes of a text file into text: Unicode where it is certain, else the encoding its letters speak for."""

import codecs
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from typing import AnyStr

from onboarding.intake.refusal import FileRefused
from rules import RefusalCode
from rules.encodings import Encoding, EncodingRules, legacy_encodings

UTF_8 = "UTF-8"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8", UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),  # begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_MARK = "\x1a"
"""Of the end of a file. Some programs fill a block with it, and some write a line break behind it."""
_AT_THE_END = _MARK + "\r\n"
_SAMPLE = 200_000
"""Letters beyond ASCII that are looked at; the first ones, so that the same bytes are always read the same way."""
_BEYOND_ASCII = re.compile(rb"(?s)(?<=(.))([\x80-\xff])(?=(.))")
_UTF_8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_LEVEL_1_HANZI = range(0xB0, 0xD8)
_HANGUL = range(0xAC00, 0xD7A4)
_KANA = range(0x3041, 0x3100)
_WIDE = ((0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xFF01, 0xFF9F), (0xFFE0, 0xFFE6))
_LAST_LATIN = "\u024f"
Contexts = Counter[tuple[bytes, bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and the encoding it was in, as vendors call it."""

    text: str
    encoding: str


def decode(body: bytes) -> Decoded:
    """Return the text of a file without its byte order mark, and without the marks of its end that DOS programs write.

    Raises FileRefused when it is text in no encoding that fits.
    """
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            text = _strictly(body, codec, name, skip=len(mark))
            return Decoded(_until(_MARK, text, _AT_THE_END), name)
    nul = body.find(b"\0")
    if nul >= 0:
        return Decoded(_until(_MARK, _utf_16_by_nuls(body, nul), _AT_THE_END), "UTF-16")
    body = _until(_MARK.encode(), body, _AT_THE_END.encode())
    try:
        return Decoded(body.decode("utf-8"), UTF_8)
    except UnicodeDecodeError as error:
        return _legacy(body, error)


def _until(mark: AnyStr, text: AnyStr, at_the_end: AnyStr) -> AnyStr:
    """Return the text before the first mark that has nothing but marks and line breaks behind it."""
    found = text.find(mark, len(text.rstrip(at_the_end)))
    return text if found < 0 else text[:found]


def _strictly(body: bytes, codec: str, name: str, *, skip: int = 0) -> str:
    try:
        text = body[skip:].decode(codec)
    except UnicodeDecodeError as error:
        if codec == "utf-8":
            reason = f"line {_line_of(body, skip + error.start)} is not encoded as UTF-8"
        else:
            reason = f"it begins as {name}, but is damaged later on"
        raise not_a_csv(reason) from None
    if "\0" in text:
        raise not_a_csv(f"it has a NUL byte in line {text.count(chr(10), 0, text.index(chr(0))) + 1}")
    return text


def _utf_16_by_nuls(body: bytes, first: int) -> str:
    """Return the text of UTF-16 without a byte order mark: every ASCII character has its zero byte on one side."""
    low, high = body[::2].count(0), body[1::2].count(0)
    most, least = max(low, high), min(low, high)
    if most * 10 >= len(body) and least * 5 <= most:
        try:
            text = body.decode("utf-16-be" if low > high else "utf-16-le")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" not in text:
            return text
    raise not_a_csv(f"it has a NUL byte in line {_line_of(body, first)}, as damaged files and other formats do")


def _legacy(body: bytes, error: UnicodeDecodeError) -> Decoded:
    rules = legacy_encodings()
    if _CONTROL.search(body):
        raise not_a_csv("it holds control characters, so it is not a text file")
    if _is_damaged_utf_8(body):
        raise not_a_csv(f"line {_line_of(body, error.start)} is not encoded as UTF-8, but the rest of it is")
    for encoding in rules.encodings:
        if encoding.script and (text := _text_of_script(body, encoding)) is not None:
            return Decoded(text, encoding.name)
    contexts: Contexts = Counter(
        (match[1], match[2], match[3]) for match in islice(_BEYOND_ASCII.finditer(b"\n" + body + b"\n"), _SAMPLE)
    )
    letters = b"".join({character for _, character, _ in contexts})
    best: tuple[int, Encoding] | None = None
    rival = False
    for encoding in rules.encodings:
        if not encoding.alphabets or not _decodes(body, encoding.codec):
            continue
        count = _implausible(contexts, encoding, rules)
        if count > encoding.implausible * contexts.total():
            continue
        if best is None or count < best[0]:
            best, rival = (count, encoding), False
        elif count == best[0]:
            rival = rival or _reads(letters, encoding.codec) != _reads(letters, best[1].codec)
    if best is None or rival:
        raise not_a_csv("it is in an encoding that cannot be told for certain")
    return Decoded(body.decode(best[1].codec), best[1].name)


def _decodes(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _reads(letters: bytes, codec: str) -> str:
    return letters.decode(codec, errors="replace")


def _is_damaged_utf_8(body: bytes) -> bool:
    """Tell whether most of what is not ASCII is UTF-8: then the rest is damage and not another encoding."""
    inside = sum(len(match[0]) for match in islice(_UTF_8_SEQUENCE.finditer(body), _SAMPLE))
    every = sum(1 for _ in islice(_HIGH_BYTE.finditer(body), 2 * _SAMPLE))
    return inside > every / 2


def _text_of_script(body: bytes, encoding: Encoding) -> str | None:
    """Return the text if enough of it is of the encoding's script."""
    try:
        text = body.decode(encoding.codec)
    except UnicodeDecodeError:
        return None
    characters = Counter(text[: 4 * _SAMPLE])
    beyond = {c: count for c, count in characters.items() if c > "\x7f"}
    fitting = sum(count for c, count in beyond.items() if _is_of(c, encoding.script))
    if fitting < encoding.share * sum(beyond.values()):
        return None
    if encoding.script == "kana" and not any(ord(c) in _KANA for c in beyond):
        return None
    return text


def _is_of(character: str, script: str) -> bool:
    if script == "hangul":
        return ord(character) in _HANGUL
    if script == "kana":
        return any(low <= ord(character) <= high for low, high in _WIDE)
    try:
        encoded = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return encoded[0] in _LEVEL_1_HANZI or encoded[0] in (0xA1, 0xA3)  # punctuation, full-width letters


def _implausible(contexts: Contexts, encoding: Encoding, rules: EncodingRules) -> int:
    """Return how many of the characters no language of this encoding explains."""
    fitting: Counter[str] = Counter()
    for context, count in contexts.items():
        before, character, after = (part.decode(encoding.codec, errors="replace") for part in context)
        if _fits_in(before, character, after, rules):
            fitting[character] += count
    return contexts.total() - max(_explained(fitting, alphabet, rules.signs) for alphabet in encoding.alphabets)


def _explained(fitting: Counter[str], alphabet: Collection[str], signs: Collection[str]) -> int:
    return sum(count for c, count in fitting.items() if c in alphabet or c in signs or c == "\u00a0")


def _fits_in(before: str, character: str, after: str, rules: EncodingRules) -> bool:
    """Tell whether a character can stand between these two.

    No capital inside a word, no sign between letters, no letters of two scripts in one word.
    """
    ascii_letters = _is_ascii_letter(before) + _is_ascii_letter(after)
    # A sign may stand at one end of a word, as the quotation marks of „Größe L“ do.
    if character > _LAST_LATIN and ascii_letters > (0 if character.isalpha() else 1):
        return False
    if character.isalpha() and character not in "ºªµ":
        if character.isupper():
            return not before.islower()
        return not (before.isupper() and after.isupper() and character != "ß")
    return character in rules.joining or not (before.isalpha() and after.isalpha())


def _is_ascii_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _line_of(body: bytes, position: int) -> int:
    return body.count(b"\n", 0, position) + 1


def not_a_csv(reason: str) -> FileRefused:
    """Return the refusal of a text file that cannot be read."""
    return FileRefused(
        RefusalCode.NOT_A_CSV,
        f'The file cannot be read as a CSV: {reason}. Save it as "CSV UTF-8 (comma delimited)" and upload it again.',
    )
