"""One PostgreSQL connection per execution environment, and the transactions that run on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg2
from aws_lambda_powertools.utilities import parameters
from psycopg2.errors import DeadlockDetected, SerializationFailure
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from onboarding.config import DatabaseConfig

T = TypeVar("T")

SECRET_MAX_AGE_SECONDS = 3600
_CONNECT_TIMEOUT_SECONDS = 45
"""Aurora Serverless v2 that has paused takes 15 to 30 s to answer (Aurora user guide, "Scaling to zero")."""
_SESSION_OPTIONS = "-c timezone=UTC -c statement_timeout=55s -c idle_in_transaction_session_timeout=60s"
"""A function that is killed inside a transaction must not hold its locks for longer than this."""
_ATTEMPTS = 4


class Database:
    """Opens the connection at first use, keeps it between invocations and replaces it when it is lost."""

    def __init__(self, config: DatabaseConfig) -> None:
        self._config = config
        self._connection: Connection | None = None

    def run(self, work: Callable[[Cursor], T]) -> T:
        """Run `work` in one transaction and return what it returns.

        A lost connection is replaced once and a deadlock repeated a few times, each time with a new transaction:
        `work` must therefore be safe to repeat, also when the commit before had succeeded unseen.

        Raises what psycopg2 raises when that does not help.
        """
        reconnected = False
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._connect() as connection, connection.cursor() as cursor:
                    return work(cursor)
            except (DeadlockDetected, SerializationFailure):
                if attempt == _ATTEMPTS:
                    raise
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                self.disconnect()
                if reconnected or attempt == _ATTEMPTS:
                    raise
                reconnected = True
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """Hold the advisory lock of this name, at most as long as the connection lives; whoever else asks waits."""
        self.run(lambda cursor: cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (name,)))
        try:
            yield
        finally:
            self.run(lambda cursor: cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,)))

    def disconnect(self) -> None:
        """Drop the connection; the next transaction opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> Connection:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = psycopg2.connect(**connection_parameters(self._config))
            except psycopg2.OperationalError as error:
                # libpq gives no SQLSTATE for a failed login. The password may have been rotated since it was cached.
                if "authentication failed" not in str(error):
                    raise
                self._connection = psycopg2.connect(**connection_parameters(self._config, fresh=True))
        return self._connection


def connection_parameters(config: DatabaseConfig, *, fresh: bool = False) -> dict[str, Any]:
    """Return libpq's parameters from the secret that RDS and Secrets Manager share the shape of.

    `fresh` reads the secret again instead of from the cache.
    """
    secret: dict[str, Any] = parameters.get_secret(
        config.database_secret_arn, transform="json", max_age=SECRET_MAX_AGE_SECONDS, force_fetch=fresh
    )
    found: dict[str, Any] = {
        "host": secret["host"],
        "port": secret["port"],
        "dbname": secret["dbname"],
        "user": secret["username"],
        "password": secret["password"],
        "sslmode": config.database_ssl_mode,
        "connect_timeout": _CONNECT_TIMEOUT_SECONDS,
        "application_name": "product-onboarding",
        "options": _SESSION_OPTIONS,
    }
    if config.database_ca_bundle:
        found["sslrootcert"] = config.database_ca_bundle
    return found
