"""Damaged files of every format end as rows or as one refusal, never as any other exception."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding.intake.reading import read_products
from onboarding.intake.refusal import FileRefused
from rules import ProductRules
from tests.unit.onboarding.intake.catalogues import catalogue, saved_as

RULES = ProductRules.load()
SAMPLES = Path(__file__).with_name("workbooks")
HEADER = ["vendor_product_id", "product_name", "category", "sku", "price", "stock_quantity"]
TEXTS = {
    "UTF-8": catalogue("german", 8, 1.0, seed=1).encode(),
    "UTF-16": catalogue("chinese", 8, 1.0, seed=1).encode("utf-16"),
    "UTF-16 without a mark": catalogue("japanese", 8, 1.0, seed=1).encode("utf-16-be"),
    "Windows-1252": saved_as(catalogue("french", 8, 1.0, seed=1), "cp1252"),
    "GB18030": saved_as(catalogue("chinese", 8, 1.0, seed=1), "gb18030"),
    "quotes": b'sep=;\n"sku";"price";"' + ";".join(HEADER[:4]).encode() + b'";stock\n"a;""b""";"1,5";;;\n',
}
WORKBOOKS = {
    "xlsx": (SAMPLES / "products.xlsx").read_bytes(),
    "ods": (SAMPLES / "products.ods").read_bytes(),
    "xls": (SAMPLES / "products.xls").read_bytes(),
    "xls of 1995": (SAMPLES / "products-1995.xls").read_bytes(),
    "xlsb": (SAMPLES / "products.xlsb").read_bytes(),
    "protected": (SAMPLES / "protected.xlsx").read_bytes(),
}
PARTS = {
    "xlsx": ["xl/workbook.xml", "xl/worksheets/sheet3.xml", "xl/sharedStrings.xml", "xl/styles.xml"],
    "ods": ["content.xml", "mimetype", "META-INF/manifest.xml"],
    "xlsb": ["xl/workbook.bin", "xl/worksheets/sheet3.bin", "xl/styles.bin", "xl/_rels/workbook.bin.rels"],
}
SPICE = (
    *(b"\0", b"\xff", b'"', b",", b";", b"\r", b"\n", b"\xef\xbb\xbf", b"=", b"'", b"_errors", b"\x1b", b"\x80" * 9),
    *(b"<", b"&", b"t='e'", b"9999999", b"-1", b"r='XFD1048576'", b"\xff\xff\xff\x7f", b"<!DOCTYPE x []>"),
)
RELAXED = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
FILES_PER_EXAMPLE = 10


def mutated(body: bytes, chance: random.Random) -> bytes:
    """Return the bytes with one to four pieces cut out, doubled, replaced or put in."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(body) + 1)
        end = min(len(body), start + chance.choice([0, 1, 1, 2, 8, 64, len(body)]))
        middle = chance.choice(
            [b"", body[start:end] * 2, chance.randbytes(end - start), chance.choice(SPICE), body[start:end][::-1]]
        )
        body = body[:start] + middle + body[end:]
    return body


def with_mutated_part(body: bytes, part: str, chance: random.Random) -> bytes:
    """Return a ZIP archive that is sound, but for the content of one part."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, mutated(content, chance) if name == part else content)
    return file.getvalue()


def end_of(body: bytes) -> str:
    """Return how reading ends. Raises whatever is no refusal."""
    try:
        file = read_products(body, RULES)
    except FileRefused as refusal:
        assert refusal.message
        return refusal.code
    assert file.rows
    assert all(row.row_number > 0 for row in file.rows)
    file.read_as.sentence()
    file.read_as.to_json()
    return "rows"


@pytest.mark.parametrize("kind", TEXTS)
@settings(RELAXED, max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_text_ends_as_rows_or_a_refusal_when_it_is_damaged(kind: str, seed: int) -> None:
    chance = random.Random(seed)

    bodies = [mutated(TEXTS[kind], chance) for _ in range(FILES_PER_EXAMPLE)]

    ends = [end_of(body) for body in bodies]

    assert end_of(bodies[0]) == ends[0]


@pytest.mark.parametrize("kind", WORKBOOKS)
@settings(RELAXED, max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_workbook_ends_as_rows_or_a_refusal_when_it_is_damaged(kind: str, seed: int) -> None:
    chance = random.Random(seed)

    for _ in range(FILES_PER_EXAMPLE):
        end_of(mutated(WORKBOOKS[kind], chance))


@pytest.mark.parametrize(("kind", "part"), [(kind, part) for kind, parts in PARTS.items() for part in parts])
@settings(RELAXED, max_examples=3)
@given(seed=st.integers(0, 2**32))
def test_workbook_ends_as_rows_or_a_refusal_when_a_part_of_it_is_damaged(kind: str, part: str, seed: int) -> None:
    chance = random.Random(seed)

    for _ in range(FILES_PER_EXAMPLE):
        end_of(with_mutated_part(WORKBOOKS[kind], part, chance))


def test_undamaged_files_are_read_when_nothing_is_changed() -> None:
    ends = {kind: end_of(body) for kind, body in {**TEXTS, **WORKBOOKS}.items()}

    assert {kind for kind, end in ends.items() if end == "rows"} == {*TEXTS, *WORKBOOKS} - {"quotes", "protected"}


@pytest.mark.parametrize(
    "start", [b"", b"\xff\xfe", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"sep=", b"sku,price\n"]
)
@settings(RELAXED, max_examples=30)
@given(end=st.binary(max_size=300))
def test_any_bytes_end_as_rows_or_a_refusal(start: bytes, end: bytes) -> None:
    end_of(start + end)
