"""A vendor checks a file first, imports it, changes prices, checks changes; an operator takes them back."""

import os
import subprocess
import sys
from decimal import Decimal
from typing import Any

from tests.e2e.files import csv_file, product
from tests.e2e.invariants import check_refused, check_settled
from tests.e2e.pipeline import Pipeline, Upload

COLUMNS = ("sku", "vendor_product_id", "price", "stock_quantity", "brand", "status")


def catalogue(pipeline: Pipeline, vendor: str) -> dict[str, tuple[Any, ...]]:
    """Return price, stock, brand and status of the vendor's products by SKU."""
    found = pipeline.query(
        "SELECT sku, price, stock_quantity, brand, status FROM products WHERE vendor_id = %s ORDER BY sku", vendor
    )
    return {row["sku"]: tuple(row.values())[1:] for row in found}


def email_about(pipeline: Pipeline, upload: Upload) -> Any:
    (email,) = pipeline.mailbox.about(upload.upload_id, pipeline.topic_of(upload.vendor_id))
    return email


def effects_told(body: str) -> dict[str, str]:
    """Return what an e-mail says of the effects of an update."""
    lines = [line.partition(": ") for line in body.splitlines()]
    return {
        name: said
        for name, _, said in lines
        if name in ("Would Change", "Changed", "Unchanged", "Superseded", "Rejected")
    }


def revert(pipeline: Pipeline, upload_id: str, *options: str) -> str:
    """Run the operators' command against the stack and return what it says."""
    result = subprocess.run(
        [sys.executable, "-m", "operations", "revert", "--stage", "local", "--upload-id", upload_id, *options],
        cwd=pipeline.settings.project,
        env={**os.environ, **pipeline.environment.variables()},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return result.stdout + result.stderr


def test_file_goes_from_check_to_revert_when_a_vendor_takes_every_step(pipeline: Pipeline, vendor: str) -> None:
    first = [product(f"{vendor}-1"), product(f"{vendor}-2", price="free"), product(f"{vendor}-3")]
    fixed = csv_file([*first[:1], product(f"{vendor}-2"), *first[2:]])

    # Checked: a mistake is found, and nothing is written.
    checked = pipeline.upload(vendor, "new.csv", csv_file(first), folder="previews/uploads/")
    check_settled(pipeline, checked, {2: ("INVALID_PRICE",)})
    assert catalogue(pipeline, vendor) == {}
    email = email_about(pipeline, checked)
    assert email.subject.startswith("Product Check Complete - new.csv")
    assert "Nothing was added to or changed in the catalogue." in email.body

    # Fixed and checked twice: no SKU was claimed.
    for file_name in ("fixed.csv", "fixed again.csv"):
        check_settled(pipeline, pipeline.upload(vendor, file_name, fixed, folder="previews/uploads/"), {})

    # Imported.
    check_settled(pipeline, pipeline.upload(vendor, "fixed.csv", fixed), {})
    before = catalogue(pipeline, vendor)
    assert before[f"{vendor}-1"] == (Decimal("19.99"), 5, "TechGear", "active")

    # Changed: only what the cells say.
    rows = [
        {"sku": f"{vendor}-1", "price": "17.50", "brand": "CLEAR"},
        {"vendor_product_id": f"ID-{vendor}-2", "stock_quantity": "5"},
        {"sku": f"{vendor}-3", "vendor_product_id": f"ID-{vendor}-3", "status": "inactive"},
        {"sku": f"{vendor}-404", "price": "1"},
        {"sku": f"{vendor}-3", "vendor_product_id": f"ID-{vendor}-1", "price": "1"},
        {"vendor_product_id": f"ID-{vendor}-1", "price": "1"},
    ]
    errors = {4: ("UNKNOWN_PRODUCT",), 5: ("DUPLICATE_SKU",), 6: ("DUPLICATE_VENDOR_PRODUCT_ID",)}
    changes = csv_file(rows, COLUMNS)
    previewed = pipeline.upload(vendor, "changes.csv", changes, folder="previews/updates/")
    check_settled(pipeline, previewed, errors)
    assert catalogue(pipeline, vendor) == before
    assert effects_told(email_about(pipeline, previewed).body) == {
        "Would Change": "2 (brand of 1, price of 1, status of 1)",
        "Unchanged": "1 (the catalogue has these values already)",
        "Superseded": "0 (a newer file has set these values)",
        "Rejected": "3",
    }

    update = pipeline.upload(vendor, "changes.csv", changes, folder="updates/")
    check_settled(pipeline, update, errors)
    assert catalogue(pipeline, vendor) == {
        f"{vendor}-1": (Decimal("17.50"), 5, None, "active"),
        f"{vendor}-2": before[f"{vendor}-2"],
        f"{vendor}-3": (Decimal("19.99"), 5, "TechGear", "inactive"),
    }
    email = email_about(pipeline, update)
    assert email.subject == "Product Update Complete - changes.csv (50% Success)"
    assert effects_told(email.body)["Changed"] == "2 (brand of 1, price of 1, status of 1)"
    output = update.execution.output
    assert (output["mode"], output["changed_records"], output["unchanged_records"]) == ("update", 2, 1)

    # Taken back: said first, then done, then done no more.
    assert "Nothing was done yet." in revert(pipeline, update.upload_id)
    assert catalogue(pipeline, vendor)[f"{vendor}-1"][0] == Decimal("17.50")
    assert "Taken back as REVERT_" in revert(pipeline, update.upload_id, "--yes")
    assert catalogue(pipeline, vendor) == before
    assert "It was taken back before" in revert(pipeline, update.upload_id, "--yes")
    (record,) = pipeline.query("SELECT * FROM upload_history WHERE corrects_upload_id = %s", update.upload_id)
    assert (record["mode"], record["status"], record["changed_records"]) == ("revert", "completed", 2)


def test_update_finds_nothing_when_the_products_are_anothers(pipeline: Pipeline, vendor: str) -> None:
    other = pipeline.new_vendor()
    pipeline.upload(other, "products.csv", csv_file([product(f"{other}-1")]))
    rows = [{"sku": f"{other}-1", "price": "1"}, {"vendor_product_id": f"ID-{other}-1", "price": "1"}]

    upload = pipeline.upload(vendor, "changes.csv", csv_file(rows, COLUMNS), folder="updates/")

    found = pipeline.query("SELECT error_type FROM validation_errors WHERE upload_id = %s", upload.upload_id)
    assert [row["error_type"] for row in found] == ["UNKNOWN_PRODUCT"] * 2
    assert catalogue(pipeline, other)[f"{other}-1"][0] == Decimal("19.99")


def test_update_is_refused_when_it_names_no_products(pipeline: Pipeline, vendor: str) -> None:
    upload = pipeline.upload(vendor, "changes.csv", b"price,stock_quantity\n1,1\n", folder="updates/")

    email = check_refused(pipeline, upload, "MISSING_COLUMNS")

    assert email.subject.startswith("Product Update Refused - ")
    assert "vendor_product_id or sku" in email.body
