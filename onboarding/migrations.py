"""Brings the database schema up to date with the SQL files in sql/migrations."""

from pathlib import Path
from urllib.parse import quote, urlencode

import yoyo

from onboarding.config import DatabaseConfig
from onboarding.database import connection_parameters

MIGRATIONS = Path(__file__).parent.parent / "sql" / "migrations"


def migrate(database_url: str, directory: Path = MIGRATIONS) -> list[str]:
    """Apply the migrations that are not applied yet, in order, and return their names.

    Concurrent calls wait for each other. Raises what the database raises; the failed migration is rolled back.
    """
    backend = yoyo.get_backend(database_url)
    try:
        with backend.lock():
            pending = backend.to_apply(yoyo.read_migrations(str(directory)))
            backend.apply_migrations(pending)
            return [migration.id for migration in pending]
    finally:
        backend.connection.close()


def database_url(config: DatabaseConfig) -> str:
    """Return the connection as the URL that the migration library takes."""
    found = connection_parameters(config, fresh=True)
    options = {name: str(found[name]) for name in ("sslmode", "sslrootcert", "connect_timeout") if name in found}
    return (
        f"postgresql://{quote(found['user'], safe='')}:{quote(found['password'], safe='')}"
        f"@{found['host']}:{found['port']}/{quote(found['dbname'], safe='')}?{urlencode(list(options.items()))}"
    )
