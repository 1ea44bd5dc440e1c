"""Brings the database schema up to date with the SQL files in sql/migrations."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg2
import yoyo

MIGRATIONS = Path(__file__).resolve().parents[2] / "sql" / "migrations"
_LOCK = 0x6D696772  # any number that nobody else uses
_URL_OPTIONS = ("sslmode", "sslrootcert", "connect_timeout", "target_session_attrs")


def migrate(database_url: str, directory: Path = MIGRATIONS) -> list[str]:
    """Apply the migrations that are not applied yet, in order, and return their names.

    Concurrent calls wait for each other. Raises what the database raises; the failed migration is rolled back.
    """
    with _only_migration(database_url):
        backend = yoyo.get_backend(database_url)
        try:
            # The library's own lock is a row that outlives a function that was killed; ours does not.
            backend.break_lock()
            with backend.lock():
                pending = backend.to_apply(yoyo.read_migrations(str(directory)))
                backend.apply_migrations(pending)
                return [migration.id for migration in pending]
        finally:
            backend.connection.close()


def database_url(found: Mapping[str, Any]) -> str:
    """Return libpq's parameters as the URL that the migration library takes."""
    options = {name: str(found[name]) for name in _URL_OPTIONS if name in found}
    return (
        f"postgresql://{quote(found['user'], safe='')}:{quote(found['password'], safe='')}"
        f"@{found['host']}:{found['port']}/{quote(found['dbname'], safe='')}?{urlencode(options)}"
    )


@contextmanager
def _only_migration(database_url: str) -> Iterator[None]:
    """Hold a lock of the server's, which ends with this connection at the latest."""
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            # It idles while the other connection works; the server would close it after a minute.
            cursor.execute("SET idle_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        yield
