"""The connection: what is repeated, what is raised, and that the lock excludes."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2
import pytest
from aws_lambda_powertools.utilities import parameters

from onboarding.config import DatabaseConfig
from onboarding.stores.database import Database, connection_parameters, is_outage
from tests.conftest import TestDatabase


class Secrets:
    """Stands in for the cached secret: `cached` until someone asks for a fresh one."""

    def __init__(self, current: dict[str, Any]) -> None:
        self.current = current
        self.cached = dict(self.current)
        self.fetches = 0

    def get_secret(self, name: str, *, force_fetch: bool = False, **_: Any) -> dict[str, Any]:
        assert name == "arn:database"
        if force_fetch:
            self.cached = dict(self.current)
            self.fetches += 1
        return self.cached


@pytest.fixture
def secrets(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    found = Secrets(database.application_secret())
    monkeypatch.setattr(parameters, "get_secret", found.get_secret)
    return found


@pytest.fixture
def connect(secrets: Secrets) -> Iterator[Callable[[], Database]]:
    opened: list[Database] = []

    def make() -> Database:
        config = DatabaseConfig(database_secret_arn="arn:database", database_ssl_mode="prefer")
        opened.append(Database(config, patience_seconds=2))
        return opened[-1]

    yield make
    for each in opened:
        each.disconnect()


def _pid(cursor: Any) -> int:
    cursor.execute("SELECT pg_backend_pid()")
    return cursor.fetchone()[0]


def _add_vendor(cursor: Any, vendor_id: str = "VEND001") -> None:
    cursor.execute(
        "INSERT INTO vendors (vendor_id, vendor_name, email) VALUES (%s, 'Acme', 'a@b.example')", (vendor_id,)
    )


def test_connection_is_kept_when_transactions_follow_each_other(connect: Callable[[], Database]) -> None:
    database = connect()

    assert database.run(_pid) == database.run(_pid)


def test_work_is_committed_when_it_returns(connect: Callable[[], Database], database: TestDatabase) -> None:
    connect().run(_add_vendor)

    assert database.execute("SELECT vendor_id FROM vendors") == [("VEND001",)]


def test_work_is_rolled_back_and_not_repeated_when_it_raises(
    connect: Callable[[], Database], database: TestDatabase
) -> None:
    calls = []
    onboarding = connect()

    def work(cursor: Any) -> None:
        calls.append(1)
        _add_vendor(cursor)
        raise LookupError("a bug")

    with pytest.raises(LookupError):
        onboarding.run(work)

    assert len(calls) == 1
    assert database.execute("SELECT vendor_id FROM vendors") == []
    assert onboarding.run(_pid) > 0


def test_constraint_is_raised_at_once_when_work_breaks_it(connect: Callable[[], Database]) -> None:
    onboarding = connect()
    calls = []

    def work(cursor: Any) -> None:
        calls.append(1)
        _add_vendor(cursor, "../x")

    with pytest.raises(psycopg2.errors.CheckViolation):
        onboarding.run(work)

    assert len(calls) == 1


def test_connection_is_replaced_when_it_was_lost_between_transactions(
    connect: Callable[[], Database], database: TestDatabase
) -> None:
    onboarding = connect()
    pid = onboarding.run(_pid)

    database.terminate(pid)

    assert onboarding.run(_pid) != pid


def test_work_is_repeated_when_its_connection_is_lost_in_the_middle(
    connect: Callable[[], Database], database: TestDatabase
) -> None:
    pids = []

    def work(cursor: Any) -> None:
        pids.append(_pid(cursor))
        _add_vendor(cursor)
        if len(pids) == 1:
            database.terminate(pids[0])
            cursor.execute("SELECT 1")

    connect().run(work)

    assert len(set(pids)) == 2
    assert database.execute("SELECT count(*) FROM vendors") == [(1,)]


def test_loss_is_raised_when_the_connection_is_lost_again_and_again(
    connect: Callable[[], Database], database: TestDatabase
) -> None:
    pids = []

    def work(cursor: Any) -> None:
        pids.append(_pid(cursor))
        database.terminate(pids[-1])
        cursor.execute("SELECT 1")

    onboarding = connect()
    with pytest.raises((psycopg2.OperationalError, psycopg2.InterfaceError)):
        onboarding.run(work)

    assert len(pids) == 2
    assert onboarding.run(_pid) > 0


def test_work_is_repeated_when_the_server_crashed_between_transactions(
    connect: Callable[[], Database], database: TestDatabase
) -> None:
    """psycopg2 raises a plain DatabaseError then, and does not know that the connection is lost."""
    onboarding, witness = connect(), psycopg2.connect(database.application_url)
    pid = onboarding.run(_pid)
    assert onboarding._connection is not None

    database.crash(onboarding._connection, witness)

    with pytest.raises(psycopg2.DatabaseError, match="closed the connection") as seen:
        _pid(witness.cursor())
    assert (type(seen.value), seen.value.pgcode, witness.closed) == (psycopg2.DatabaseError, None, 0)
    assert onboarding.run(_pid) != pid


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())", True),
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)", True),
        ("SET TRANSACTION READ ONLY; DELETE FROM vendors", True),
        ("SELECT 1 / 0", False),
        ("INSERT INTO vendors (vendor_id, vendor_name, email) VALUES ('../x', 'Acme', 'a@b.example')", False),
        ("INSERT INTO vendors (vendor_id) VALUES (NULL)", False),
        ("SELECT 'a thousand'::numeric", False),
    ],
)
def test_error_is_an_outage_when_no_statement_is_to_blame(
    connect: Callable[[], Database], database: TestDatabase, statement: str, expected: bool
) -> None:
    onboarding = connect()
    direct = psycopg2.connect(database.url)

    with pytest.raises(psycopg2.Error) as raised:
        direct.cursor().execute(statement)
    with pytest.raises(psycopg2.Error) as passed_on:
        onboarding.run(lambda cursor: cursor.execute(statement))

    assert (is_outage(raised.value), is_outage(passed_on.value)) == (expected, expected)


def test_error_is_no_outage_when_it_is_not_of_the_database() -> None:
    assert not is_outage(ValueError("a bug"))


def test_row_is_not_quoted_when_a_constraint_is_raised(connect: Callable[[], Database]) -> None:
    with pytest.raises(psycopg2.errors.CheckViolation) as raised:
        connect().run(lambda cursor: _add_vendor(cursor, "../secret"))

    assert "../secret" not in str(raised.value)
    assert raised.value.pgcode == "23514"


def test_outage_is_raised_when_no_server_listens(connect: Callable[[], Database], secrets: Secrets) -> None:
    secrets.cached["port"] = secrets.current["port"] = 1

    with pytest.raises(psycopg2.OperationalError, match="refused"):
        connect().run(_pid)

    assert secrets.fetches == 0


def test_secret_is_read_again_once_when_the_password_was_rotated(
    connect: Callable[[], Database], secrets: Secrets
) -> None:
    secrets.cached["password"] = "the one before"

    assert connect().run(_pid) > 0
    assert secrets.fetches == 1


def test_failure_is_raised_when_the_fresh_password_is_wrong_too(
    connect: Callable[[], Database], secrets: Secrets
) -> None:
    secrets.cached["password"] = secrets.current["password"] = "wrong"

    with pytest.raises(psycopg2.OperationalError, match="authentication failed"):
        connect().run(_pid)


def test_one_transaction_is_repeated_when_two_lock_each_other_out(
    connect: Callable[[], Database], database: TestDatabase
) -> None:
    for vendor_id in ("A", "B"):
        database.add_vendor(vendor_id)
    both_hold_one = threading.Barrier(2)
    attempts: list[str] = []

    def change(onboarding: Database, first: str, second: str) -> None:
        def work(cursor: Any) -> None:
            attempts.append(first)
            cursor.execute("UPDATE vendors SET vendor_name = vendor_name || '+' WHERE vendor_id = %s", (first,))
            if attempts.count(first) == 1 and len(attempts) <= 2:
                both_hold_one.wait(10)
            cursor.execute("UPDATE vendors SET vendor_name = vendor_name || '+' WHERE vendor_id = %s", (second,))

        onboarding.run(work)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(change, [connect(), connect()], "AB", "BA"))

    assert len(attempts) == 3
    assert sorted(database.execute("SELECT vendor_name FROM vendors")) == [("Vendor A++",), ("Vendor B++",)]


def test_second_waits_when_the_first_holds_the_lock(connect: Callable[[], Database]) -> None:
    first, second = connect(), connect()
    order: list[str] = []
    held = threading.Event()

    def hold() -> None:
        with first.exclusive("UPLOAD_1"):
            held.set()
            time.sleep(0.2)
            order.append("first")

    def follow() -> None:
        held.wait(10)
        with second.exclusive("UPLOAD_1"):
            order.append("second")

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda work: work(), (hold, follow)))

    assert order == ["first", "second"]


def test_others_do_not_wait_when_the_lock_has_another_name(connect: Callable[[], Database]) -> None:
    with connect().exclusive("UPLOAD_1"), connect().exclusive("UPLOAD_2"):
        pass


def test_lock_is_free_when_its_holder_failed(connect: Callable[[], Database], database: TestDatabase) -> None:
    holder = connect()

    with pytest.raises(LookupError), holder.exclusive("UPLOAD_1"):
        raise LookupError("a bug")

    assert database.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


def test_lock_is_free_when_the_connection_of_its_holder_dies(
    connect: Callable[[], Database], database: TestDatabase
) -> None:
    holder = connect()

    with holder.exclusive("UPLOAD_1"):
        database.terminate(holder.run(_pid))
        with connect().exclusive("UPLOAD_1"):
            pass

    assert database.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


def test_lock_is_free_when_the_server_crashes_under_its_holder(
    connect: Callable[[], Database], database: TestDatabase
) -> None:
    holder = connect()

    with holder.exclusive("UPLOAD_1"):
        assert holder._connection is not None
        database.crash(holder._connection)

    with connect().exclusive("UPLOAD_1"):
        assert holder.run(_pid) > 0


def test_session_is_bounded_when_a_function_dies_in_a_transaction(connect: Callable[[], Database]) -> None:
    def settings(cursor: Any) -> list[str]:
        found = []
        for name in ("timezone", "statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SHOW {name}")
            found += cursor.fetchone()
        return found

    assert connect().run(settings) == ["UTC", "55s", "1min"]


def test_certificate_is_checked_when_a_bundle_is_configured(secrets: Secrets) -> None:
    config = DatabaseConfig(
        database_secret_arn="arn:database", database_ssl_mode="verify-full", database_ca_bundle="/bundle.pem"
    )

    found = connection_parameters(config)

    assert (found["sslmode"], found["sslrootcert"]) == ("verify-full", "/bundle.pem")
    assert found["connect_timeout"] == 45
