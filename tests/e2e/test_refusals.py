"""Files that are refused as a whole: recorded, visible as an execution, and told to whoever can act on it."""

import pytest

from local.uploads import StoredFile
from onboarding.explaining.causes import Cause
from samples.generate import COLUMNS, generate
from tests.e2e.explaining import diagnosed
from tests.e2e.files import csv_file, product
from tests.e2e.invariants import check_refused
from tests.e2e.pipeline import Pipeline, SentFile, Upload
from tests.e2e.runbook import follow
from tests.e2e.waiting import wait_for

ONE_ROW = csv_file([product("REFUSED-1")])
WITHOUT_PRICE = [column for column in COLUMNS if column not in ("price", "stock_quantity")]

FILES = {
    "empty": ("EMPTY_FILE", b""),
    "header-only": ("EMPTY_FILE", csv_file([])),
    "blank-rows-only": ("EMPTY_FILE", csv_file([]) + b",,,,,,,,,,,,,\r\n" * 3),
    "too-large": ("FILE_TOO_LARGE", ONE_ROW.ljust(10 * 1024 * 1024 + 1, b"\n")),
    "too-many-rows": ("TOO_MANY_ROWS", generate(rows=10_001, error_rate=0, seed=1, vendor_id="REFUSED")),
    "missing-columns": ("MISSING_COLUMNS", csv_file([product("REFUSED-2")], WITHOUT_PRICE)),
    "wrong-separator-line": ("MISSING_COLUMNS", b"sep=;\n" + ONE_ROW),
    "duplicate-columns": ("DUPLICATE_COLUMNS", ONE_ROW.replace(b"brand", b"Price")),
    "two-names-for-one-column": ("DUPLICATE_COLUMNS", ONE_ROW.replace(b"brand", b"Vendor").replace(b"unit", b"Marke")),
    "damaged-utf-16": ("NOT_A_CSV", ONE_ROW.decode().encode("utf-16")[:-1]),
    "nul-bytes": ("NOT_A_CSV", ONE_ROW + b"\0\0\0\0"),
    "not-utf-8": ("NOT_A_CSV", b"\xef\xbb\xbf" + ONE_ROW.replace(b"Wireless", b"K\xf6rper")),
    "open-quotation": ("NOT_A_CSV", ONE_ROW + b'"an open quotation, to the end of the file\r\n'),
    "picture": ("UNSUPPORTED_FILE", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
    "document": ("UNSUPPORTED_FILE", b"%PDF-1.7\n" + bytes(range(256)) * 4),
    "web-page": ("UNSUPPORTED_FILE", b"<html><table><tr><td>sku</td></tr></table></html>"),
    "cut-off-workbook": ("UNSUPPORTED_FILE", b"PK\3\4" + bytes(range(256)) * 4),
}


@pytest.mark.parametrize(("code", "content"), FILES.values(), ids=FILES.keys())
def test_file_is_refused_when_it_is_no_product_list(pipeline: Pipeline, vendor: str, code: str, content: bytes) -> None:
    upload = pipeline.upload(vendor, "refused.csv", content)

    email = check_refused(pipeline, upload, code)
    assert email.subject == f"Product Upload Refused - refused.csv ({code})"
    assert "Status: FAILED\n" in email.body


def test_file_is_accepted_when_it_has_just_the_allowed_size(pipeline: Pipeline, vendor: str) -> None:
    content = csv_file([product(f"{vendor}-1")]).ljust(10 * 1024 * 1024, b"\n")

    upload = pipeline.upload(vendor, "as large as allowed.csv", content)

    assert upload.execution.ended_in == "Upload Completed"


def test_execution_says_so_when_the_vendor_is_unknown(pipeline: Pipeline) -> None:
    upload = pipeline.upload("NOBODY", "products.csv", ONE_ROW)

    email = check_refused(pipeline, upload, "UNKNOWN_VENDOR", vendor_is_known=False)
    assert '"NOBODY"' in email.body
    assert diagnosed(pipeline, upload.upload_id).cause is Cause.UNKNOWN_VENDOR
    follow(
        pipeline,
        "unknown-vendors",
        VENDOR="NOBODY",
        NAME="Somebody",
        EMAIL="n@body.example",
        KEY=upload.sent.stored.key,
    )
    again = wait_for("it is taken in again", lambda: other_upload(pipeline, upload))
    assert pipeline.end_of(upload.sent, upload_id=again).execution.ended_in == "Upload Completed"


def other_upload(pipeline: Pipeline, upload: Upload) -> str | None:
    """Return the id of another upload of the same file, if there is one."""
    rows = pipeline.query(
        "SELECT upload_id FROM upload_history WHERE s3_key = %s AND upload_id <> %s",
        upload.sent.stored.key,
        upload.upload_id,
    )
    return rows[0]["upload_id"] if rows else None


def test_execution_says_so_when_the_key_names_no_vendor(pipeline: Pipeline) -> None:
    bucket, key = pipeline.environment.output("UploadBucketName"), "uploads/products.csv"
    version = pipeline.client("s3").put_object(Bucket=bucket, Key=key, Body=ONE_ROW)["VersionId"]

    upload = pipeline.end_of(SentFile("unknown", "products.csv", ONE_ROW, StoredFile(bucket, key, version)))

    check_refused(pipeline, upload, "UNKNOWN_VENDOR", vendor_is_known=False)


def test_file_is_refused_when_the_vendor_is_suspended(pipeline: Pipeline, vendor: str) -> None:
    registration = {"vendor_id": vendor, "vendor_name": "Late Payer", "email": "late@payer.example"}
    pipeline.invoke("vendor-registrar", {**registration, "status": "suspended"})

    refused = pipeline.upload(vendor, "products.csv", ONE_ROW)
    pipeline.invoke("vendor-registrar", {**registration, "status": "active"})
    accepted = pipeline.upload(vendor, "products.csv", csv_file([product(f"{vendor}-1")]))

    check_refused(pipeline, refused, "VENDOR_NOT_ACTIVE")
    assert accepted.execution.ended_in == "Upload Completed"
