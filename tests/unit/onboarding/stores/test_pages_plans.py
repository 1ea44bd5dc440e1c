"""How PostgreSQL runs the queries of the API on a filled database: by an index, and no slower on late pages."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from psycopg2.extensions import cursor as Cursor

from local.postgres import PostgresServer
from onboarding.stores import product_pages, upload_pages
from onboarding.stores.product_pages import ChangePosition, ProductFilter
from onboarding.stores.upload_pages import ErrorFilter, ErrorPosition, UploadFilter, UploadPosition
from tests.unit.onboarding.stores.plans import Explain, blocks, explaining, filled_server, nodes

VENDORS = 20
UPLOADS = 1_500
"""Of each vendor."""
PRODUCTS = 2_500
"""Of each vendor."""
ERRORS = 30_000
"""Of one upload; others have ten each."""
VENDOR = "V01"
UPLOAD = "U-1-1"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
BIG = {"upload_history", "products", "validation_errors", "product_changes"}

FILL = [
    f"""
    INSERT INTO vendors (vendor_id, vendor_name, email)
    SELECT to_char(v, 'FM"V"00'), 'Vendor', 'a@b.example' FROM generate_series(1, {VENDORS}) v
    """,
    f"""
    INSERT INTO upload_history (upload_id, vendor_id, file_name, s3_key, object_version, status, total_records,
                                valid_records, corrects_upload_id, upload_timestamp, completed_at)
    SELECT format('U-%s-%s', v, n), to_char(v, 'FM"V"00'), format('file-%s.csv', n), 'k', 'v',
           CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'completed' END, 10, 10,
           CASE WHEN n % 10 = 0 THEN format('U-%s-%s', v, n + 1) END,
           timestamptz '2026-11-01 00:00+00' - n * interval '1 minute', timestamptz '2026-11-01 00:00+00'
    FROM generate_series(1, {VENDORS}) v, generate_series(1, {UPLOADS}) n
    """,
    f"""
    INSERT INTO products (vendor_id, vendor_product_id, product_name, category, sku, price, stock_quantity, upload_id,
                          row_number, status)
    SELECT to_char(v, 'FM"V"00'), to_char(n, 'FM"P"000000'), 'Mouse ' || n, 'Audio', format('S-%s-%s', v, n), 1, 1,
           format('U-%s-1', v), n, CASE WHEN n % 50 = 0 THEN 'inactive' ELSE 'active' END
    FROM generate_series(1, {VENDORS}) v, generate_series(1, {PRODUCTS}) n
    """,
    f"""
    INSERT INTO validation_errors (upload_id, row_number, field, error_type, error_message, original_data)
    SELECT '{UPLOAD}', n, 'price', 'INVALID_PRICE', 'wrong', '{{"price": "free"}}'::jsonb
    FROM generate_series(1, {ERRORS}) n
    UNION ALL
    SELECT format('U-%s-%s', v, n), r, 'sku', 'DUPLICATE_SKU', 'twice', '{{}}'::jsonb
    FROM generate_series(2, {VENDORS}) v, generate_series(1, 500) n, generate_series(1, 10) r
    """,
    """
    INSERT INTO product_changes (product_id, upload_id, row_number, uploaded_at, fields, old_values, new_values)
    SELECT product_id, format('U-1-%s', n), 1, created_at + n * interval '1 minute', '{price}', '{"price": 1}',
           '{"price": 2}'
    FROM products, generate_series(1, 3) n
    """,
    "VACUUM ANALYZE",
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with filled_server(tmp_path_factory.mktemp("plans"), FILL) as server:
        yield server


@pytest.fixture
def explain(filled: PostgresServer) -> Iterator[Explain]:
    with explaining(filled) as run:
        yield run


LATE_UPLOAD = UploadPosition(NOW - timedelta(minutes=UPLOADS - 100), "U-1-9999")
QUERIES: dict[str, Callable[[Cursor], object]] = {
    "upload": lambda c: upload_pages.find_upload(c, VENDOR, UPLOAD),
    "uploads": lambda c: upload_pages.list_uploads(c, VENDOR, UploadFilter(), None, 51),
    "failed uploads": lambda c: upload_pages.list_uploads(c, VENDOR, UploadFilter(status="failed"), None, 51),
    "uploads of a mode": lambda c: upload_pages.list_uploads(c, VENDOR, UploadFilter(mode="update"), None, 51),
    "previews": lambda c: upload_pages.list_uploads(c, VENDOR, UploadFilter(is_preview=True), None, 51),
    "uploads by name": lambda c: upload_pages.list_uploads(c, VENDOR, UploadFilter(file_name="x"), None, 51),
    "uploads of a time": lambda c: upload_pages.list_uploads(
        c, VENDOR, UploadFilter(created_from=NOW - timedelta(hours=5), created_to=NOW - timedelta(hours=1)), None, 51
    ),
    "late uploads": lambda c: upload_pages.list_uploads(c, VENDOR, UploadFilter(), LATE_UPLOAD, 51),
    "corrections": lambda c: upload_pages.list_corrections(c, VENDOR, "U-1-11", 10),
    "errors": lambda c: upload_pages.list_errors(c, UPLOAD, ErrorFilter(), None, 51),
    "late errors": lambda c: upload_pages.list_errors(c, UPLOAD, ErrorFilter(), ErrorPosition(ERRORS - 100, 0), 51),
    "errors of a small upload": lambda c: upload_pages.list_errors(
        c, "U-2-7", ErrorFilter(code="INVALID_PRICE", column="price"), None, 51
    ),
    "summary of a small upload": lambda c: upload_pages.summarise_errors(c, "U-2-7"),
    "product": lambda c: product_pages.find_product(c, VENDOR, "P000007"),
    "products": lambda c: product_pages.list_products(c, VENDOR, ProductFilter(), None, 51),
    "late products": lambda c: product_pages.list_products(c, VENDOR, ProductFilter(), "P002400", 51),
    "products by text": lambda c: product_pages.list_products(c, VENDOR, ProductFilter(text="none"), None, 51),
    "inactive products": lambda c: product_pages.list_products(c, VENDOR, ProductFilter(status="inactive"), None, 51),
    "products of a category": lambda c: product_pages.list_products(
        c, VENDOR, ProductFilter(category="Cameras"), None, 51
    ),
    "changes": lambda c: product_pages.list_changes(c, 77, None, 51),
    "late changes": lambda c: product_pages.list_changes(c, 77, ChangePosition(NOW, "U-1-2", "price"), 51),
    "latest changes": lambda c: product_pages.latest_changes(c, 77),
}


@pytest.mark.parametrize("name", QUERIES)
def test_query_reads_no_table_from_end_to_end(explain: Explain, name: str) -> None:
    plan = explain(QUERIES[name])

    scanned = {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
    assert not scanned & BIG, json.dumps(plan, indent=1)


@pytest.mark.parametrize("name", ["uploads", "late uploads", "products", "late products", "errors", "late errors"])
def test_page_that_is_explained_is_full(explain: Explain, name: str) -> None:
    assert explain(QUERIES[name])["Actual Rows"] == 51


@pytest.mark.parametrize(
    ("first", "late"), [("uploads", "late uploads"), ("errors", "late errors"), ("products", "late products")]
)
def test_late_page_costs_what_the_first_one_does(explain: Explain, first: str, late: str) -> None:
    explain(QUERIES[late])

    assert blocks(explain(QUERIES[late])) <= 2 * blocks(explain(QUERIES[first])) + 5


def test_corrections_are_found_without_reading_the_other_uploads_of_the_vendor(explain: Explain) -> None:
    explain(QUERIES["corrections"])

    assert blocks(explain(QUERIES["corrections"])) <= 2 * blocks(explain(QUERIES["upload"]))


def test_every_query_of_the_pages_is_among_those_that_are_explained() -> None:
    queries = {
        name
        for module in (upload_pages, product_pages)
        for name, found in vars(module).items()
        if callable(found) and getattr(found, "__module__", "") == module.__name__ and name[0].islower()
    }
    explained = {name for query in QUERIES.values() for name in query.__code__.co_names}

    assert queries - explained == {"copy_products"}  # all products of the vendor, by the same index
