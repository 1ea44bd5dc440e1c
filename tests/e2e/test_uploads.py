"""Files from S3 to catalogue, report and e-mail when nothing goes wrong in between."""

import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from samples.generate import generate_upload
from tests.e2e.faults import mapping_changed
from tests.e2e.files import csv_file, product, rows_of
from tests.e2e.invariants import check_settled, codes_by_row, recorded_errors
from tests.e2e.pipeline import Pipeline


def sample(pipeline: Pipeline, name: str) -> tuple[bytes, dict[int, tuple[str, ...]]]:
    """Return a sample file and the errors it is said to have."""
    folder = pipeline.settings.project / "samples"
    expected = json.loads((folder / "expected.json").read_text())[name]["errors"]
    return (folder / name).read_bytes(), {int(row): tuple(codes) for row, codes in expected.items()}


def test_upload_completes_when_every_row_is_valid(pipeline: Pipeline, vendor: str) -> None:
    content, errors = sample(pipeline, "clean.csv")
    assert errors == {}

    upload = pipeline.upload(vendor, "clean.csv", content)

    check_settled(pipeline, upload, {})


def test_upload_is_partial_when_some_rows_are_not_valid(pipeline: Pipeline, vendor: str) -> None:
    content, errors = sample(pipeline, "errors.csv")

    upload = pipeline.upload(vendor, "errors.csv", content)

    check_settled(pipeline, upload, errors)


def test_upload_fails_with_a_report_when_no_row_is_valid(pipeline: Pipeline, vendor: str) -> None:
    content = csv_file(product(f"{vendor}-{number}", price="free", category="Groceries") for number in range(1, 6))

    upload = pipeline.upload(vendor, "products.csv", content)

    errors = dict.fromkeys(range(1, 6), ("INVALID_CATEGORY", "INVALID_PRICE"))
    check_settled(pipeline, upload, errors)


@pytest.mark.parametrize(
    "file_name",
    [
        "spring collection + sale.csv",
        "Überraschung – größer & schöner (50%).csv",
        "2026/spring/商品.csv",
        "PRODUCTS.TXT",
        "no extension",
        "a=b?c#d'e\"f.csv",
        "EXPORT.CSV",
    ],
)
def test_upload_keeps_its_file_name_when_it_is_unusual(pipeline: Pipeline, vendor: str, file_name: str) -> None:
    content = csv_file([product(f"{vendor}-1"), product(f"{vendor}-2", price="0")])

    upload = pipeline.upload(vendor, file_name, content)

    check_settled(pipeline, upload, {2: ("INVALID_PRICE",)})
    (email,) = pipeline.mailbox.about(upload.upload_id, pipeline.topic_of(vendor))
    assert f"File Name: {file_name}\n" in email.body
    assert email.subject.isascii()
    assert email.subject.isprintable()
    assert len(email.subject) < 100


def test_values_reach_the_catalogue_when_the_file_is_written_oddly(pipeline: Pipeline, vendor: str) -> None:
    text = (
        "\ufeffSKU,Price , Stock Quantity,vendor-product-id,PRODUCT_NAME,Category,Colour\r\n"
        f' {vendor}-1 ,0.01,0, A-1,"Kabel, 2 m\r\n""weiß""",Audio,red\r\n'
        ",,,,,,\r\n"
        f"{vendor}-2,999999.99,1000000,A-2,\U0001f3a7 Kopfhörer,Headphones,\r\n"
    )

    upload = pipeline.upload(vendor, "products.csv", text.encode())

    found = pipeline.query(
        "SELECT row_number, sku, price::text, stock_quantity, vendor_product_id, product_name, brand"
        " FROM products WHERE upload_id = %s ORDER BY row_number",
        upload.upload_id,
    )
    assert [tuple(row.values()) for row in found] == [
        (1, f"{vendor}-1", "0.01", 0, "A-1", 'Kabel, 2 m\r\n"weiß"', None),
        (3, f"{vendor}-2", "999999.99", 1000000, "A-2", "\U0001f3a7 Kopfhörer", None),
    ]


def test_verdicts_are_the_same_when_batches_are_tiny(pipeline: Pipeline, vendor: str) -> None:
    file = generate_upload(rows=120, error_rate=0.4, seed=11, vendor_id=vendor)

    with mapping_changed(pipeline, "product-validator", BatchSize=7):
        upload = pipeline.upload(vendor, "products.csv", file.body)

    check_settled(pipeline, upload, file.expected_errors)


def test_earlier_row_keeps_its_sku_when_it_is_not_valid_itself(pipeline: Pipeline, vendor: str) -> None:
    sku = f"{vendor}-same"
    content = csv_file(
        [
            product(sku, vendor_product_id="first", price="-1"),
            product(sku, vendor_product_id="second"),
            product(sku, vendor_product_id="third", stock_quantity="12.7"),
        ]
    )

    upload = pipeline.upload(vendor, "products.csv", content)

    check_settled(
        pipeline,
        upload,
        {1: ("INVALID_PRICE",), 2: ("DUPLICATE_SKU",), 3: ("DUPLICATE_SKU", "INVALID_STOCK_QUANTITY")},
    )


def test_every_row_is_a_duplicate_when_the_same_file_comes_again(pipeline: Pipeline, vendor: str) -> None:
    content = csv_file(product(f"{vendor}-{number}") for number in range(1, 31))

    first = pipeline.upload(vendor, "products.csv", content)
    second = pipeline.upload(vendor, "products.csv", content)

    assert first.upload_id != second.upload_id
    check_settled(pipeline, first, {})
    duplicates = ("DUPLICATE_VENDOR_PRODUCT_ID", "DUPLICATE_SKU")
    check_settled(pipeline, second, dict.fromkeys(range(1, 31), duplicates))


def test_uploads_do_not_touch_when_two_vendors_send_at_once(pipeline: Pipeline) -> None:
    files = {
        vendor: generate_upload(rows=300, error_rate=0.1, seed=5, vendor_id=vendor)
        for vendor in (pipeline.new_vendor(), pipeline.new_vendor())
    }

    with ThreadPoolExecutor() as senders:
        sent = list(senders.map(lambda vendor: pipeline.send(vendor, "products.csv", files[vendor].body), files))

    for file in sent:
        check_settled(pipeline, pipeline.end_of(file), files[file.vendor_id].expected_errors)


def test_each_sku_is_taken_once_when_two_vendors_race_for_them(pipeline: Pipeline) -> None:
    vendors = [pipeline.new_vendor(), pipeline.new_vendor()]
    skus = [f"SHARED-{number:03d}" for number in range(400)]
    files = {}
    for vendor in vendors:
        own_order = random.Random(vendor).sample(skus, len(skus))
        files[vendor] = csv_file(product(sku, vendor_product_id=f"{vendor}-{sku}") for sku in own_order)

    with ThreadPoolExecutor() as senders:
        sent = list(senders.map(lambda vendor: pipeline.send(vendor, "products.csv", files[vendor]), vendors))

    uploads = [pipeline.end_of(file) for file in sent]
    taken = pipeline.query("SELECT sku FROM products WHERE upload_id IN (%s, %s)", *(u.upload_id for u in uploads))
    assert sorted(row["sku"] for row in taken) == skus
    for upload in uploads:
        errors = codes_by_row(recorded_errors(pipeline, upload.upload_id))
        assert set(errors.values()) <= {("DUPLICATE_SKU",)}
        check_settled(pipeline, upload, errors)


def test_upload_adds_up_when_it_has_ten_thousand_rows(pipeline: Pipeline, vendor: str) -> None:
    file = generate_upload(rows=10_000, error_rate=0.05, seed=10_000, vendor_id=vendor)
    assert len(rows_of(file.body)) == 10_000

    upload = pipeline.upload(vendor, "large.csv", file.body, seconds=150)

    check_settled(pipeline, upload, file.expected_errors)
