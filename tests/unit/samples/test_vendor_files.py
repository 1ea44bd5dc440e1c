"""The sample vendors' files are made of their data, and get the verdicts that the data say."""

import json
from pathlib import Path

import pytest

from onboarding.intake.reading import ReadFile, read_products
from onboarding.rows import StagedRow
from onboarding.validation.settling import check_rows
from rules import ErrorCode, ProductRules
from samples.templates import launch_categories
from samples.vendor_files import EXPECTED, README, expected_json, make_files, readme
from tests.unit.samples.test_samples import ROW_CODES
from tests.unit.samples.test_templates import _parts

SAMPLES = Path(__file__).parents[3] / "samples"
FILES = ("techgear-direct.csv", "nordic-audio.xlsx", "paper-and-pixel.csv")
ADVICE = "out of date: run `make samples`"


@pytest.fixture(scope="module")
def rules() -> ProductRules:
    return ProductRules.load()


def _read(name: str, rules: ProductRules) -> ReadFile:
    return read_products((SAMPLES / name).read_bytes(), rules)


def test_vendor_files_are_those_of_the_data_when_they_are_made_anew() -> None:
    made = make_files()

    assert tuple(made) == FILES
    for name, body in made.items():
        kept = (SAMPLES / name).read_bytes()
        assert _parts(kept) == _parts(body) if name.endswith(".xlsx") else kept == body, ADVICE
    assert EXPECTED.read_text(encoding="utf-8") == expected_json(), ADVICE
    assert README.read_text(encoding="utf-8") == readme(), ADVICE


@pytest.mark.parametrize("name", FILES)
def test_rows_get_the_expected_verdicts_when_a_vendor_file_is_read(rules: ProductRules, name: str) -> None:
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))[name]
    categories = frozenset(launch_categories())
    listed = {row.cells.get("sku") for row in _read(FILES[0], rules).rows} if name != FILES[0] else set()

    rows = _read(name, rules).rows

    found: dict[str, list[str]] = {}
    for row in rows:
        (checked,) = check_rows(rules, [StagedRow("U", expected["vendor_id"], row, 0)], categories)
        errors = list(checked.errors)
        if row.cells.get("sku") in listed:
            errors.append(rules.duplicate("sku", row.cells["sku"], earlier_row=None))
        if errors:
            found[str(row.row_number)] = [error.code for error in rules.in_order(errors)]
    assert len(rows) == expected["total_records"] == 100
    assert found == expected["errors"]


def test_every_code_of_a_row_is_shown_when_the_vendor_files_are_taken_together() -> None:
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))

    shown = {ErrorCode(code) for name in FILES for codes in expected[name]["errors"].values() for code in codes}

    assert shown == ROW_CODES


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("techgear-direct.csv", None),
        ("nordic-audio.xlsx", 'Read as: Excel workbook, sheet "Sortiment", header in row 3. Columns: "Handle" as '),
        ("paper-and-pixel.csv", "Read as: semicolon-separated, Windows-1252, decimal comma. Columns: "),
    ],
)
def test_vendor_files_are_read_in_their_own_ways_when_they_come(
    rules: ProductRules, name: str, sentence: str | None
) -> None:
    read_as = _read(name, rules).read_as

    assert (read_as.sentence() or "").startswith(sentence or "")
    assert (read_as.sentence() is None) == (sentence is None)
