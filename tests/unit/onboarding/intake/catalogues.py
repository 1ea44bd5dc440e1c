"""Product lists in many languages, made of real words, for measuring how well encodings are told apart."""

import random
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

WORDS = {
    language: words.split()
    for language, words in tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8")).items()
}
ASCII_WORDS = (
    "Wireless",
    "Mouse",
    "Pro",
    "Set",
    "Mini",
    "USB",
    "Cable",
    "2m",
    "Black",
    "Office",
    "Lamp",
    "LED",
    "Case",
)
WESTERN = ("german", "french", "spanish", "italian", "portuguese", "swedish", "danish")
CENTRAL = ("polish", "czech", "slovak", "hungarian", "romanian", "croatian")
LEGACY = (
    *((language, "cp1252") for language in WESTERN),
    *((language, "mac_roman") for language in WESTERN),
    *((language, "cp1250") for language in CENTRAL),
    *((language, "iso8859-2") for language in CENTRAL),
    ("turkish", "cp1254"),
    ("russian", "cp1251"),
    ("japanese", "cp932"),
    ("chinese", "gb18030"),
)
_HEADER = "vendor_product_id,product_name,category,description,sku,price,stock_quantity"
# Letters that code pages have only in the older way of writing them.
_CODE_PAGE_LETTERS = str.maketrans("șțȘȚ", "şţŞŢ")


def catalogue(language: str, rows: int, local: float, seed: int) -> str:
    """Return a product list of which `local` of the rows are in the language and the others in plain English."""
    chance = random.Random(f"{language} {rows} {local} {seed}")
    return "\r\n".join((_HEADER, *_rows(WORDS[language], rows, local, chance))) + "\r\n"


def _rows(words: Sequence[str], rows: int, local: float, chance: random.Random) -> Iterator[str]:
    local_rows = set(chance.sample(range(rows), max(1, round(rows * local))))
    for number in range(rows):
        pool = words if number in local_rows else ASCII_WORDS
        name = " ".join(chance.choices(pool, k=chance.randint(2, 4)))
        description = " ".join(chance.choices(pool, k=chance.randint(4, 16)))
        price = f"{chance.randint(1, 900)}.{chance.randint(0, 99):02}"
        yield f"P{number:05},{name},Audio,{description},SKU-{number:05},{price},{chance.randint(0, 500)}"


def as_code_pages_have_it(text: str) -> str:
    """Return the text with the letters that code pages have."""
    return text.translate(_CODE_PAGE_LETTERS)


def saved_as(text: str, codec: str) -> bytes:
    """Return the text as a program saves it in this older encoding."""
    return as_code_pages_have_it(text).encode(codec)
