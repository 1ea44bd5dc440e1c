"""Migrations on a database that has data already."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from local.postgres import PostgresServer
from onboarding.upkeep.migrations import MIGRATIONS, migrate


@pytest.fixture
def old(postgres: PostgresServer, tmp_path: Path) -> Iterator[tuple[Connection, str]]:
    """An empty database of its own with the first four migrations: a connection to it, and its URL."""
    owner = psycopg2.connect(postgres.url)
    owner.autocommit = True
    owner.cursor().execute("CREATE DATABASE old")
    url = postgres.url.rpartition("/")[0] + "/old"
    for file in sorted(MIGRATIONS.glob("*.sql"))[:4]:
        shutil.copy(file, tmp_path)
    migrate(url, tmp_path)
    connection = psycopg2.connect(url)
    connection.autocommit = True
    yield connection, url
    connection.close()
    owner.cursor().execute("DROP DATABASE old WITH (FORCE)")
    owner.close()


def test_outcomes_are_known_when_rows_were_settled_before_the_migration(old: tuple[Connection, str]) -> None:
    connection, url = old
    cursor = connection.cursor()
    cursor.execute(
        """
        INSERT INTO vendors (vendor_id, vendor_name, email) VALUES ('VEND001', 'Acme', 'a@b.example');
        INSERT INTO upload_history (upload_id, vendor_id, file_name, s3_key, object_version, total_records,
                                    valid_records)
        SELECT 'UPLOAD_' || n, 'VEND001', 'f.csv', 'uploads/VEND001/f.csv', 'v', 4, 3 FROM generate_series(1, 2) n;
        INSERT INTO products (vendor_id, vendor_product_id, product_name, category, sku, price, stock_quantity,
                              upload_id, row_number)
        SELECT 'VEND001', n, 'Mouse', 'Laptops', n, 1, 1, 'UPLOAD_1', n FROM unnest(ARRAY[1, 2, 5]) n;
        INSERT INTO validation_errors (upload_id, row_number, error_type, error_message, original_data)
        SELECT 'UPLOAD_1', 3, 'INVALID_PRICE', 'm', '{}' FROM generate_series(1, 2)
        """
    )

    migrate(url)

    cursor.execute("SELECT upload_id, settled_rows FROM upload_history ORDER BY 1")
    assert cursor.fetchall() == [("UPLOAD_1", "{[1,4),[5,6)}"), ("UPLOAD_2", "{}")]
