"""Migrations on a database that has data already."""

import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from local.postgres import PostgresServer
from onboarding.upkeep.migrations import MIGRATIONS, migrate
from rules.text import BLANKS, trim


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


def listed(connection: Connection, keys: Sequence[tuple[str, str, str]]) -> None:
    """List products of these vendors, SKUs and vendor product ids."""
    cursor = connection.cursor()
    cursor.execute(
        """
        INSERT INTO vendors (vendor_id, vendor_name, email) VALUES ('VEND001', 'A', 'a@b.example'),
                                                                   ('VEND002', 'B', 'a@b.example');
        INSERT INTO upload_history (upload_id, vendor_id, file_name, s3_key, object_version)
        VALUES ('UPLOAD_1', 'VEND001', 'f.csv', 'uploads/VEND001/f.csv', 'v')
        """
    )
    cursor.execute(
        """
        INSERT INTO products (vendor_id, sku, vendor_product_id, product_name, category, price, stock_quantity,
                              upload_id, row_number)
        SELECT vendor_id, sku, id, 'Mouse', 'Laptops', 1, 1, 'UPLOAD_1', n
        FROM unnest(%s, %s, %s) WITH ORDINALITY AS t (vendor_id, sku, id, n)
        """,
        [list(column) for column in zip(*keys, strict=True)],
    )


def keys_of(connection: Connection) -> list[tuple[str, str]]:
    cursor = connection.cursor()
    cursor.execute("SELECT sku, vendor_product_id FROM products ORDER BY product_id")
    return cursor.fetchall()


def test_keys_are_trimmed_where_the_trimmed_one_is_free(old: tuple[Connection, str]) -> None:
    connection, url = old
    listed(
        connection,
        [
            ("VEND001", "S1\u200e", "\u202aP1 \u202c"),
            # The SKU is another product's, whose vendor has listed it again; the id of another vendor is nobody's here.
            ("VEND001", "S2\u200e", "P2\u200e"),
            ("VEND002", "S2", "P2"),
            # Two that would have the same keys.
            ("VEND001", "S3\u200e", "P3"),
            ("VEND001", "S3\u200f", "P3\u200f"),
            # Nothing but a mark, and none.
            ("VEND001", "\u2060", "P4"),
            ("VEND001", "S\u200e5", "P5"),
        ],
    )

    migrate(url)

    assert keys_of(connection) == [
        ("S1", "P1"),
        ("S2\u200e", "P2"),
        ("S2", "P2"),
        ("S3", "P3"),
        ("S3\u200f", "P3\u200f"),
        ("\u2060", "P4"),
        ("S\u200e5", "P5"),
    ]


def test_keys_are_trimmed_of_what_cells_are_trimmed_of(old: tuple[Connection, str]) -> None:
    """Blanks that are added to rules/text.py later need a migration of their own."""
    connection, url = old
    invisible = ("Cc", "Cf", "Zl", "Zp", "Zs")
    marks = [mark for mark in map(chr, range(1, sys.maxunicode)) if unicodedata.category(mark) in invisible]
    assert set(BLANKS) <= set(marks)
    keys = [f"{mark}K{number}{mark}" for number, mark in enumerate(marks)]
    listed(connection, [("VEND001", key, key) for key in keys])

    migrate(url)

    assert keys_of(connection) == [(trim(key), trim(key)) for key in keys]
