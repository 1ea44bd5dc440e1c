"""A real PostgreSQL server with the project's own schema, for measurements that need no AWS."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from local.postgres import PostgresServer
from onboarding.stores import history, vendors
from onboarding.upkeep.migrations import migrate
from onboarding.uploads import Upload

VENDOR_ID = "VEND001"

_FILLING = """
    INSERT INTO products (vendor_id, vendor_product_id, product_name, category, description, sku, brand, price,
                          stock_quantity, unit, weight_kg, upload_id, row_number)
    SELECT 'STOCK' || number %% 100, md5('product' || number), 'Product ' || number,
           (ARRAY['Laptops', 'Audio', 'Books', 'Clothing', 'Gaming'])[1 + number %% 5], repeat('words ', 15),
           md5('sku' || number), 'Brand', 1 + number %% 900, number %% 500, 'piece', 0.5,
           'STOCK' || number %% 100, number
    FROM generate_series(%s, %s) AS number
"""
"""Keys are hashes, so that new rows fall between old ones everywhere in the indexes."""


class Catalogue:
    """One database. Only the superuser may fill it without checking foreign keys, a million rows in half a minute."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.connection: Any = psycopg2.connect(server.url)
        self.products = 0

    @property
    def url(self) -> str:
        """The connection URL of the database's owner."""
        return self._server.url

    def run(self, work: Any) -> Any:
        """Run work in one transaction on the kept connection, as `Database.run` does."""
        with self.connection, self.connection.cursor() as cursor:
            return work(cursor)

    def open_upload(self, upload_id: str, total: int) -> None:
        """Record an upload of this many rows as processing."""
        upload = Upload(upload_id, VENDOR_ID, "bench.csv", "bench", f"uploads/{upload_id}", "1", "2026-01-01T00:00:00Z")
        self.run(lambda cursor: history.open_upload(cursor, upload, total))

    def forget(self, upload_id: str) -> None:
        """Remove all that an upload has left; the table is then as full as before, and as tidy."""
        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            if self.products == 0:
                cursor.execute("TRUNCATE products, validation_errors, upload_history")
            for table in ("products", "validation_errors", "upload_history"):
                cursor.execute(f"DELETE FROM {table} WHERE upload_id = %s", (upload_id,))
        connection.close()
        self._tidy()

    def fill(self, products: int) -> None:
        """Grow the catalogue to this many products of other vendors."""
        if products <= self.products:
            return
        with self._superuser() as cursor:
            cursor.execute("SET session_replication_role = replica")  # no foreign key checks
            cursor.execute(_FILLING, (self.products + 1, products))
        self.products = products
        self._tidy()

    def _tidy(self) -> None:
        with self._superuser() as cursor:
            cursor.execute("VACUUM (ANALYZE) products, validation_errors, upload_history")
            cursor.execute("CHECKPOINT")

    @contextmanager
    def _superuser(self) -> Iterator[Any]:
        connection = psycopg2.connect(self._server.superuser_url, dbname="onboarding")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


@contextmanager
def fresh_catalogue() -> Iterator[Catalogue]:
    """Start a server with the migrated schema and one vendor; delete it at the end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        with PostgresServer(Path(directory) / "postgres") as server:
            migrate(server.url)
            catalogue = Catalogue(server)
            catalogue.run(
                lambda cursor: vendors.register_vendor(cursor, VENDOR_ID, "Bench", "bench@example.com", "active", "")
            )
            try:
                yield catalogue
            finally:
                catalogue.connection.close()
