"""What suites share: one PostgreSQL server per session, and an empty, migrated database for each test."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from local.postgres import PostgresServer
from onboarding.upkeep.migrations import migrate
from onboarding.upkeep.roles import APPLICATION_ROLE, set_application_password

APPLICATION_PASSWORD = "of-the-application"


class TestDatabase:
    """The onboarding database: look into it and prepare it, each statement in a transaction of its own."""

    __test__ = False

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._connection: Connection | None = None
        self._categories: list[tuple[Any, ...]] = []

    @property
    def url(self) -> str:
        return self.server.url

    def application_secret(self) -> dict[str, Any]:
        """Return the secret that the functions connect with."""
        return {
            "engine": "postgres",
            "host": "127.0.0.1",
            "port": self.server.port,
            "dbname": "onboarding",
            "username": APPLICATION_ROLE,
            "password": APPLICATION_PASSWORD,
        }

    @property
    def application_url(self) -> str:
        return f"postgresql://{APPLICATION_ROLE}:{APPLICATION_PASSWORD}@127.0.0.1:{self.server.port}/onboarding"

    def terminate(self, backend_pid: int) -> None:
        """End a connection from the server's side and wait until it is gone."""
        self.execute("SELECT pg_terminate_backend(%s, 5000)", backend_pid, url=self.server.superuser_url)

    def crash(self, *clients: Connection) -> None:
        """Crash and restart the server such that these connections, idle now, meet the crash at their next write.

        The server leaves a notice behind. Where a client then sends anything, a keepalive a minute later or this byte,
        it is answered with a reset: its next write fails, yet the notice is read like an answer.
        """
        self.server.stop(immediate=True)
        for client in clients:
            os.write(client.fileno(), b"\0")
        self.server.start()

    def execute(self, statement: str, *parameters: object, url: str | None = None) -> list[tuple[Any, ...]]:
        """Run one statement as the database's owner, or as whom the URL names, and return its rows, if it has any."""
        if url is not None:
            with closing(_connect(url)) as connection:
                return _run(connection, statement, parameters)
        if self._connection is None or self._connection.closed:
            self._connection = _connect(self.url)
        try:
            return _run(self._connection, statement, parameters)
        except psycopg2.OperationalError:
            if not self._connection.closed:
                raise
        # A test has stopped the server in between.
        self._connection = _connect(self.url)
        return _run(self._connection, statement, parameters)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def empty(self) -> None:
        """Take out what a test put in; the categories are those of the migrations again."""
        # DELETE, because TRUNCATE makes and deletes fifty files each time, which takes longer than most tests.
        self.execute(
            """
            DELETE FROM validation_errors;
            DELETE FROM product_changes;
            DELETE FROM products;
            DELETE FROM upload_history;
            DELETE FROM operator_actions;
            DELETE FROM daily_uploads;
            DELETE FROM daily_causes;
            DELETE FROM daily_durations;
            DELETE FROM vendors;
            SELECT setval(sequencename::text::regclass, start_value, FALSE) FROM pg_sequences
            WHERE schemaname = 'public' AND sequencename <> 'product_categories_category_id_seq';
            DELETE FROM product_categories WHERE added_by <> 'deployment';
            UPDATE product_categories SET is_active = TRUE, renamed_at = NULL, renamed_by = NULL, retired_at = NULL,
                retired_by = NULL, former_names = '{}'
            WHERE NOT is_active OR renamed_at IS NOT NULL
            """
        )
        if not self._categories:
            self._categories = self.execute("SELECT category_id, category_name FROM product_categories")
        for number, name in set(self._categories) - set(
            self.execute("SELECT category_id, category_name FROM product_categories")
        ):
            self.execute("UPDATE product_categories SET category_name = %s WHERE category_id = %s", name, number)

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
        return self.execute("SELECT row_number, sku FROM products WHERE upload_id = %s ORDER BY row_number", upload_id)

    def errors(self, upload_id: str) -> list[tuple[int, str | None, str]]:
        """Return row number, field and code of each validation error."""
        return self.execute(
            "SELECT row_number, field, error_type FROM validation_errors WHERE upload_id = %s"
            " ORDER BY row_number, error_id",
            upload_id,
        )

    def status(self, upload_id: str) -> str:
        return self.execute("SELECT status FROM upload_history WHERE upload_id = %s", upload_id)[0][0]


def _connect(url: str) -> Connection:
    connection = psycopg2.connect(url, options="-c timezone=UTC -c lock_timeout=10s")
    connection.autocommit = True
    return connection


def _run(connection: Connection, statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def migrated_server(directory: Path) -> Iterator[PostgresServer]:
    """Run a server, with its files there, whose database `onboarding` has the schema of the migrations."""
    with PostgresServer(directory / "server") as server:
        migrate(server.url)
        with closing(psycopg2.connect(server.url)) as owner:
            set_application_password(owner, APPLICATION_ROLE, APPLICATION_PASSWORD)
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with migrated_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def shared_database(postgres: PostgresServer) -> Iterator[TestDatabase]:
    found = TestDatabase(postgres)
    yield found
    found.close()


@pytest.fixture
def database(shared_database: TestDatabase) -> TestDatabase:
    shared_database.empty()
    return shared_database


@pytest.fixture
def cursor(database: TestDatabase) -> Iterator[Cursor]:
    """The owner's cursor in a transaction that is rolled back at the end."""
    connection = psycopg2.connect(database.url, options="-c timezone=UTC -c lock_timeout=10s")
    try:
        with connection.cursor() as opened:
            yield opened
    finally:
        connection.close()
