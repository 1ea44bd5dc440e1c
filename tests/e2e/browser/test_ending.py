"""A browser must not outlive the tests that it was started for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local.settings import Settings

_STARTS_ONE = """
import time
from local import browser
with browser.started():
    print("started", flush=True)
    time.sleep(60)
"""


@pytest.mark.usefixtures("browser")  # where there was none, it has been installed by now
def test_browser_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _STARTS_ONE]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env=environment, cwd=Settings.from_environment({}).project
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"started\n"
        assert _working_in(tmp_path)

        starter.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 20
    while (left := _working_in(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []


def _working_in(folder: Path) -> list[int]:
    """Return the processes that have the folder in their command line."""
    processes = psutil.process_iter(["cmdline"])
    return [each.pid for each in processes if any(str(folder) in part for part in each.info["cmdline"] or ())]
