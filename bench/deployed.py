"""The deployed local stack, from PUT to outcome: one upload, many at once; the invariants checked for each.

The emulator shares this machine's cores with our functions, so that the functions' own processor time counts; on AWS
the emulator's part is done by services that are not ours to wait for.
"""

import csv
import io
import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from bench.files import ERROR_RATE, file_of
from bench.path import machine_speed
from bench.results import Part
from local.functions import cpu_milliseconds, peak_megabytes
from onboarding.intake.limits import MAX_FILE_BYTES
from samples.generate import generate_upload
from tests.e2e.invariants import check_nothing_is_left, check_settled
from tests.e2e.pipeline import Pipeline, SentFile, own_pipeline

_TIMEOUT = 380
_QUICK = ((1_000, 1, 3), (10_000, 1, 1), (200, 10, 1), (200, 50, 1))
_FULL = ((1_000, 1, 5), (10_000, 1, 3), (1_000, 10, 1), (200, 50, 1), (200, 100, 1))
"""Rows of a file, files at once, runs one after the other."""


def measure(*, full: bool) -> Part:
    """Measure on a stack of its own, which is gone afterwards; a developer's stack is left alone."""
    with own_pipeline("bench-stack") as pipeline:
        part = _measure(pipeline, _FULL if full else _QUICK)
        check_nothing_is_left(pipeline)
        return part


def _measure(pipeline: Pipeline, loads: tuple[tuple[int, int, int], ...]) -> Part:
    setting = "seconds from PUT to the final status in the audit trail; CPU: that of our functions in one run"
    part = Part("Deployed local stack", setting)
    vendors, seeds = [pipeline.new_vendor() for _ in range(5)], itertools.count()
    _run(pipeline, vendors, seeds, 10_000, 1)  # starts all the processes such a file has; not measured
    for rows, at_once, times in loads:
        before = cpu_milliseconds(pipeline.environment).total()
        runs = [_run(pipeline, vendors, seeds, rows, at_once) for _ in range(times)]
        cpu = (cpu_milliseconds(pipeline.environment).total() - before) / times / 1000
        waits = sorted(ended - put for run in runs for put, ended in run)
        wall = sum(max(ended for _, ended in run) - min(put for put, _ in run) for run in runs)
        found = {"p50 s": median(waits), "p95 s": waits[int(0.95 * (len(waits) - 1))], "max s": waits[-1]}
        found |= {"rows/s": rows * at_once * times / wall, "CPU s": cpu}
        part.rows.append({"load": f"{at_once} of {rows:,} rows", **found})
        if rows == 10_000:
            part.goal("CPU of our functions, 10,000 rows", cpu, "at most", 2, "s", speed=machine_speed())
    part.goal(f"{at_once} uploads at once, max ÷ median wait", waits[-1] / median(waits), "at most", 3)
    peaks = peak_megabytes(pipeline.environment)
    pipeline.upload(pipeline.new_vendor(), "largest.csv", _padded(10_000), seconds=_TIMEOUT)
    for name, peak in sorted(peak_megabytes(pipeline.environment).items()):
        part.rows.append({"memory of": name, "peak MB": peaks.get(name, 0.0), "peak MB, 10 MB file": peak})
        if name in ("csv-parser", "product-validator"):
            part.goal(f"Peak memory of {name}, 10 MB file", peak, "at most", 200, "MB")
    part.notes.append("All six invariants are checked for every upload, as in the end-to-end tests.")
    return part


def _run(
    pipeline: Pipeline, vendors: Sequence[str], seeds: Iterator[int], rows: int, at_once: int
) -> list[tuple[float, float]]:
    """Put files at once, wait until all have ended, check the invariants; return when each was put and ended."""

    def put(seed: int) -> tuple[SentFile, float, Mapping[int, tuple[str, ...]]]:
        vendor = vendors[seed % len(vendors)]
        file = generate_upload(rows, ERROR_RATE, seed, vendor)
        return pipeline.send(vendor, f"bench-{seed}.csv", file.body), time.time(), file.expected_errors

    with ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(put, itertools.islice(seeds, at_once)))
    times = []
    for upload, put_at, errors in [(pipeline.end_of(file, seconds=_TIMEOUT), at, errors) for file, at, errors in sent]:
        check_settled(pipeline, upload, errors)
        query = "SELECT extract(epoch FROM completed_at) AS at FROM upload_history WHERE upload_id = %s"
        times.append((put_at, float(pipeline.query(query, upload.upload_id)[0]["at"])))
    return times


def _padded(rows: int) -> bytes:
    """Return a file with descriptions as long as it takes to fill the 10 MB that are allowed."""
    header, *lines = csv.reader(io.StringIO(file_of(rows).decode(), newline=""))
    room = (MAX_FILE_BYTES - len(file_of(rows))) // rows - 1
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *([*row[:4], f"{row[4]} {'x' * (room - 3)}", *row[5:]] for row in lines)])
    return out.getvalue().encode()
