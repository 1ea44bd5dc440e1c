"""Cold start: how long each handler takes to import, with its clients and rules, in a fresh interpreter.

Only what is deployed is installed there (requirements.txt), and X-Ray tracing is on, as on AWS.
"""

import subprocess
from dataclasses import fields
from statistics import median

from bench.results import PROJECT, Part
from local.errors import LocalStackError
from onboarding import config

_RUNTIME_PYTHON = PROJECT / ".local" / "runtime" / "bin" / "python"
_TIMED = (
    "import time; began, busy = time.perf_counter(), time.process_time(); import {0};"
    "print(time.perf_counter() - began, time.process_time() - busy)"
)


def measure(*, full: bool) -> Part:
    """Import every handler several times, in turn."""
    modules = ["boto3", *sorted(f"handlers.{path.stem}" for path in (PROJECT / "handlers").glob("[a-z]*.py"))]
    spent: dict[str, list[tuple[float, ...]]] = {name: [] for name in modules}
    for turn in range(10 if full else 4):
        for name in modules:
            seconds = _import(name)
            if turn:  # the first writes bytecode
                spent[name].append(seconds)
    part = Part("cold_start", "Cold start", "fresh interpreter with requirements.txt only; milliseconds")
    for name, times in spent.items():
        wall, busy = (1000 * median(column) for column in zip(*times, strict=True))
        part.rows.append({"handler": name.removeprefix("handlers."), "import ms": wall, "CPU ms": busy})
    worst = max(part.rows, key=lambda row: row["import ms"])
    part.goal(f"Slowest handler import ({worst['handler']})", worst["import ms"], "at most", 400, "ms")
    return part


def _import(module: str) -> tuple[float, ...]:
    """Return the seconds and processor seconds of one import."""
    command = [str(_RUNTIME_PYTHON), "-c", _TIMED.format(module)]
    result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=PROJECT, env=_environment())
    if result.returncode:
        raise LocalStackError(f"A handler cannot be imported:\n{result.stderr[-2000:]}")
    return tuple(map(float, result.stdout.split()))


def _environment() -> dict[str, str]:
    """Return what Lambda would set: every variable that any function reads, a number fit for all, and its own."""
    types = [kind for name, kind in vars(config).items() if name.endswith("Config")]
    variables = {field.name.upper(): "365" for kind in types for field in fields(kind)}
    return variables | {
        "PATH": "/usr/bin:/bin",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "LAMBDA_TASK_ROOT": str(PROJECT),
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Bench",
    }
