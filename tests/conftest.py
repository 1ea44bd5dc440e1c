"""What suites share: one PostgreSQL server per session, and an empty, migrated database for each test."""

from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2.extensions import cursor as Cursor

from local.postgres import PostgresServer
from onboarding.migrations import migrate


class TestDatabase:
    """The onboarding database: look into it and prepare it, each call in a transaction of its own."""

    __test__ = False

    def __init__(self, server: PostgresServer) -> None:
        self.server = server

    @property
    def url(self) -> str:
        return self.server.url

    def execute(self, statement: str, *parameters: object) -> list[tuple]:
        """Run one statement and return its rows, if it has any."""
        connection = psycopg2.connect(self.url, options="-c timezone=UTC -c lock_timeout=10s")
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def empty(self) -> None:
        """Take out what a test put in; the categories of the migrations are active again."""
        self.execute(
            """
            TRUNCATE products, validation_errors, upload_history, vendors RESTART IDENTITY CASCADE;
            UPDATE product_categories SET is_active = TRUE WHERE NOT is_active
            """
        )

    def add_vendor(self, vendor_id: str, status: str = "active", topic_arn: str | None = None) -> None:
        self.execute(
            "INSERT INTO vendors (vendor_id, vendor_name, email, status, notification_topic_arn)"
            " VALUES (%s, %s, %s, %s, %s)",
            *(vendor_id, f"Vendor {vendor_id}", f"{vendor_id.lower()}@vendors.example", status, topic_arn),
        )

    def counts(self, upload_id: str) -> tuple[int | None, int, int]:
        """Return total, valid and error records as the audit trail has them."""
        return self.execute(
            "SELECT total_records, valid_records, error_records FROM upload_history WHERE upload_id = %s", upload_id
        )[0]

    def products(self, upload_id: str) -> list[tuple[int, str]]:
        """Return row number and SKU of the upload's products."""
        return self.execute(
            "SELECT row_number, sku FROM products WHERE upload_id = %s ORDER BY row_number", upload_id
        )

    def errors(self, upload_id: str) -> list[tuple[int, str | None, str]]:
        """Return row number, field and code of each validation error."""
        return self.execute(
            "SELECT row_number, field, error_type FROM validation_errors WHERE upload_id = %s"
            " ORDER BY row_number, error_id",
            upload_id,
        )

    def status(self, upload_id: str) -> str:
        return self.execute("SELECT status FROM upload_history WHERE upload_id = %s", upload_id)[0][0]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A running server whose database `onboarding` has the schema of the migrations."""
    with PostgresServer(tmp_path_factory.mktemp("postgres") / "server") as server:
        migrate(server.url)
        yield server


@pytest.fixture
def database(postgres: PostgresServer) -> TestDatabase:
    found = TestDatabase(postgres)
    found.empty()
    return found


@pytest.fixture
def cursor(database: TestDatabase) -> Iterator[Cursor]:
    """A cursor in a transaction that is rolled back at the end."""
    connection = psycopg2.connect(database.url, options="-c timezone=UTC -c lock_timeout=10s")
    try:
        with connection.cursor() as opened:
            yield opened
    finally:
        connection.close()
