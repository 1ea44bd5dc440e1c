"""Growth: time and memory of the whole path against the rows of a file and against the size of the catalogue.

Memory is measured in a fresh process for each function's work, because a process never shrinks back.
"""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.catalogue import fresh_catalogue
from bench.files import file_of
from bench.measure import interleave
from bench.path import ERROR_RATE, _start, run
from bench.results import Part

_ROWS = (100, 300, 1_000, 3_000, 10_000)
_PROJECT = Path(__file__).resolve().parent.parent
_MEMORY_LIMIT_MB = 200
_STEEPEST = 1.3
"""Seconds a row may grow this much from 1,000 to 10,000 rows: noise, no trend."""


def measure(*, full: bool) -> Part:
    """Measure both axes, then the peak memory of parser and validator."""
    part = Part("growth", "Growth", "the whole path of part 4; peak memory in fresh processes")
    rounds = 9 if full else 3
    sizes = (0, 10_000, 100_000, 1_000_000) if full else (0, 100_000)
    with fresh_catalogue() as catalogue:
        timings = interleave(
            {str(rows): lambda rows=rows: run(catalogue, file_of(rows, ERROR_RATE)) for rows in _ROWS},
            rounds,
            before={str(rows): lambda rows=rows: _start(catalogue, rows) for rows in _ROWS},
        )
        each = {rows: timings.median(str(rows)) / rows for rows in _ROWS}
        for rows in _ROWS:
            part.add(_row("rows of the file", rows, 0, timings.median(str(rows))))
    with ExitStack() as servers:
        # One server for each size, so that they can take turns.
        catalogues = {products: servers.enter_context(fresh_catalogue()) for products in sizes}
        for products, catalogue in catalogues.items():
            catalogue.fill(products)
        timings = interleave(
            {
                str(products): lambda kept=kept: run(kept, file_of(1_000, ERROR_RATE))
                for products, kept in catalogues.items()
            },
            2 * rounds,
            before={str(products): lambda kept=kept: _start(kept, 1_000) for products, kept in catalogues.items()},
        )
    for products in sizes:
        part.add(_row("products in the catalogue", 1_000, products, timings.median(str(products))))
    part.goal("Time a row, 10,000 ÷ 1,000 rows (linear)", each[10_000] / each[1_000], "at most", _STEEPEST)
    part.goal(
        f"1,000 rows into {sizes[-1]:,} products ÷ into none (flat)",
        timings.ratio(str(sizes[-1]), str(sizes[0])),
        "at most",
        1.5,
    )
    _measure_memory(part)
    part.plot(
        "Time against rows",
        bars="growth",
        value="seconds",
        x="rows",
        name="rows",
    )
    part.plot(
        "Time of 1,000 rows against catalogue size", bars="growth", value="seconds", x="products", name="catalogue"
    )
    return part


def _row(growth: str, rows: int, products: int, seconds: float) -> dict[str, object]:
    return {
        "growth": growth,
        "rows": rows,
        "products": products,
        "seconds": seconds,
        "ms for 1,000 rows": seconds / rows * 1_000_000,
    }


def _measure_memory(part: Part) -> None:
    for rows, padded in ((1_000, False), (10_000, False), (10_000, True)):
        for work in ("parser", "validator"):
            found = [_peak(work, rows, padded=padded) for _ in range(3)]
            peak = median(entry["peak_mb"] for entry in found)
            name = f"{work}, {rows:,} rows, {found[0]['file_mb']:.1f} MB"
            part.add({"growth": f"memory: {name}", "rows": rows, "peak MB": peak, "idle MB": found[0]["idle_mb"]})
            if padded:
                part.goal(f"Peak memory of the {work}, 10 MB file", peak, "at most", _MEMORY_LIMIT_MB, "MB")


def _peak(work: str, rows: int, *, padded: bool) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.memory", work, str(rows), "padded" if padded else "plain"]
    result = subprocess.run(command, check=True, capture_output=True, text=True, cwd=_PROJECT)
    found: dict[str, float] = json.loads(result.stdout)
    return found
