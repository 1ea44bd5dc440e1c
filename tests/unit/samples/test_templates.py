"""The templates are what the rules say, and a file made of one is read."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from onboarding.intake.reading import read_products
from onboarding.intake.refusal import FileRefused
from rules import ProductRules
from rules.codes import ErrorCode, RefusalCode
from samples.generate import COLUMNS
from samples.templates import csv_template, launch_categories, xlsx_template

SAMPLES = Path(__file__).parents[3] / "samples"


def _parts(workbook: bytes) -> dict[str, bytes]:
    """Return what is in a workbook; when it was made says nothing about it."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    made = parts.pop("docProps/core.xml")
    assert re.search(rb"<dcterms:created", made)
    return parts


def test_templates_are_those_of_the_rules_when_they_are_made_anew() -> None:
    advice = "out of date: run `make templates`"

    assert (SAMPLES / "template.csv").read_bytes() == csv_template(), advice
    assert _parts((SAMPLES / "template.xlsx").read_bytes()) == _parts(xlsx_template()), advice


@pytest.mark.parametrize("name", ["template.csv", "template.xlsx"])
def test_template_is_an_empty_product_list_when_nothing_was_filled_in(name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_products((SAMPLES / name).read_bytes(), ProductRules.load())

    assert refused.value.code == RefusalCode.EMPTY_FILE
    assert "has a header but no products" in refused.value.message


def test_products_are_read_when_a_workbook_template_was_filled_in() -> None:
    book = openpyxl.load_workbook(SAMPLES / "template.xlsx")
    book["Products"].append(["P1", "Mouse", "Audio", "", "", "4006381333931", "", 19.99, "", 5, "", "", "10x6x4", ""])
    filled = io.BytesIO()
    book.save(filled)

    (row,) = read_products(filled.getvalue(), ProductRules.load()).rows

    assert (row.cells["sku"], row.cells["price"], row.cells["stock_quantity"]) == ("4006381333931", "19.99", "5")


def test_workbook_template_has_text_columns_checks_and_explanations_when_it_is_opened() -> None:
    book = openpyxl.load_workbook(SAMPLES / "template.xlsx")

    products = book["Products"]
    assert [cell.value for cell in products[1]] == list(COLUMNS)
    checks = {str(check.sqref): check for check in products.data_validations.dataValidation}
    letters = {name: products.cell(1, at).column_letter for at, name in enumerate(COLUMNS, start=1)}
    formats = {
        COLUMNS[at - 1]: group.number_format
        for group in products.column_dimensions.values()
        for at in range(group.min, group.max + 1)
    }
    numbers = {name for name in COLUMNS if formats[name] == "General"}
    assert numbers == {"price", "compare_at_price", "stock_quantity", "weight_kg"}
    assert {formats[name] for name in COLUMNS if name not in numbers} == {"@"}
    category = checks[f"{letters['category']}2:{letters['category']}10001"]
    assert (category.type, category.formula1) == ("list", f"Categories!$A$2:$A${len(launch_categories()) + 1}")
    price = checks[f"{letters['price']}2:{letters['price']}10001"]
    assert (price.type, price.formula1, price.formula2) == ("decimal", "0.01", "999999.99")
    assert checks[f"{letters['stock_quantity']}2:{letters['stock_quantity']}10001"].type == "whole"
    assert [line[0] for line in book["Columns"].values][1:] == list(COLUMNS)
    assert {line[0] for line in book["Codes"].values} == {"Code", *ErrorCode, *RefusalCode}
    assert [line[0] for line in book["Categories"].values][1:] == launch_categories()
    assert len(launch_categories()) == 30
