"""`make bench`: how long uploads of different sizes take on the local stack."""

import importlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rich.table import Table

from local import stack, uploads
from local.console import console, say, step
from local.environment import StackEnvironment
from local.settings import Settings
from local.vendors import SAMPLE_VENDORS, register

_VENDOR = SAMPLE_VENDORS[0]

# Rows of each file, how many are uploaded at once, and the limit in seconds that the project sets itself.
_RUNS = ((1_000, 1, 10), (10_000, 1, 40), (1_000, 10, None))


def bench(settings: Settings) -> None:
    """Measure the seconds from PUT to final status and print them beside the limits."""
    environment = stack.up(settings)
    register(environment, _VENDOR)
    generate: Any = importlib.import_module("samples.generate").generate
    say("  A first small upload wakes the functions; it is not measured.")
    seed = time.time_ns() // 1_000_000  # other products than in an earlier run on the same stack
    _seconds(
        environment,
        f"bench-{seed}.csv",
        generate(rows=10, error_rate=0, seed=seed, vendor_id=_VENDOR.vendor_id),
    )
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="bold")
    for column in ("rows", "at once", "seconds", "rows/s", "limit"):
        table.add_column(column, justify="right")
    for rows, at_once, limit in _RUNS:
        files = {}
        for _ in range(at_once):
            seed += 1
            content = generate(rows=rows, error_rate=0.02, seed=seed, vendor_id=_VENDOR.vendor_id)
            files[f"bench-{seed}.csv"] = content
        what = f"{rows:,} rows" if at_once == 1 else f"{at_once} files of {rows:,} rows at once"
        started = time.monotonic()
        with (
            step(f"Uploading {what}", what),
            ThreadPoolExecutor(at_once) as pool,
        ):
            list(pool.map(lambda item: _seconds(environment, *item), files.items()))
        seconds = time.monotonic() - started
        rate = rows * at_once / seconds
        table.add_row(
            f"{rows:,}",
            str(at_once),
            f"{seconds:.1f}",
            f"{rate:,.0f}",
            f"{limit} s" if limit else "",
        )
    console.print(table)


def _seconds(environment: StackEnvironment, name: str, content: bytes) -> float:
    started = time.monotonic()
    stored = uploads.put(environment, _VENDOR.vendor_id, name, content)
    for _ in uploads.watch(environment, stored):
        pass
    return time.monotonic() - started
