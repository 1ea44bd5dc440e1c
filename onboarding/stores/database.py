"""One PostgreSQL connection per execution environment, and the transactions that run on it."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg2
from aws_lambda_powertools.utilities import parameters
from psycopg2.errors import DeadlockDetected, ReadOnlySqlTransaction, SerializationFailure
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from onboarding.config import DatabaseConfig

T = TypeVar("T")

SECRET_MAX_AGE_SECONDS = 3600
PATIENCE_SECONDS = 50
"""How long a transaction waits for a connection: a paused Aurora takes 15 to 30 s to answer, a restart or failover up
to a minute (Aurora user guide, "Scaling to zero", "Failover"). Less than what the functions have (functions/)."""
_CONNECT_TIMEOUT_SECONDS = 45
_PAUSE_SECONDS = 1.0
_SESSION_OPTIONS = "-c timezone=UTC -c statement_timeout=55s -c idle_in_transaction_session_timeout=60s"
"""A function that is killed inside a transaction must not hold its locks for longer than this."""
_LOCK_IDLE_SECONDS = 300
"""The database closes idle connections after a minute; who holds an advisory lock may work elsewhere for longer."""
_ATTEMPTS = 4
_DEADLOCK_PAUSE_SECONDS = 0.25
_HOPELESS = re.compile(r"certificate|does not exist|no pg_hba\.conf entry|does not support SSL")
"""What libpq says when waiting will not help. It gives no SQLSTATE for a connection that was not made."""
_DEAD_PEER_DETECTION = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""Seconds, and milliseconds: after a failover nobody answers at the old address, not even to refuse."""


class Database:
    """Opens the connection at first use, keeps it between invocations and replaces it when it is lost."""

    def __init__(self, config: DatabaseConfig, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._config = config
        self._patience_seconds = patience_seconds
        self._connection: Connection | None = None

    def run(self, work: Callable[[Cursor], T]) -> T:
        """Run `work` in one transaction and return what it returns.

        A lost connection is replaced once and a deadlock repeated a few times, each time with a new transaction:
        `work` must therefore be safe to repeat, also when the commit before had succeeded unseen.

        Raises what psycopg2 raises when that does not help, without the row that PostgreSQL quotes.
        """
        try:
            return self._run(work)
        except psycopg2.Error as error:
            raise _without_row(error) from None

    def _run(self, work: Callable[[Cursor], T]) -> T:
        reconnected = False
        for attempt in range(1, _ATTEMPTS + 1):
            connection = self._connect()
            try:
                with connection, connection.cursor() as cursor:
                    return work(cursor)
            except (DeadlockDetected, SerializationFailure):
                if attempt == _ATTEMPTS:
                    raise
                # Let the other one finish: begun again at once, two that lock the same rows meet again on their way.
                time.sleep(_DEADLOCK_PAUSE_SECONDS * attempt)
            except psycopg2.Error as error:
                if not is_outage(error):
                    raise
                # A server that has become a reader keeps the connection; a statement that took too long does, too.
                is_lost = bool(connection.closed) or error.pgcode is None or isinstance(error, ReadOnlySqlTransaction)
                self.disconnect()
                if not is_lost or reconnected or attempt == _ATTEMPTS:
                    raise
                reconnected = True
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """Hold the advisory lock of this name, at most as long as the connection lives; whoever else asks waits."""
        self.run(lambda cursor: _lock(cursor, name))
        holder = self._connection
        try:
            yield
        finally:
            # A connection that was lost has taken the lock with it.
            if holder is not None and holder is self._connection and not holder.closed:
                self._release(holder, name)

    def _release(self, holder: Connection, name: str) -> None:
        try:
            with holder, holder.cursor() as cursor:
                _unlock(cursor, name)
        except psycopg2.Error as error:
            if not is_outage(error):
                raise
            self.disconnect()

    def disconnect(self) -> None:
        """Drop the connection; the next transaction opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(
                lambda fresh: connection_parameters(self._config, fresh=fresh), self._patience_seconds
            )
        return self._connection


def is_outage(error: BaseException) -> bool:
    """Tell whether the database or the way to it failed, so that no row and no statement is to blame.

    What the server itself finds wrong has an SQLSTATE. An error without one comes from a connection that broke; when a
    server crashes between two transactions, psycopg2 raises a plain DatabaseError and does not call the connection
    closed (psycopg2, `pq_raise`). A statement that was cancelled, a lack of resources and a shutdown are
    OperationalErrors with an SQLSTATE.
    """
    if not isinstance(error, psycopg2.Error):
        return False
    return error.pgcode is None or isinstance(error, psycopg2.OperationalError | ReadOnlySqlTransaction)


def connect(parameters_of: Callable[[bool], dict[str, Any]], patience_seconds: float = PATIENCE_SECONDS) -> Connection:
    """Return a new connection; while the database is starting, wait for it.

    `parameters_of` returns libpq's parameters, with True as argument from a fresh copy of the secret. A password that
    is refused may have been rotated since it was read; and while it is being rotated, the new one is valid a moment
    before Secrets Manager calls it current.

    Raises psycopg2.OperationalError when that does not help.
    """
    deadline = time.monotonic() + patience_seconds
    is_refused = False
    while True:
        found = parameters_of(is_refused)
        found["connect_timeout"] = max(2, min(found["connect_timeout"], int(deadline - time.monotonic())))
        try:
            connection: Connection = psycopg2.connect(**found)
        except psycopg2.OperationalError as error:
            was_refused, is_refused = is_refused, "authentication failed" in str(error)
            if is_refused and not was_refused:
                continue
            if (not is_refused and _HOPELESS.search(str(error))) or time.monotonic() + _PAUSE_SECONDS >= deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return connection


def _lock(cursor: Cursor, name: str) -> None:
    cursor.execute(f"SET idle_session_timeout = '{_LOCK_IDLE_SECONDS}s'")
    cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (name,))


def _unlock(cursor: Cursor, name: str) -> None:
    cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,))
    cursor.execute("RESET idle_session_timeout")


def _without_row(error: psycopg2.Error) -> psycopg2.Error:
    """Return the error without DETAIL and CONTEXT, in which PostgreSQL quotes rows: what is raised gets logged."""
    if error.diag.message_primary is None:
        return error
    clean = type(error)(error.diag.message_primary)
    clean.__setstate__({"pgcode": error.pgcode})  # type: ignore[no-untyped-call]
    return clean.with_traceback(error.__traceback__)


def connection_parameters(config: DatabaseConfig, *, fresh: bool = False) -> dict[str, Any]:
    """Return libpq's parameters from the secret that RDS and Secrets Manager share the shape of.

    `fresh` reads the secret again instead of from the cache.
    """
    return secret_parameters(read_secret(config.database_secret_arn, fresh=fresh), config)


def read_secret(secret_arn: str, *, fresh: bool = False) -> dict[str, Any]:
    """Return the current value of a JSON secret."""
    secret: dict[str, Any] = parameters.get_secret(
        secret_arn, transform="json", max_age=SECRET_MAX_AGE_SECONDS, force_fetch=fresh
    )
    return secret


def secret_parameters(secret: Mapping[str, Any], config: DatabaseConfig) -> dict[str, Any]:
    """Return libpq's parameters for the server and the login of `secret`."""
    found: dict[str, Any] = {
        "host": secret["host"],
        "port": secret["port"],
        "dbname": secret["dbname"],
        "user": secret["username"],
        "password": secret["password"],
        "sslmode": config.database_ssl_mode,
        "connect_timeout": _CONNECT_TIMEOUT_SECONDS,
        "target_session_attrs": "read-write",
        "application_name": "product-onboarding",
        "options": _SESSION_OPTIONS,
        **_DEAD_PEER_DETECTION,
    }
    if config.database_ca_bundle:
        found["sslrootcert"] = config.database_ca_bundle
    return found
