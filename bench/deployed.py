"""The deployed local stack, from PUT to outcome: one upload, many at once; the invariants checked for each.

The emulator shares this machine's cores with our functions, so that the functions' own processor time counts; on AWS
the emulator's part is done by services that are not ours to wait for.
"""

import csv
import io
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from bench.files import ERROR_RATE, file_of
from bench.results import Part
from local.functions import cpu_milliseconds, function_processes
from onboarding.intake.limits import MAX_FILE_BYTES
from samples.generate import generate_upload
from tests.e2e.invariants import check_nothing_is_left, check_settled
from tests.e2e.pipeline import Pipeline, SentFile, own_pipeline

_TIMEOUT = 380
_QUICK = ((1_000, 1, 3), (10_000, 1, 1), (200, 10, 1), (200, 50, 1))
_FULL = ((1_000, 1, 5), (10_000, 1, 3), (1_000, 10, 1), (200, 50, 1), (200, 100, 1))
"""Rows of a file, files at once, runs one after the other."""

Sent = tuple[SentFile, float, Mapping[int, tuple[str, ...]]]
"""A file, when it was put, and the codes of its bad rows."""


def measure(*, full: bool) -> Part:
    """Measure on a stack of its own, which is gone afterwards; a developer's stack is left alone."""
    with own_pipeline("bench-stack") as pipeline:
        part = _measure(pipeline, _FULL if full else _QUICK)
        check_nothing_is_left(pipeline)
        return part


def _measure(pipeline: Pipeline, loads: tuple[tuple[int, int, int], ...]) -> Part:
    setting = "seconds from PUT to the final status in the audit trail; CPU: that of our functions in one run"
    part = Part("Deployed local stack", setting)
    vendors = [pipeline.new_vendor() for _ in range(5)]
    seed = 0

    def send(seed: int, rows: int) -> Sent:
        vendor = vendors[seed % len(vendors)]
        file = generate_upload(rows, ERROR_RATE, seed, vendor)
        return pipeline.send(vendor, f"bench-{seed}.csv", file.body), time.time(), file.expected_errors

    _waits(pipeline, [send(seed, 10)])  # wakes the functions; not measured
    for rows, at_once, times in loads:
        waits: list[float] = []
        before, wall = cpu_milliseconds(pipeline.environment).total(), 0.0
        for _ in range(times):
            with ThreadPoolExecutor(16) as pool:
                began = time.time()
                sent = list(pool.map(send, range(seed + 1, seed + 1 + at_once), [rows] * at_once))
            seed += at_once
            waits += _waits(pipeline, sent)
            wall += max(put_at + wait for (_, put_at, _), wait in zip(sent, waits[-at_once:], strict=True)) - began
        waits.sort()
        found = {"p50 s": median(waits), "p95 s": waits[int(0.95 * (len(waits) - 1))], "max s": waits[-1]}
        found |= {
            "rows/s": rows * at_once * times / wall,
            "CPU s": (cpu_milliseconds(pipeline.environment).total() - before) / times / 1000,
        }
        part.rows.append({"load": f"{at_once} of {rows:,} rows", **found})
        if rows == 10_000:
            part.goal("CPU of our functions, 10,000 rows", found["CPU s"], "at most", 2, "s")
    part.goal(f"{at_once} uploads at once, max ÷ median wait", waits[-1] / median(waits), "at most", 3)
    peaks = _peaks(pipeline)
    pipeline.upload(pipeline.new_vendor(), "largest.csv", _padded(10_000), seconds=_TIMEOUT)
    for name, peak in sorted(_peaks(pipeline).items()):
        part.rows.append({"memory of": name, "peak MB": peaks.get(name, 0.0), "peak MB, 10 MB file": peak})
        if name in ("csv-parser", "product-validator"):
            part.goal(f"Peak memory of {name}, 10 MB file", peak, "at most", 200, "MB")
    part.notes.append("All six invariants are checked for every upload, as in the end-to-end tests.")
    return part


def _waits(pipeline: Pipeline, sent: list[Sent]) -> list[float]:
    """Wait until all uploads have ended, check the invariants, and return the seconds from PUT to outcome of each."""
    waits = []
    for upload, put_at, errors in [(pipeline.end_of(file, seconds=_TIMEOUT), at, errors) for file, at, errors in sent]:
        check_settled(pipeline, upload, errors)
        query = "SELECT extract(epoch FROM completed_at) AS at FROM upload_history WHERE upload_id = %s"
        (row,) = pipeline.query(query, upload.upload_id)
        waits.append(float(row["at"]) - put_at)
    return waits


def _peaks(pipeline: Pipeline) -> dict[str, float]:
    """Return the highest memory of each function's processes, in MB."""
    peaks: dict[str, float] = {}
    for name, process, _ in function_processes(pipeline.environment):
        kilobytes = Path(f"/proc/{process.pid}/status").read_text().partition("VmHWM:")[2].split()[0]
        peaks[name] = max(peaks.get(name, 0.0), int(kilobytes) * 1024 / 1e6)
    return peaks


def _padded(rows: int) -> bytes:
    """Return a file with descriptions as long as it takes to fill the 10 MB that are allowed."""
    header, *lines = csv.reader(io.StringIO(file_of(rows).decode(), newline=""))
    room = (MAX_FILE_BYTES - len(file_of(rows))) // rows - 1
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *([*row[:4], f"{row[4]} {'x' * (room - 3)}", *row[5:]] for row in lines)])
    return out.getvalue().encode()
