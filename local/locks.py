"""Locks that commands of one checkout take turns with."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from local.console import say


@contextlib.contextmanager
def held(lock_file: Path, while_waiting: str) -> Iterator[None]:
    """Hold the lock of this file, whose folder is made if need be; say `while_waiting` when another process has it."""
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(while_waiting)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
