"""The PostgreSQL launcher, on a real server."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from local import postgres
from local.errors import LocalStackError
from local.postgres import PostgresServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path / "postgres") as server:
        yield server


def _fetch(url: str, statement: str) -> object:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()
    finally:
        connection.close()


def test_owner_connects_without_superuser_rights_when_started(server: PostgresServer) -> None:
    role = _fetch(
        server.url, "SELECT current_database(), current_user, usesuper FROM pg_user WHERE usename = current_user"
    )

    assert role == ("onboarding", "onboarding", False)


def test_server_listens_on_loopback_only_when_started(server: PostgresServer) -> None:
    sockets = _fetch(
        server.superuser_url,
        "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')",
    )

    assert sockets == ("127.0.0.1", "")


def test_connection_is_refused_when_the_password_is_wrong(server: PostgresServer) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(server.url.replace(server.password, "guess"))


def test_committed_rows_survive_when_the_server_is_killed_and_started_again(server: PostgresServer) -> None:
    _fetch(server.url, "CREATE TABLE kept AS SELECT 7 AS n; SELECT n FROM kept")

    server.stop(immediate=True)
    assert not server.running
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(server.url)
    server.start()

    assert _fetch(server.url, "SELECT n FROM kept") == (7,)


def test_another_object_stops_the_server_when_it_knows_the_folder(server: PostgresServer) -> None:
    PostgresServer(server.directory, server.port).stop()

    assert not server.running


def test_nothing_is_left_when_the_server_is_deleted(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "postgres")
    server.start()
    real_folder = server.directory.resolve()

    server.delete()

    assert not real_folder.exists()
    assert not server.directory.is_symlink()
    assert not server.pid_file.exists()


def test_programs_of_the_chosen_folder_are_used_when_postgres_bin_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = postgres.find_programs()
    link = tmp_path / "chosen"
    link.symlink_to(found)
    monkeypatch.setenv("POSTGRES_BIN", str(link))

    assert postgres.find_programs().samefile(found)


def test_start_says_what_is_missing_when_no_programs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path))
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(postgres, "DEBIAN_PACKAGES", tmp_path)

    with pytest.raises(LocalStackError, match="make install"):
        postgres.find_programs()
