"""The samples show what their README says, judged by the rules and the file's own earlier rows."""

import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from rules import ErrorCode, ProductRules, RowError, trim
from samples.generate import COLUMNS, KINDS, expected_errors, generate

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
CATEGORIES = frozenset(
    {
        "Computer Accessories",
        "Laptops",
        "Desktops",
        "Tablets",
        "Monitors",
        "Printers & Scanners",
        "Networking",
        "Storage",
        "Components",
        "Software",
        "Smartphones",
        "Phone Accessories",
        "Audio",
        "Headphones",
        "Cameras",
        "TV & Home Theater",
        "Wearables",
        "Smart Home",
        "Gaming",
        "Office Supplies",
        "Home & Kitchen",
        "Appliances",
        "Furniture",
        "Tools & Home Improvement",
        "Sports & Outdoors",
        "Toys & Games",
        "Health & Beauty",
        "Clothing",
        "Books",
        "Automotive",
    }
)
ROW_CODES = set(ErrorCode) - {ErrorCode.PROCESSING_ERROR, ErrorCode.UNKNOWN_PRODUCT, ErrorCode.PRODUCT_MISMATCH}
"""Of imports: nothing that a file alone can show is missing."""


def read(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))


def judge(
    rules: ProductRules, body: bytes, catalogue_skus: frozenset[str] = frozenset()
) -> tuple[int, dict[int, tuple[str, ...]]]:
    """Return the number of records and the codes of the bad rows, as the onboarding defines them."""
    header, *rows = read(body)
    first_rows: dict[tuple[str, str], int] = {}
    records = 0
    found: dict[int, tuple[str, ...]] = {}
    for number, cells in enumerate(rows, start=1):
        if not any(map(trim, cells)):
            continue
        records += 1
        if len(cells) != len(header):
            found[number] = (rules.malformed(cells, header, ",").code.value,)
            continue
        row = dict(zip(header, cells, strict=True))
        errors: list[RowError] = list(rules.check(row, CATEGORIES).errors)
        for column in ("sku", "vendor_product_id"):
            value = trim(row[column])
            earlier = first_rows.setdefault((column, value), number) if value else number
            if earlier != number or (column == "sku" and value in catalogue_skus):
                errors.append(rules.duplicate(column, value, earlier_row=earlier if earlier != number else None))
        if errors:
            found[number] = tuple(error.code.value for error in rules.in_order(errors))
    return records, found


@pytest.fixture(scope="module")
def rules() -> ProductRules:
    return ProductRules.load()


@pytest.mark.parametrize("name", ["clean.csv", "errors.csv"])
def test_sample_has_the_expected_errors_when_judged_after_clean(rules: ProductRules, name: str) -> None:
    clean = {row[COLUMNS.index("sku")] for row in read((SAMPLES / "clean.csv").read_bytes())[1:]}
    catalogue = frozenset[str]() if name == "clean.csv" else frozenset(clean)

    records, found = judge(rules, (SAMPLES / name).read_bytes(), catalogue)

    assert records == EXPECTED[name]["total_records"]
    assert found == {int(number): tuple(codes) for number, codes in EXPECTED[name]["errors"].items()}


def test_errors_sample_shows_every_row_code_when_read() -> None:
    shown = {code for codes in EXPECTED["errors.csv"]["errors"].values() for code in codes}

    assert shown == ROW_CODES


def test_changes_sample_keeps_the_rules_and_names_products_of_clean_when_read(rules: ProductRules) -> None:
    header, *rows = read((SAMPLES / "changes.csv").read_bytes())
    listed = {row[COLUMNS.index("sku")] for row in read((SAMPLES / "clean.csv").read_bytes())[1:]}

    assert rules.for_updates.missing_columns(header) == []
    for cells in rows:
        assert rules.for_updates.check(dict(zip(header, cells, strict=True)), CATEGORIES).errors == ()
    assert [cells[0] in listed for cells in rows] == [True] * 5 + [False]


def test_errors_sample_keeps_its_oddities_when_checked_out() -> None:
    body = (SAMPLES / "errors.csv").read_bytes()

    assert body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\r\n") == 22
    assert b"tweeter.\nSold" in body
    assert b'"=HYPERLINK(' in body


def test_readme_lists_the_same_codes_when_compared_with_expected_json() -> None:
    section = (SAMPLES / "README.md").read_text(encoding="utf-8").partition("## The rows of errors.csv")[2]
    lines = re.findall(r"^\| (\d+) \|.*\| (.*) ?\|$", section.partition("\n## ")[0], re.MULTILINE)

    listed = {number: re.findall(r"`([A-Z_]+)`", codes) for number, codes in lines}

    assert {number: codes for number, codes in listed.items() if codes} == EXPECTED["errors.csv"]["errors"]


def test_refused_sample_lacks_required_columns_when_read(rules: ProductRules) -> None:
    header = read((SAMPLES / "refused.csv").read_bytes())[0]

    assert set(rules.required) - set(header) == {"price", "stock_quantity"}


def test_columns_and_categories_are_the_known_ones_when_generated(rules: ProductRules) -> None:
    assert rules.columns == COLUMNS
    assert {kind.category for kind in KINDS} <= CATEGORIES


@pytest.mark.parametrize(
    ("rows", "rate", "seed", "vendor"),
    [
        (400, 0.2, 7, "VEND001"),
        (400, 0.2, 8, "VEND002"),
        (10, 1, 1, "VEND003"),
        (30, 0, 1, "VEND001"),
        (0, 0.5, 1, "V"),
    ],
)
def test_generate_makes_exactly_the_expected_errors_when_judged(
    rules: ProductRules, rows: int, rate: float, seed: int, vendor: str
) -> None:
    records, found = judge(rules, generate(rows, rate, seed, vendor))

    assert records == rows
    assert len(found) == round(rows * rate)
    assert found == expected_errors(rows, rate, seed, vendor)


def test_generate_spreads_all_row_codes_when_rows_are_many() -> None:
    counts = Counter(code for codes in expected_errors(2000, 0.05, 7, "VEND001").values() for code in codes)

    assert set(counts) == ROW_CODES
    assert min(counts.values()) >= 10


def test_generate_repeats_itself_when_arguments_are_equal() -> None:
    first, again, other = (generate(50, 0.1, seed, "VEND001") for seed in (7, 7, 8))

    assert first == again
    assert first != other


def test_generate_never_reuses_an_sku_when_seed_or_vendor_differ() -> None:
    files = [generate(50, 0, seed, vendor) for seed in (1, 2) for vendor in ("VEND001", "VEND002")]

    skus = [row[COLUMNS.index("sku")] for body in files for row in read(body)[1:]]

    assert len(set(skus)) == 4 * 50


def test_command_writes_the_same_bytes_when_run(tmp_path: Path) -> None:
    out = tmp_path / "products.csv"
    command = [sys.executable, "samples/generate.py", "--rows", "20", "--error-rate", "0.5", "--seed", "3"]

    subprocess.run([*command, "--out", str(out)], cwd=ROOT, check=True)
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout

    assert out.read_bytes() == printed == generate(20, 0.5, 3, "VEND001")


def test_command_explains_itself_when_the_rate_makes_no_sense() -> None:
    command = [sys.executable, "samples/generate.py", "--error-rate", "5"]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 2
    assert "error_rate between 0 and 1" in result.stderr
