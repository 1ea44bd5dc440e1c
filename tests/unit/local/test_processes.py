"""Pid files: the right process is ended, never another one."""

import dataclasses
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.processes import Daemon

_SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def pid_file(tmp_path: Path) -> Path:
    return tmp_path / "sleep.pid"


@pytest.fixture
def daemon(tmp_path: Path, pid_file: Path) -> Iterator[Daemon]:
    with (tmp_path / "log").open("wb") as log:
        daemon = Daemon.start(_SLEEP, pid_file=pid_file, log=log, cwd=tmp_path, environment={})
    yield daemon
    daemon.signal(signal.SIGKILL)
    assert daemon.wait(5)


def test_process_is_found_again_when_its_pid_file_is_read(daemon: Daemon, pid_file: Path) -> None:
    remembered = Daemon.remembered(pid_file)

    assert remembered == daemon
    assert remembered is not None
    assert remembered.process() is not None


def test_foreign_process_is_not_killed_when_it_has_the_remembered_id(daemon: Daemon, pid_file: Path) -> None:
    record = dataclasses.asdict(daemon)

    for foreign in ({"command": ["postgres", "-D", "elsewhere"]}, {"started_at": daemon.started_at - 3600}):
        pid_file.write_text(json.dumps(record | foreign))
        remembered = Daemon.remembered(pid_file)
        assert remembered is not None
        assert remembered.process() is None
        remembered.signal(signal.SIGKILL)

    assert not daemon.wait(0.2)
    assert psutil.pid_exists(daemon.pid)


def test_nothing_is_remembered_when_the_pid_file_is_missing_or_torn(pid_file: Path) -> None:
    assert Daemon.remembered(pid_file) is None

    pid_file.write_text('{"pid": 12')

    assert Daemon.remembered(pid_file) is None


def test_what_the_process_left_behind_is_killed_when_its_session_ends(tmp_path: Path, pid_file: Path) -> None:
    marker = str(tmp_path / "worker")
    parent = (
        "import subprocess, sys; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', sys.argv[1]]); "
        "print(child.pid, flush=True)"
    )
    log_file = tmp_path / "log"
    with log_file.open("wb") as log:
        command = (sys.executable, "-c", parent, marker)
        daemon = Daemon.start(command, pid_file=pid_file, log=log, cwd=tmp_path, environment={})
    assert daemon.wait(10)
    worker = psutil.Process(int(log_file.read_text()))

    daemon.end_session(marker="no such folder")
    assert worker.status() != psutil.STATUS_ZOMBIE
    daemon.end_session(marker=marker)

    psutil.wait_procs([worker], timeout=5)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
