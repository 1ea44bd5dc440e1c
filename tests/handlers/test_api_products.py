"""The vendor's own products through the API, their export, and what a file may hold."""

import base64
import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import requests

from onboarding.intake.reading import read_products
from onboarding.intake.refusal import FileRefused, file_too_large
from rules import ProductRules
from tests.handlers.api_client import NOON, UPLOAD_ID, ApiClient, add_product, add_upload
from tests.handlers.test_api_uploads import all_pages
from tests.handlers.world import BUCKET

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(autouse=True)
def upload(api: ApiClient) -> None:
    add_upload(api.world)


def products(api: ApiClient, **query: object) -> list[str]:
    reply = api.get("/products", **query)
    assert reply.status == 200, reply.text
    return [product["vendor_product_id"] for product in reply.json["data"]]


def test_products_are_listed_page_by_page_in_the_order_of_ids(api: ApiClient, other: ApiClient) -> None:
    for product_id in ("P-3", "P-1", "P-5", "P-2", "P-4"):
        add_product(api.world, product_id)
    add_product(api.world, "P-1", vendor_id="VEND002")

    pages = all_pages(api, "/products", limit=2)

    assert [[each["vendor_product_id"] for each in page] for page in pages] == [["P-1", "P-2"], ["P-3", "P-4"], ["P-5"]]
    assert [each["sku"] for page in all_pages(other, "/products") for each in page] == ["VEND002-P-1"]


def test_products_are_filtered(api: ApiClient) -> None:
    add_product(api.world, "P-1", product_name="Grüner Tee 100%", category="Home & Kitchen")
    add_product(api.world, "P-2", product_name="Mouse", status="inactive", sku="WIRELESS-2")

    assert products(api, q="grüner t") == ["P-1"]
    assert products(api, q="wireless") == ["P-2"]
    assert products(api, q="p-") == ["P-1", "P-2"]
    assert products(api, q="0%") == ["P-1"]
    assert products(api, q="_") == []
    assert products(api, q="Mouse P-1") == []
    assert products(api, status="inactive") == ["P-2"]
    assert products(api, category="Home & Kitchen") == ["P-1"]


@pytest.mark.parametrize(
    "product_id", ["P-1", "A/B", "50% off?", "ä \"ö\" 'ü'", "a\\b#c", "{x}", "changes", "<b>", "+1"]
)
def test_product_is_shown_whatever_its_id_is(api: ApiClient, other: ApiClient, product_id: str) -> None:
    add_product(api.world, product_id, brand="Acme", weight_kg="0.120")

    reply = api.get(f"/products/{product_id}")

    assert reply.status == 200, reply.text
    assert reply.json["vendor_product_id"] == product_id
    assert (reply.json["price"], reply.json["weight_kg"], reply.json["brand"]) == ("19.99", "0.120", "Acme")
    assert reply.json["origin"]["upload_id"] == UPLOAD_ID
    assert reply.json["changed"] == {}
    assert api.get(f"/products/{product_id}/changes").json == {"data": [], "next_cursor": None}
    assert other.get(f"/products/{product_id}").status == 404
    assert other.get(f"/products/{product_id}/changes").status == 404


@pytest.mark.parametrize("product_id", ["nothing", "x" * 101, "a\x00b"])
def test_product_is_not_found_when_the_vendor_has_none(api: ApiClient, product_id: str) -> None:
    reply = api.get(f"/products/{product_id}")

    assert (reply.status, reply.problem) == (404, "not-found")


def test_changes_tell_who_changed_what(api: ApiClient) -> None:
    add_product(api.world, "P-1")
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"price": 25.00, "stock_quantity": 1}, {"price": 22.50, "stock_quantity": 3}),
        ({"brand": None}, {"brand": "Acme"}),
        ({"price": 22.50}, {"price": 19.99}),
    ]
    for hour, (old, new) in enumerate(changes):
        upload_id = add_upload(api.world, f"UPLOAD_20261121_103045_0000000{hour}", at=NOON + timedelta(hours=hour))
        api.world.database.execute(
            "INSERT INTO product_changes"
            " (product_id, upload_id, row_number, uploaded_at, changed_at, fields, old_values, new_values)"
            " SELECT product_id, %s, %s, %s, %s, %s, %s, %s FROM products",
            *(upload_id, hour + 1, NOON + timedelta(hours=hour), NOON + timedelta(hours=hour, minutes=1)),
            *(list(new), json.dumps(old), json.dumps(new)),
        )

    pages = all_pages(api, "/products/P-1/changes", limit=1)
    shown = api.get("/products/P-1").json["changed"]

    assert [(each["column"], each["old_value"], each["new_value"]) for page in pages for each in page] == [
        ("price", "22.5", "19.99"),
        ("brand", None, "Acme"),
        ("price", "25.0", "22.5"),
        ("stock_quantity", "1", "3"),
    ]
    assert {column: origin["row_number"] for column, origin in shown.items()} == {
        "price": 3,
        "brand": 2,
        "stock_quantity": 1,
    }
    assert shown["price"]["at"] == "2026-11-21T14:01:00Z"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 123", "'+49 123"),
        ("-5.5", "-5.5"),
        ("@home", "'@home"),
        ("'=1", "''=1"),
        ("'plain", "'plain"),
        ("a=b", "a=b"),
        ("\tx", "'\tx"),
    ],
)
def test_export_has_no_cell_that_a_spreadsheet_runs(api: ApiClient, name: str, cell: str) -> None:
    add_product(api.world, "P-1", product_name=name)

    body = requests.get(api.post("/exports").json["url"], timeout=10).content.decode("utf-8-sig")

    (row,) = csv.DictReader(io.StringIO(body, newline=""))
    assert row["product_name"] == cell
    assert list(row)[-1] == "_errors"  # by which the reader knows that it has to bring such cells back


def test_export_is_a_csv_of_the_vendors_products(api: ApiClient) -> None:
    add_product(api.world, "P-2", product_name='Kabel, 2 m "weiß"', description="two\nlines")
    add_product(api.world, "P-1", status="inactive")
    add_product(api.world, "P-1", vendor_id="VEND002")

    reply = api.post("/exports")

    assert reply.status == 201
    assert reply.json["rows"] == 2
    body = requests.get(reply.json["url"], timeout=10).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    assert [row["vendor_product_id"] for row in rows] == ["P-1", "P-2"]
    assert rows[0]["status"] == "inactive"
    assert rows[1]["product_name"] == 'Kabel, 2 m "weiß"'
    assert rows[1]["description"] == "two\nlines"
    assert (rows[1]["price"], rows[1]["brand"]) == ("19.99", "")
    (key,) = [each["Key"] for each in api.world.s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert key.startswith("exports/VEND001/")


def test_export_has_a_header_when_there_are_no_products(api: ApiClient) -> None:
    reply = api.post("/exports")

    assert reply.json["rows"] == 0
    assert requests.get(reply.json["url"], timeout=10).text.lstrip("\ufeff").startswith("vendor_product_id,")


def test_categories_are_those_that_are_active(api: ApiClient) -> None:
    api.world.database.execute("UPDATE product_categories SET is_active = FALSE WHERE category_name = 'Audio'")

    names = api.get("/categories").json["categories"]

    assert "Cameras" in names
    assert "Audio" not in names
    assert names == sorted(names)


def test_columns_tell_limits_and_fixes(api: ApiClient) -> None:
    found = api.get("/columns").json

    columns = {column["name"]: column for column in found["columns"]}
    assert (columns["price"]["min"], columns["price"]["max"], columns["price"]["decimals"]) == ("0.01", "999999.99", 2)
    assert columns["product_name"]["max_length"] == 200
    assert columns["product_name"]["min"] is None
    assert next(name for name, column in columns.items() if column["required"]) == "vendor_product_id"
    codes = {code["code"]: code for code in found["codes"]}
    assert codes["INVALID_PRICE"]["of"] == "row"
    assert codes["EMPTY_FILE"]["of"] == "file"
    assert all(code["meaning"] and code["fix"] for code in found["codes"])


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 and more", b"\x89PNG\r\n\x1a\n and more", b"GIF89a and more"])
def test_file_is_refused_in_the_words_that_were_told_before(api: ApiClient, content: bytes) -> None:
    told = api.get("/columns").json["refusals"]

    with pytest.raises(FileRefused) as refused:
        read_products(content, ProductRules.load())

    beginnings = {bytes.fromhex(each["bytes"]): each["message"] for each in told["beginnings"]}
    words = [message for beginning, message in beginnings.items() if content.startswith(beginning)] or [told["empty"]]
    assert words == [refused.value.message]


def test_size_is_refused_in_the_words_that_were_told_before(api: ApiClient) -> None:
    found = api.get("/columns").json

    refusal = file_too_large(found["max_bytes"] + 1)

    assert found["refusals"]["too_large"].replace("{megabytes}", "10.1") == refusal.message


def test_template_is_that_of_the_samples_when_it_is_fetched(api: ApiClient) -> None:
    reply = api.get("/templates/csv")

    assert reply.status == 200
    assert reply.headers["Content-Disposition"] == 'attachment; filename="template.csv"'
    assert base64.b64decode(reply.text) == (SAMPLES / "template.csv").read_bytes()


def test_template_has_the_categories_of_now_when_a_workbook_is_fetched(api: ApiClient) -> None:
    api.world.database.execute("UPDATE product_categories SET is_active = FALSE WHERE category_name = 'Audio'")
    api.world.database.execute("INSERT INTO product_categories (category_name, added_by) VALUES ('A <b> & c', 'x')")

    reply = api.get("/templates/xlsx")

    assert reply.headers["Content-Disposition"] == 'attachment; filename="template.xlsx"'
    content = base64.b64decode(reply.text)
    now = api.get("/categories").json["categories"]
    assert {"A <b> & c", "Books"} <= set(now)
    assert "Audio" not in now
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [name for (name,) in book["Categories"].iter_rows(min_row=2, values_only=True)] == now
    (check,) = [each for each in book["Products"].data_validations.dataValidation if each.type == "list"]
    assert check.formula1 == f"Categories!$A$2:$A${len(now) + 1}"
    with pytest.raises(FileRefused, match="has a header but no products"):
        read_products(content, ProductRules.load())


def test_template_is_not_found_when_there_is_no_such_kind(api: ApiClient) -> None:
    reply = api.get("/templates/pdf")

    assert (reply.status, reply.problem) == (404, "not-found")
