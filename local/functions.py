"""The processes in which the local stack runs the functions."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from local.environment import StackEnvironment
from local.settings import SERVICE, STAGE

PREFIX = f"{SERVICE}-{STAGE}-"
"""What the names of all functions begin with."""


def function_processes(environment: StackEnvironment) -> Iterator[tuple[str, psutil.Process, str]]:
    """Yield the processes of a stack's functions: the function's name, the process, and the access key it has."""
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            variables = process.environ()
            name = variables.get("AWS_LAMBDA_FUNCTION_NAME")
            if name and variables.get("AWS_ENDPOINT_URL") == environment.endpoint_url:
                yield name.removeprefix(PREFIX), process, variables["AWS_ACCESS_KEY_ID"]


def cpu_milliseconds(environment: StackEnvironment) -> Counter[str]:
    """Return what the processes of each function have worked so far."""
    found: Counter[str] = Counter()
    for name, process, _ in function_processes(environment):
        found[name] += round(sum(process.cpu_times()[:2]) * 1000)
    return found


def peak_megabytes(environment: StackEnvironment) -> dict[str, float]:
    """Return the highest memory that a process of each function has had so far."""
    peaks: dict[str, float] = {}
    for name, process, _ in function_processes(environment):
        kilobytes = Path(f"/proc/{process.pid}/status").read_text().partition("VmHWM:")[2].split()[0]
        peaks[name] = max(peaks.get(name, 0.0), int(kilobytes) * 1024 / 1e6)
    return peaks
