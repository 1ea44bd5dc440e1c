"""A real PostgreSQL server with the project's own schema, for measurements that need no AWS."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from local.postgres import PostgresServer
from onboarding.stores import history
from onboarding.uploads import Upload, UploadMode
from tests.conftest import TestDatabase, migrated_server

VENDOR_ID = "VEND001"
_TABLES = "product_changes, products, validation_errors, upload_history"
_FILLING = Path(__file__).with_suffix(".sql")


class Catalogue:
    """One database. Only the superuser may fill it without checking foreign keys, a million rows in half a minute."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self.connection: Any = psycopg2.connect(server.url)
        self._products = 0

    def run(self, work: Any) -> Any:
        """Run work in one transaction on the kept connection, as `Database.run` does."""
        with self.connection, self.connection.cursor() as cursor:
            return work(cursor)

    def open_upload(
        self, upload_id: str, total: int, mode: UploadMode = UploadMode.IMPORT, *, is_preview: bool = False
    ) -> None:
        """Record an upload of this many rows as processing."""
        at = "2026-01-01T00:00:00Z"
        upload = Upload(upload_id, VENDOR_ID, "bench.csv", "bench", upload_id, "1", at, mode, is_preview)
        self.run(lambda cursor: history.open_upload(cursor, upload, total))

    def forget(self, upload_id: str) -> None:
        """Remove all that an upload has left; the table is then as full as before, and as tidy."""
        statements = [f"DELETE FROM {table} WHERE upload_id = '{upload_id}'" for table in _TABLES.split(", ")]
        self.as_superuser(*([] if self._products else [f"TRUNCATE {_TABLES}"]), *statements)

    def fill(self, products: int) -> None:
        """Grow the catalogue to this many products of other vendors."""
        if products > self._products:
            self.as_superuser(_FILLING.read_text(encoding="utf-8").format(first=self._products + 1, last=products))
            self._products = products

    def as_superuser(self, *statements: str) -> None:
        """Run statements, and leave the tables tidy."""
        with closing(psycopg2.connect(self.server.superuser_url, dbname="onboarding")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in (*statements, f"VACUUM (ANALYZE) {_TABLES}", "CHECKPOINT"):
                    cursor.execute(statement)


@contextmanager
def fresh_catalogue() -> Iterator[Catalogue]:
    """Start a server with the migrated schema and one vendor; delete it at the end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        with migrated_server(Path(directory)) as server:
            TestDatabase(server).add_vendor(VENDOR_ID)
            catalogue = Catalogue(server)
            with closing(catalogue.connection):
                yield catalogue
