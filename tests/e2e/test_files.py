"""Files as vendors really have them: what was assumed is told, what failed comes back to be fixed."""

import io
from typing import Any

import pytest
import xlsxwriter

from samples.generate import COLUMNS
from tests.e2e import reports
from tests.e2e.files import Product, product
from tests.e2e.invariants import check_refused
from tests.e2e.pipeline import Pipeline, Upload


def text_file(products: list[Product], separator: str, **titles: str) -> str:
    """Return the products as text; `titles` gives columns other names."""
    lines = [[titles.get(name, name) for name in COLUMNS], *([each[name] for name in COLUMNS] for each in products)]
    return "".join(separator.join(line) + "\r\n" for line in lines)


def workbook(products: list[Product]) -> bytes:
    """Return the products as a workbook whose header stands below a title."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Spring")
        sheet.write_string(0, 0, "Spring catalogue")
        sheet.write_row(2, 0, COLUMNS)
        for row, each in enumerate(products, start=3):
            sheet.write_row(row, 0, [each[name] for name in COLUMNS])
    return file.getvalue()


def history_of(pipeline: Pipeline, upload: Upload) -> dict[str, Any]:
    (history,) = pipeline.query("SELECT * FROM upload_history WHERE upload_id = %s", upload.upload_id)
    return history


def message_of(pipeline: Pipeline, upload: Upload) -> str:
    (email,) = pipeline.mailbox.about(upload.upload_id, pipeline.topic_of(upload.vendor_id))
    return email.body


def test_file_is_completed_when_a_german_spreadsheet_has_saved_it(pipeline: Pipeline, vendor: str) -> None:
    products = [product(f"{vendor}-{n}", product_name="Kopfhörer für Süßes", price="19,99") for n in (1, 2)]
    commas = [each | {"weight_kg": "0,12"} for each in products]
    content = text_file(commas, ";", product_name="Titel").encode("cp1252")

    upload = pipeline.upload(vendor, "produkte.txt", content)

    history = history_of(pipeline, upload)
    said = 'Read as: semicolon-separated, Windows-1252, decimal comma. Columns: "Titel" as product_name.'
    assert (history["status"], history["valid_records"]) == ("completed", 2)
    assert history["read_as"]["sentence"] == said
    assert upload.execution.output["read_as"] == history["read_as"]
    assert f"\n\n{said}\n" in message_of(pipeline, upload)
    found = pipeline.query("SELECT product_name, price::text FROM products WHERE vendor_id = %s", vendor)
    assert [dict(row) for row in found] == [{"product_name": "Kopfhörer für Süßes", "price": "19.99"}] * 2


def test_file_is_completed_when_it_is_unicode_text_with_tabs(pipeline: Pipeline, vendor: str) -> None:
    content = text_file([product(f"{vendor}-1", product_name="Słuchawki 耳机")], "\t").encode("utf-16")

    upload = pipeline.upload(vendor, "products", content)

    assert history_of(pipeline, upload)["status"] == "completed"
    assert "\n\nRead as: tab-separated, UTF-16" in message_of(pipeline, upload)


def test_upload_is_completed_when_the_corrections_of_a_workbook_are_uploaded(pipeline: Pipeline, vendor: str) -> None:
    bad = product(f"{vendor}-2", price="free", product_name="=1+1")
    upload = pipeline.upload(vendor, "spring.xlsx", workbook([product(f"{vendor}-1"), bad]))

    body = message_of(pipeline, upload)
    assert history_of(pipeline, upload)["status"] == "partial"
    assert '\n\nRead as: Excel workbook, sheet "Spring", header in row 3.\n' in body
    report, corrections = (reports.link_in(body, what) for what in ("Error Report", "Corrections File"))
    assert report
    assert corrections
    (line,) = reports.read(reports.follow(report))[1]
    assert (line["Row Number"], line["Error Type"]) == ("2", "INVALID_PRICE")
    content = reports.follow(corrections)
    header, (row,) = reports.read(content)
    assert header == [*COLUMNS, "_errors"]
    assert (row["product_name"], row["_errors"].partition(":")[0]) == ("'=1+1", "INVALID_PRICE")

    fixed = pipeline.upload(vendor, "spring corrections.csv", content.replace(b",free,", b",4.50,"))

    assert history_of(pipeline, fixed)["status"] == "completed"
    found = pipeline.query("SELECT product_name, price::text FROM products WHERE upload_id = %s", fixed.upload_id)
    assert [dict(row) for row in found] == [{"product_name": "=1+1", "price": "4.50"}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 4),
        ("products.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 4),
        ("products", b"PK\3\4" + bytes(range(256)) * 4),
    ],
)
def test_vendor_is_told_once_when_the_file_is_no_product_list(
    pipeline: Pipeline, vendor: str, name: str, content: bytes
) -> None:
    upload = pipeline.upload(vendor, name, content)

    email = check_refused(pipeline, upload, "UNSUPPORTED_FILE")
    assert email.subject == f"Product Upload Refused - {name} (UNSUPPORTED_FILE)"
