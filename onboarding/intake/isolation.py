"""Runs the reading of a workbook in a child process, whose death costs one file and not the function.

The workbook library allocates memory for the whole rectangle of cells that a file claims to have, and when there is
not enough, Rust ends the process: no exception could be caught. The child may use a fixed amount of memory and time.
"""

import faulthandler
import json
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PAGE = os.sysconf("SC_PAGE_SIZE")
_DEATHS_BY_FILE = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGXCPU)
"""SIGKILL is not among them: that is the system, or the function, short of memory."""


class DiedOfFileError(Exception):
    """The child ended before it had an answer: the file is damaged, or asks for more memory or time than it may."""


class ChildError(RuntimeError):
    """The child failed for a reason that is not the file's."""


def run(work: Callable[[], Any], *, memory: int, seconds: int) -> Any:
    """Return what `work` returns, as JSON carries it, from a child that may use so many bytes and seconds of CPU.

    `work` must raise nothing: what it has to say about the file is part of its answer.

    Raises DiedOfFileError, and ChildError with the child's words.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work_and_exit(work, reading, writing, memory, seconds)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            answer = pipe.read()
    finally:
        _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in _DEATHS_BY_FILE:
        raise DiedOfFileError(signal.Signals(os.WTERMSIG(status)).name)
    if status != 0:
        raise ChildError(f"status {status}: {answer[:2000].decode(errors='replace')}")
    return json.loads(answer)


def _work_and_exit(work: Callable[[], Any], reading: int, writing: int, memory: int, seconds: int) -> None:
    """Be the child: never return, never run the parent's clean-up, write nothing but the answer."""
    status = 1
    try:
        os.close(reading)
        faulthandler.disable()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what Rust says when it aborts
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (_used() + memory,) * 2)
        with os.fdopen(writing, "wb") as pipe:
            try:
                answer = json.dumps(work(), ensure_ascii=False).encode("utf-8", "surrogatepass")
                status = 0
            except MemoryError:
                os.abort()
            except BaseException as error:  # the parent raises it
                answer = repr(error).encode(errors="replace")
            pipe.write(answer)
    finally:
        os._exit(status)


def _used() -> int:
    """Return the size of this process's address space in bytes, most of which it shares with its parent."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
