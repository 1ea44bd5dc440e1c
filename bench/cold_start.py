"""Cold start: how long each handler takes to import, with its clients and rules, in a fresh interpreter.

Only what is deployed is installed there (requirements.txt), and X-Ray tracing is on, as on AWS.
"""

import subprocess
from dataclasses import fields
from statistics import median

from bench.path import machine_speed
from bench.results import PROJECT, Part
from onboarding import config
from tests.handlers.world import ENVIRONMENT

_TIMED = "import time; began = time.perf_counter(); import {0}; print(time.perf_counter() - began)"
_LAMBDA = {"PATH": "/usr/bin:/bin", "LAMBDA_TASK_ROOT": str(PROJECT), "AWS_LAMBDA_FUNCTION_NAME": "bench"}
_ENVIRONMENT = {**ENVIRONMENT, **_LAMBDA, "POWERTOOLS_TRACE_DISABLED": "false"}


def measure(*, full: bool) -> Part:
    """Import every handler several times, in turn; the first time writes bytecode and does not count."""
    modules = ["boto3", *sorted(f"handlers.{path.stem}" for path in (PROJECT / "handlers").glob("[a-z]*.py"))]
    turns = [{name: _import_ms(name) for name in modules} for _ in range(10 if full else 4)]
    part = Part("Cold start", "fresh interpreter with requirements.txt only")
    for name in modules:
        spent = median(turn[name] for turn in turns[1:])
        part.rows.append({"handler": name.removeprefix("handlers."), "import ms": spent})
    worst = max(part.rows, key=lambda row: row["import ms"])
    name = f"Slowest handler import ({worst['handler']})"
    part.goal(name, worst["import ms"], "at most", 400, "ms", speed=machine_speed())
    return part


def _import_ms(module: str) -> float:
    """Return the milliseconds of one import. Every variable that any function reads is set, to a number fit for all."""
    configs = [kind for name, kind in vars(config).items() if name.endswith("Config")]
    variables = {field.name.upper(): "365" for kind in configs for field in fields(kind)} | _ENVIRONMENT
    command = [str(PROJECT / ".local" / "runtime" / "bin" / "python"), "-c", _TIMED.format(module)]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=PROJECT, env=variables)
    return 1000 * float(result.stdout)
