"""Cold start: how long each handler takes to import, with its clients and rules, in a fresh interpreter.

Only what is deployed is installed there (requirements.txt), and X-Ray tracing is on, as on AWS.
"""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from statistics import median

from bench.results import Part
from onboarding import config

PROJECT = Path(__file__).resolve().parent.parent
RUNTIME_PYTHON = PROJECT / ".local" / "runtime" / "bin" / "python"
_LIMIT_MS = 400
_SPENT = (
    "import time; began, busy = time.perf_counter(), time.process_time(); import {0};"
    "print(time.perf_counter() - began, time.process_time() - busy)"
)
_FLOOR = "boto3"
_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|( +)(\S+)")
_NAMED = 4


def measure(*, full: bool) -> Part:
    """Import every handler several times, one after the other in turn."""
    modules = [_FLOOR, *sorted(f"handlers.{path.stem}" for path in (PROJECT / "handlers").glob("[a-z]*.py"))]
    for name in modules:  # so that bytecode exists
        _run("-c", f"import {name}")
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in modules}
    for _ in range(9 if full else 3):
        for name in modules:
            wall, busy = _run("-c", _SPENT.format(name)).stdout.split()
            spent[name].append((float(wall), float(busy)))
    part = Part("cold_start", "Cold start", "fresh interpreter with requirements.txt only; milliseconds")
    for name in modules:
        part.add(
            {
                "handler": name.removeprefix("handlers."),
                "import ms": 1000 * median(wall for wall, _ in spent[name]),
                "CPU ms": 1000 * median(busy for _, busy in spent[name]),
                "slowest imports (ms)": _slowest(name),
            }
        )
    worst = max(part.rows, key=lambda row: row["import ms"])
    part.goal(f"Slowest handler import ({worst['handler']})", worst["import ms"], "at most", _LIMIT_MS, "ms")
    part.plot("Import time of the handlers", bars="handler", value="import ms")
    return part


def _slowest(module: str) -> str:
    """Return the packages that take longest, each without those it imports, and the module's own code."""
    report = _run("-X", "importtime", "-c", f"import {module}").stderr
    found = [(int(own), name) for own, _, _, name in _LINE.findall(report)]
    whole = next((own for own, name in found if name == module), 0)
    packages: dict[str, int] = {}
    for own, name in found:
        if name != module:
            package = name.partition(".")[0]
            packages[package] = packages.get(package, 0) + own
    largest = sorted(packages.items(), key=lambda item: -item[1])[:_NAMED]
    named = ", ".join(f"{package} {microseconds / 1000:.0f}" for package, microseconds in largest)
    return f"{named}; clients and rules {whole / 1000:.0f}"


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    result = subprocess.run(
        [str(RUNTIME_PYTHON), *arguments], check=False, capture_output=True, text=True, cwd=PROJECT, env=_environment()
    )
    if result.returncode:
        sys.exit(f"A handler cannot be imported:\n{result.stderr[-2000:]}")
    return result


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
