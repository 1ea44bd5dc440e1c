"""The daily tables: written with the final status, once, and the same whether one by one or all at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Barrier

import psycopg2
import pytest
from psycopg2.extensions import cursor as Cursor

from onboarding.stores import analytics, history
from onboarding.stores.analytics import percentile
from onboarding.uploads import UploadStatus
from tests.conftest import TestDatabase

TABLES = ("daily_uploads", "daily_causes", "daily_durations")


def begin(database: TestDatabase, upload_id: str, vendor_id: str = "VEND001", **columns: object) -> None:
    """Write an upload whose rows are settled: two valid ones, and one with two errors."""
    values: dict[str, object] = {
        "upload_id": upload_id,
        "vendor_id": vendor_id,
        "file_name": "products.csv",
        "s3_key": "k",
        "object_version": "v",
        "total_records": 3,
        "valid_records": 2,
        "error_records": 1,
        **columns,
    }
    database.execute(
        f"INSERT INTO upload_history ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})", *values.values()
    )
    for field, code in (("price", "INVALID_PRICE"), (None, "MALFORMED_ROW")):
        database.execute(
            "INSERT INTO validation_errors (upload_id, row_number, field, error_type, error_message, original_data)"
            " VALUES (%s, 3, %s, %s, 'wrong', '{}')",
            *(upload_id, field, code),
        )


def finish(cursor: Cursor, upload_id: str, reason: str | None = None) -> None:
    status = UploadStatus.FAILED if reason else UploadStatus.PARTIAL
    history.finish_upload(cursor, upload_id, status, reason, None)


def contents(database: TestDatabase) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(database.execute(f"SELECT * FROM {table}")) for table in TABLES}


def test_day_is_the_same_when_uploads_end_one_by_one_or_are_counted_all_at_once(
    database: TestDatabase, cursor: Cursor
) -> None:
    for number in range(3):
        begin(database, f"U-{number}")
    begin(database, "U-other", "VEND002")
    begin(database, "U-preview", is_preview=True)
    for upload_id in ("U-0", "U-1", "U-other", "U-preview"):
        finish(cursor, upload_id)
    finish(cursor, "U-2", "NOT_A_CSV: no")
    cursor.connection.commit()
    one_by_one = contents(database)

    database.execute(f"TRUNCATE {', '.join(TABLES)}")
    database.execute("SELECT summarise_uploads(ARRAY(SELECT upload_id FROM upload_history))")

    assert one_by_one == contents(database)
    assert [row[1:] for row in one_by_one["daily_uploads"]] == [("VEND001", 3, 1, 9, 6, 3), ("VEND002", 1, 0, 3, 2, 1)]
    assert [row[1:] for row in one_by_one["daily_causes"] if row[1] == "VEND001"] == [
        ("VEND001", "INVALID_PRICE", "price", 3, 3),
        ("VEND001", "MALFORMED_ROW", "", 3, 3),
        ("VEND001", "NOT_A_CSV", "", 1, 0),
    ]


def test_upload_is_counted_once_when_several_recorders_end_it_at_once(database: TestDatabase) -> None:
    begin(database, "U-1")
    together = Barrier(4)

    def record() -> None:
        with closing(psycopg2.connect(database.application_url)) as connection, connection, connection.cursor() as own:
            together.wait()
            finish(own, "U-1")

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(record) for _ in range(4)]:
            done.result()

    assert [row[2] for row in contents(database)["daily_uploads"]] == [1]
    assert [row[3] for row in contents(database)["daily_durations"]] == [1]


def test_nothing_is_counted_when_the_final_status_is_rolled_back(database: TestDatabase, cursor: Cursor) -> None:
    begin(database, "U-1")

    finish(cursor, "U-1")
    cursor.connection.rollback()

    assert contents(database) == {table: [] for table in TABLES}


@pytest.mark.parametrize("seconds", [0.1, 0.15, 1, 4.2, 60, 3600, 86_400])
def test_percentile_is_within_a_tenth_of_the_time_it_took(
    database: TestDatabase, cursor: Cursor, seconds: float
) -> None:
    cursor.execute("SELECT duration_bucket(%s)", (timedelta(seconds=seconds),))
    (bucket,) = cursor.fetchone() or (None,)

    found = percentile({bucket: 1}, 0.5)

    assert found == pytest.approx(seconds, rel=0.13)  # a tenth, and rounded to two digits


def test_percentile_is_the_time_that_the_share_did_not_exceed() -> None:
    buckets = {10: 50, 20: 45, 30: 5}

    assert percentile(buckets, 0.5) == percentile({10: 1}, 0.5)
    assert percentile(buckets, 0.95) == percentile({20: 1}, 0.5)
    assert percentile(buckets, 0.96) == percentile({30: 1}, 0.5)
    assert percentile({}, 0.5) is None
    assert analytics.percentile({0: 1}, 0.5) == 0.1
