"""Background processes that outlive the command which started them, remembered in pid files."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

import psutil

# Kept so that a child which ends is reaped, and so that Popen does not warn about one that is meant to stay.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Daemon:
    """A started process, told apart by start time and command line from a later one with the same id."""

    pid: int
    started_at: float
    command: tuple[str, ...]

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        pid_file: Path,
        log: IO[bytes],
        cwd: Path,
        environment: Mapping[str, str],
        user: int | None = None,
    ) -> Self:
        """Start the command in a session of its own, write its pid file and return it."""
        privileges = {} if user is None else {"user": user, "group": user, "extra_groups": ()}
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(environment),
            start_new_session=True,
            **privileges,  # type: ignore[call-overload]
        )
        _children[child.pid] = child
        process = psutil.Process(child.pid)
        daemon = cls(child.pid, process.create_time(), tuple(command))
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended at once
            # The kernel shows the new command line only a moment after the call that started it has returned.
            while not process.cmdline():
                time.sleep(0.001)
        pid_file.write_text(json.dumps(asdict(daemon)))
        return daemon

    @classmethod
    def remembered(cls, pid_file: Path) -> Self | None:
        """Return the process of a pid file, whether or not it still runs; None without a readable file."""
        try:
            record = json.loads(pid_file.read_text())
            return cls(
                int(record["pid"]),
                float(record["started_at"]),
                tuple(record["command"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def process(self) -> psutil.Process | None:
        """Return the running process, or None when it ended or its id now belongs to another one."""
        if (child := _children.get(self.pid)) is not None and child.poll() is not None:
            return None
        try:
            process = psutil.Process(self.pid)
            # The clock may be set between two readings of the start time: allow some seconds.
            same = abs(process.create_time() - self.started_at) < 5 and tuple(process.cmdline()) == self.command
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to this very process; nothing happens when it is gone."""
        if process := self.process():
            process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Wait until the process is gone; return whether it is."""
        deadline = time.monotonic() + seconds
        while self.process() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def end_session(self, marker: str) -> None:
        """Kill what the process started and left behind: its session's members that carry the marker.

        Session and marker (a folder only they work in) together keep an unrelated process safe even when
        the leader has long gone and its id was given away.
        """
        for process in psutil.process_iter():
            try:
                if os.getsid(process.pid) == self.pid and any(marker in part for part in process.cmdline()):
                    process.kill()
            except (
                ProcessLookupError,
                PermissionError,
                psutil.NoSuchProcess,
                psutil.AccessDenied,
            ):
                continue
