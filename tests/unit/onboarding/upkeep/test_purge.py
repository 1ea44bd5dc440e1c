"""The purge: nothing younger than allowed, nothing that products came from."""

from datetime import timedelta

import psycopg2
import pytest

from onboarding.upkeep.purge import Purged, RetentionTooShortError, purge, retention
from tests.conftest import TestDatabase
from tests.unit.onboarding.upkeep.conftest import AsApplication


def add_upload(database: TestDatabase, name: str, days_ago: int | None, *, products: int = 0, errors: int = 0) -> str:
    """Record an upload that ended so many days ago, or has not ended."""
    upload_id = f"UPLOAD_{name}"
    database.execute(
        """
        INSERT INTO upload_history (upload_id, vendor_id, file_name, s3_key, object_version, status, total_records,
                                    valid_records, error_records, upload_timestamp, completed_at)
        VALUES (%s, 'VEND001', 'a.csv', 'uploads/VEND001/a.csv', 'v', %s, %s, %s, %s,
                now() - make_interval(days => %s), now() - make_interval(days => %s))
        """,
        *(upload_id, "processing" if days_ago is None else "partial", products + errors, products, errors),
        *(days_ago or 1000, days_ago),
    )
    for row in range(products):
        database.execute(
            """
            INSERT INTO products (vendor_id, vendor_product_id, product_name, category, sku, price, stock_quantity,
                                  upload_id, row_number)
            VALUES ('VEND001', %s, 'Mouse', 'Laptops', %s, 1, 1, %s, %s)
            """,
            *(f"{name}-{row}", f"{name}-{row}", upload_id, row + 1),
        )
    for row in range(errors):
        database.execute(
            "INSERT INTO validation_errors (upload_id, row_number, error_type, error_message, original_data)"
            " VALUES (%s, %s, 'INVALID_PRICE', 'm', '{}')",
            *(upload_id, products + row + 1),
        )
    return upload_id


def uploads(database: TestDatabase) -> set[str]:
    return {name.removeprefix("UPLOAD_") for (name,) in database.execute("SELECT upload_id FROM upload_history")}


def test_purge_deletes_uploads_that_left_no_product_when_they_are_old(
    database: TestDatabase, application: AsApplication
) -> None:
    database.add_vendor("VEND001")
    add_upload(database, "old", 401, errors=3)
    add_upload(database, "young", 399, errors=2)

    purged = purge(application, timedelta(days=400))

    assert purged == Purged(validation_errors=3, uploads=1)
    assert uploads(database) == {"young"}
    assert database.execute("SELECT count(*) FROM validation_errors") == [(2,)]


def test_purge_keeps_the_upload_of_a_product_and_lets_its_errors_go(
    database: TestDatabase, application: AsApplication
) -> None:
    database.add_vendor("VEND001")
    upload_id = add_upload(database, "source", 500, products=2, errors=1)

    purged = purge(application, timedelta(days=400))

    assert purged == Purged(validation_errors=1, uploads=0)
    assert database.counts(upload_id) == (3, 2, 1)
    assert len(database.products(upload_id)) == 2


def test_purge_leaves_an_upload_alone_when_it_has_not_ended(database: TestDatabase, application: AsApplication) -> None:
    database.add_vendor("VEND001")
    add_upload(database, "open", None, errors=1)

    assert purge(application, timedelta(days=90)) == Purged(0, 0)
    assert uploads(database) == {"open"}


def test_purge_goes_on_until_nothing_is_due_when_much_is(
    database: TestDatabase, application: AsApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onboarding.upkeep.purge._UPLOADS_PER_TRANSACTION", 2)
    database.add_vendor("VEND001")
    for n in range(5):
        add_upload(database, f"old{n}", 500 + n, errors=1)

    assert purge(application, timedelta(days=400)) == Purged(5, 5)
    assert application.transactions == 4
    assert uploads(database) == set()


@pytest.mark.parametrize("days", ["89", "0", "", "-90", "90.5", "ninety", "９０"])
def test_retention_is_refused_when_it_is_no_number_of_days_or_too_short(days: str) -> None:
    with pytest.raises(RetentionTooShortError):
        retention(days)


def test_retention_of_ninety_days_is_allowed() -> None:
    assert retention("90") == timedelta(days=90)


def test_purge_refuses_when_the_retention_is_too_short(application: AsApplication) -> None:
    with pytest.raises(RetentionTooShortError):
        purge(application, timedelta(days=89, hours=23))


def test_database_refuses_too_when_somebody_calls_its_function(
    database: TestDatabase,
) -> None:
    database.add_vendor("VEND001")
    add_upload(database, "old", 80, errors=1)

    with pytest.raises(psycopg2.errors.InvalidParameterValue):
        database.execute("SELECT * FROM purge_audit_trail(INTERVAL '89 days', 10)", url=database.application_url)

    assert uploads(database) == {"old"}
