"""What operators ask of 100,000 uploads: answered by an index or by the daily tables, never by reading all uploads."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from psycopg2.extensions import cursor as Cursor

from local.postgres import PostgresServer
from onboarding.stores import actions, all_uploads, analytics, categories, vendors
from onboarding.stores.actions import ActionFilter
from onboarding.stores.all_uploads import AnyUploadFilter
from onboarding.stores.analytics import Days, VendorOrder
from onboarding.stores.upload_pages import UploadPosition
from onboarding.stores.vendors import VendorFilter
from tests.unit.onboarding.stores.plans import Explain, blocks, explaining, filled_server, nodes

VENDORS = 200
UPLOADS = 500
"""Of each vendor, over a hundred days."""
BIG = {"upload_history", "products", "validation_errors", "product_changes", "operator_actions"}
MOST_MILLISECONDS = 250
"""A quiet machine needs a tenth of it."""

FILL = [
    f"""
    INSERT INTO vendors (vendor_id, vendor_name, email)
    SELECT to_char(v, 'FM"V"000'), 'Vendor ' || v, 'a@b.example' FROM generate_series(1, {VENDORS}) v
    """,
    f"""
    INSERT INTO upload_history (upload_id, vendor_id, file_name, s3_key, object_version, status, total_records,
                                valid_records, error_records, codes, upload_timestamp, completed_at)
    SELECT format('U-%s-%s', v, n), to_char(v, 'FM"V"000'), format('file-%s.csv', n), 'k', 'v',
           CASE WHEN n % 10 = 0 THEN 'partial' ELSE 'completed' END, 10, CASE WHEN n % 10 = 0 THEN 9 ELSE 10 END,
           CASE WHEN n % 10 = 0 THEN 1 ELSE 0 END,
           CASE WHEN n = 10 AND v = 7 THEN '{{RARE}}' WHEN n % 10 = 0 THEN '{{INVALID_PRICE}}' ELSE '{{}}' END
               ::varchar[],
           moment, moment + v * interval '1 second'
    FROM generate_series(1, {VENDORS}) v, generate_series(1, {UPLOADS}) n,
         LATERAL (SELECT timestamptz '2026-11-01 00:00+00' - n * interval '288 minutes' AS moment) m
    """,
    "UPDATE upload_history SET status = 'processing', completed_at = NULL WHERE upload_id LIKE 'U-1-1_'",
    f"""
    INSERT INTO validation_errors (upload_id, row_number, field, error_type, error_message, original_data)
    SELECT format('U-%s-%s', v, n * 10), 1, 'price', 'INVALID_PRICE', 'wrong',
           jsonb_build_object('price', 'free', 'sku', format('S-%s-%s', v, n))
    FROM generate_series(1, {VENDORS}) v, generate_series(1, {UPLOADS // 10}) n
    """,
    f"""
    INSERT INTO products (vendor_id, vendor_product_id, product_name, category, sku, price, stock_quantity, upload_id,
                          row_number)
    SELECT to_char(v, 'FM"V"000'), to_char(n, 'FM"P"000'), 'Mouse ' || n, 'Audio', format('S-%s-%s', v, n), 1, 1,
           format('U-%s-1', v), n
    FROM generate_series(1, {VENDORS}) v, generate_series(1, 100) n
    """,
    """
    INSERT INTO product_changes (product_id, upload_id, row_number, uploaded_at, fields)
    SELECT product_id, upload_id, 1, created_at, '{price}' FROM products
    """,
    """
    INSERT INTO operator_actions (actor, action, subject, ended_at)
    SELECT 'ops-' || n % 7, 'action_' || n % 11, 'V' || n % 1000, now() FROM generate_series(1, 50000) n
    """,
    "SELECT summarise_uploads(ARRAY(SELECT upload_id FROM upload_history))",
    "VACUUM ANALYZE",
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with filled_server(tmp_path_factory.mktemp("operators"), FILL) as server:
        yield server


@pytest.fixture
def explain(filled: PostgresServer) -> Iterator[Explain]:
    with explaining(filled) as run:
        yield run


NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
ALL = Days(date(2026, 7, 20), date(2026, 11, 1))
ONE = Days(ALL.first, ALL.last, "V007")
LATE = UploadPosition(datetime(2026, 8, 1, tzinfo=UTC), "U")


def uploads(wanted: AnyUploadFilter, after: UploadPosition | None = None) -> Callable[[Cursor], object]:
    return lambda cursor: all_uploads.list_all_uploads(cursor, wanted, after, 51)


QUERIES: dict[str, Callable[[Cursor], object]] = {
    "uploads": uploads(AnyUploadFilter()),
    "late uploads": uploads(AnyUploadFilter(), LATE),
    "upload by id": uploads(AnyUploadFilter(upload_id="U-7-7")),
    "uploads of a vendor": uploads(AnyUploadFilter(vendor_id="V007", status="partial")),
    "uploads in a status": uploads(AnyUploadFilter(status="failed")),
    "uploads with a name": uploads(AnyUploadFilter(file_name="file-333")),
    "uploads with a frequent code": uploads(AnyUploadFilter(code="INVALID_PRICE")),
    "uploads with a rare code": uploads(AnyUploadFilter(code="RARE")),
    "uploads of a time": uploads(AnyUploadFilter(created_from=LATE.upload_timestamp, created_to=NOVEMBER)),
    "uploads with an SKU": lambda c: all_uploads._uploads_of_sku(c, "S-7-7"),
    "open uploads": lambda c: all_uploads.list_open_uploads(c, 10),
    "upload in full": lambda c: all_uploads.find_any_upload(c, "U-7-7"),
    "vendors": lambda c: vendors.list_vendors(c, VendorFilter(), None, 51),
    "vendors by text": lambda c: vendors.list_vendors(c, VendorFilter(text="vendor 19"), "V100", 51),
    "days of all": lambda c: analytics.list_days(c, ALL),
    "days of one": lambda c: analytics.list_days(c, ONE),
    "durations of all": lambda c: analytics.durations_by_day(c, ALL),
    "causes of all": lambda c: analytics.list_causes(c, ALL, 100),
    "causes of one": lambda c: analytics.list_causes(c, ONE, 100),
    "worst vendors": lambda c: analytics.list_vendor_trends(c, ALL, VendorOrder.ERROR_RATE, 100),
    "growing vendors": lambda c: analytics.list_vendor_trends(c, ALL, VendorOrder.GROWTH, 100),
    "actions": lambda c: actions.list_actions(c, ActionFilter(), 4_000, 51),
    "actions of an operator": lambda c: actions.list_actions(c, ActionFilter(actor="nobody"), None, 51),
    "actions of a kind": lambda c: actions.list_actions(c, ActionFilter(action="nothing"), None, 51),
    "actions on a vendor": lambda c: actions.list_actions(c, ActionFilter(subject="V7"), None, 51),
    "products in a category": lambda c: categories.count_products(c, "Laptops"),
}


@pytest.mark.parametrize("name", ["uploads", "late uploads", "uploads of a vendor", "days of one"])
def test_what_is_explained_finds_something(explain: Explain, name: str) -> None:
    assert explain(QUERIES[name])["Actual Rows"] > 0


@pytest.mark.parametrize("name", QUERIES)
def test_query_reads_no_large_table_from_end_to_end(explain: Explain, name: str) -> None:
    explain(QUERIES[name])
    plan = explain(QUERIES[name])

    scanned = {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
    assert not scanned & BIG, json.dumps(plan, indent=1)
    assert plan["Actual Total Time"] < MOST_MILLISECONDS, json.dumps(plan, indent=1)


def test_late_page_costs_what_the_first_one_does(explain: Explain) -> None:
    explain(QUERIES["late uploads"])

    assert blocks(explain(QUERIES["late uploads"])) <= 2 * blocks(explain(QUERIES["uploads"])) + 5
