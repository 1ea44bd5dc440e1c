"""The deployed local stack, from PUT to outcome: one upload, many at once; the invariants checked for each.

Three kinds of processes share this machine's cores: the emulator, our functions and PostgreSQL. The processor time of
each says who the time belongs to; on AWS the emulator's part is done by services that are not ours to wait for.
"""

import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from statistics import median

import psutil

from bench.files import ERROR_RATE, padded
from bench.results import Part
from local import stack
from local.emulator import Emulator
from local.ports import free_port
from local.processes import Daemon
from local.settings import SERVICE, STAGE, Settings
from samples.generate import generate_upload
from tests.e2e.invariants import check_nothing_is_left, check_settled
from tests.e2e.pipeline import Pipeline, SentFile, Upload

_TIMEOUT = 380
_QUICK = ((1_000, 1, 3), (10_000, 1, 1), (200, 10, 1), (200, 50, 1))
_FULL = ((1_000, 1, 5), (10_000, 1, 3), (1_000, 10, 1), (200, 50, 1), (200, 100, 1))
"""Rows of a file, files at once, runs one after the other."""
_OTHERS = ("emulator", "PostgreSQL")

Errors = Mapping[int, tuple[str, ...]]
Sent = tuple[SentFile, float, Errors]
"""A file, when it was put, and the codes of its bad rows."""
Ended = tuple[Upload, float, Errors]


def measure(*, full: bool) -> Part:
    """Measure on a stack of its own, which is gone afterwards; a developer's stack is left alone."""
    folder = Settings.from_environment().directory / "bench-stack"
    settings = Settings(folder, port=free_port(), database_port=free_port())
    try:
        pipeline = Pipeline(settings, stack.up(settings))
        part = _measure(pipeline, _FULL if full else _QUICK)
        check_nothing_is_left(pipeline)
        return part
    finally:
        stack.down(settings)


def _measure(pipeline: Pipeline, loads: tuple[tuple[int, int, int], ...]) -> Part:
    setting = "seconds from PUT to the final status in the audit trail; CPU: processor seconds of one run"
    part = Part("deployed", "Deployed local stack", setting, ("load", "p50 s"))
    vendors = [pipeline.new_vendor() for _ in range(5)]
    seed = 0

    def send(seed: int, rows: int) -> Sent:
        vendor = vendors[seed % len(vendors)]
        file = generate_upload(rows, ERROR_RATE, seed, vendor)
        return pipeline.send(vendor, f"bench-{seed}.csv", file.body), time.time(), file.expected_errors

    _check(pipeline, _finish(pipeline, [send(seed, 10)]))  # wakes the functions; not measured
    for rows, at_once, times in loads:
        ended: list[Ended] = []
        before, began = _processor_seconds(pipeline.settings), time.monotonic()
        for _ in range(times):
            with ThreadPoolExecutor(16) as pool:
                sent = list(pool.map(send, range(seed + 1, seed + 1 + at_once), [rows] * at_once))
            seed += at_once
            ended += _finish(pipeline, sent)
        wall, after = (time.monotonic() - began) / times, _processor_seconds(pipeline.settings)
        cpu = {f"CPU s: {owner}": (after[owner] - before[owner]) / times for owner in after}
        waits = sorted(_check(pipeline, ended))
        found = {"p50 s": median(waits), "p95 s": waits[int(0.95 * (len(waits) - 1))], "max s": waits[-1]}
        part.rows.append({"load": f"{at_once} of {rows:,} rows", **found, "rows/s": rows * at_once / wall, **cpu})
        if rows == 10_000:
            part.goal("CPU of our functions, 10,000 rows", cpu["CPU s: our functions"], "at most", 2, "s")
    part.goal(f"{at_once} uploads at once, max ÷ median wait", waits[-1] / median(waits), "at most", 3)
    _measure_memory(pipeline, part)
    part.notes.append("All six invariants are checked for every upload, as in the end-to-end tests.")
    return part


def _measure_memory(pipeline: Pipeline, part: Part) -> None:
    """Add the highest memory of each function's processes before and after a file of the allowed 10 MB."""
    before = _peaks(pipeline.settings)
    pipeline.upload(pipeline.new_vendor(), "largest.csv", padded(10_000), seconds=_TIMEOUT)
    for name, peak in sorted(_peaks(pipeline.settings).items()):
        part.rows.append({"memory of": name, "peak MB": before.get(name, 0.0), "peak MB, 10 MB file": peak})
        if name in ("csv-parser", "product-validator"):
            part.goal(f"Peak memory of {name}, 10 MB file", peak, "at most", 200, "MB")


def _finish(pipeline: Pipeline, sent: list[Sent]) -> list[Ended]:
    """Wait until all uploads have ended."""
    return [(pipeline.end_of(file, seconds=_TIMEOUT), put_at, errors) for file, put_at, errors in sent]


def _check(pipeline: Pipeline, ended: list[Ended]) -> list[float]:
    """Check the invariants of uploads that have ended, and return their seconds from PUT to outcome."""
    waits = []
    for upload, put_at, errors in ended:
        check_settled(pipeline, upload, errors)
        query = "SELECT extract(epoch FROM completed_at) AS at FROM upload_history WHERE upload_id = %s"
        (row,) = pipeline.query(query, upload.upload_id)
        waits.append(float(row["at"]) - put_at)
    return waits


def _processes(settings: Settings) -> list[tuple[str, psutil.Process]]:
    """Return the stack's processes with their owner: emulator, PostgreSQL, or a function's name."""
    found: list[tuple[str, psutil.Process]] = []
    for owner, daemon in zip(_OTHERS, (Emulator(settings), stack.database(settings)), strict=True):
        if known := Daemon.remembered(daemon.pid_file):
            root = psutil.Process(known.pid)
            found.append((owner, root))
            for child in root.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    _, marker, rest = " ".join(child.cmdline()).partition(f"{SERVICE}-{STAGE}-")
                    if marker or owner == "PostgreSQL":
                        found.append((rest.partition("/")[0].rpartition("-")[0] if marker else owner, child))
    return found


def _processor_seconds(settings: Settings) -> "Counter[str]":
    spent: Counter[str] = Counter()
    for owner, process in _processes(settings):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent[owner if owner in _OTHERS else "our functions"] += times.user + times.system
    return spent


def _peaks(settings: Settings) -> dict[str, float]:
    peaks: dict[str, float] = {}
    for owner, process in _processes(settings):
        if owner not in _OTHERS:
            with suppress(OSError):
                kilobytes = Path(f"/proc/{process.pid}/status").read_text().partition("VmHWM:")[2].split()[0]
                peaks[owner] = max(peaks.get(owner, 0.0), int(kilobytes) * 1024 / 1e6)
    return peaks
