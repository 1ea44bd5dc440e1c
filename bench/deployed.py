"""The deployed local stack, from PUT to outcome: one upload, many at once; nothing lost, one e-mail each.

Three kinds of processes share this machine's cores: the emulator, our functions and PostgreSQL. The processor time of
each says who the time belongs to; on AWS the emulator's part is done by services that are not ours to wait for.
"""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

import psutil
import psycopg2

from bench.results import Part
from local import stack, uploads
from local.emulator import Emulator
from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.ports import free_port
from local.processes import Daemon
from local.settings import SERVICE, STAGE, Settings
from local.vendors import SAMPLE_VENDORS, register
from samples.generate import generate_upload

_ERROR_RATE = 0.05
_TIMEOUT = 380
_FAIRNESS = 3
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Load:
    """Files of so many rows, so many at once, one run after the other `times` over."""

    rows: int
    at_once: int
    times: int = 1

    @property
    def name(self) -> str:
        return f"{self.at_once} of {self.rows:,} rows"


QUICK = (Load(1_000, 1, 3), Load(10_000, 1), Load(200, 10), Load(200, 50))
FULL = (Load(1_000, 1, 5), Load(10_000, 1, 3), Load(1_000, 10), Load(200, 50), Load(200, 100))


@dataclass(frozen=True, slots=True)
class _Sent:
    """An upload under way: when it was put, and the truth about its file."""

    key: str
    put_at: datetime
    rows: int
    expected_errors: dict[int, tuple[str, ...]]


def measure(settings: Settings, *, full: bool) -> Part:
    """Measure on a stack of its own, which is gone afterwards; a developer's stack is left alone."""
    own = Settings(settings.directory / "bench-stack", port=free_port(), database_port=free_port())
    environment = stack.up(own)
    try:
        return _measure(own, environment, full=full)
    finally:
        stack.down(own)


def _measure(settings: Settings, environment: StackEnvironment, *, full: bool) -> Part:
    """Run the loads and check the invariants of every upload."""
    for vendor in SAMPLE_VENDORS:
        register(environment, vendor)
    part = Part("deployed", "Deployed local stack", "seconds from PUT to the final status in the audit trail")
    seed = time.time_ns() // 1_000_000  # other products than in an earlier run on the same stack
    _finish(environment, [_send(environment, Load(10, 1), seed, 0)])  # wakes the functions; not measured
    emails = _take_all_emails(environment)
    for load in FULL if full else QUICK:
        waits: list[float] = []
        before, began = _processor_seconds(settings), time.monotonic()
        for _ in range(load.times):
            with ThreadPoolExecutor(16) as pool:
                seeds = range(seed + 1, seed + 1 + load.at_once)
                seed += load.at_once
                sent = list(pool.map(lambda s, load=load: _send(environment, load, s, s), seeds))
            waits += _finish(environment, sent)
        wall = (time.monotonic() - began) / load.times
        spent = {
            owner: (seconds - before.get(owner, 0)) / load.times
            for owner, seconds in _processor_seconds(settings).items()
        }
        part.add(_row(load, waits, wall, spent))
        emails += _take_all_emails(environment, minimum=load.at_once * load.times)
        fairness = max(waits) / median(waits)
        if load.at_once == max(each.at_once for each in (FULL if full else QUICK)):
            part.goal(f"{load.at_once} uploads at once, max ÷ median wait", fairness, "at most", _FAIRNESS)
    _require_one_email_each(emails)
    _add_memory(part, settings)
    part.note(
        "Invariants checked for every upload: counts add up, products and error codes of each row are those of the "
        "file, one report with every finding, one e-mail."
    )
    part.note("CPU columns: processor seconds of one run; the emulator's are not ours, and not there on AWS.")
    part.plot("Time to outcome", bars="load", value="p50 s", name="time")
    part.plot("Processor time by owner", bars="load", value="CPU s: emulator", name="cpu")
    return part


def _row(load: Load, waits: list[float], wall: float, spent: dict[str, float]) -> dict[str, Any]:
    ordered = sorted(waits)
    return {
        "load": load.name,
        "p50 s": median(waits),
        "p95 s": ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
        "max s": ordered[-1],
        "rows/s": load.rows * load.at_once / wall,
        "CPU s: emulator": spent["emulator"],
        "CPU s: our functions": spent["functions"],
        "CPU s: PostgreSQL": spent["postgres"],
    }


def _send(environment: StackEnvironment, load: Load, seed: int, turn: int) -> _Sent:
    vendor = SAMPLE_VENDORS[turn % len(SAMPLE_VENDORS)]
    file = generate_upload(load.rows, _ERROR_RATE, seed, vendor.vendor_id)
    put_at = datetime.now(UTC)
    stored = uploads.put(environment, vendor.vendor_id, f"bench-{seed}.csv", file.body)
    return _Sent(stored.key, put_at, load.rows, file.expected_errors)


def _finish(environment: StackEnvironment, sent: list[_Sent]) -> list[float]:
    """Wait until all uploads have ended, check them, and return their seconds from PUT to outcome."""
    deadline = time.monotonic() + _TIMEOUT
    with closing(psycopg2.connect(environment.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            while True:
                cursor.execute(
                    "SELECT s3_key, completed_at, upload_id, total_records, valid_records, error_records,"
                    " error_file_s3_key FROM upload_history WHERE s3_key = ANY(%s) AND status <> 'processing'",
                    ([upload.key for upload in sent],),
                )
                ended = {row[0]: row[1:] for row in cursor.fetchall()}
                if len(ended) == len(sent):
                    break
                if time.monotonic() > deadline:
                    raise LocalStackError(f"{len(sent) - len(ended)} of {len(sent)} uploads did not end in time.")
                time.sleep(0.25)
            for upload in sent:
                _require_invariants(environment, cursor, upload, ended[upload.key][1:])
    return [(ended[upload.key][0] - upload.put_at).total_seconds() for upload in sent]


def _require_invariants(environment: StackEnvironment, cursor: Any, upload: _Sent, ended: tuple[Any, ...]) -> None:
    upload_id, total, valid, errors, report_key = ended
    cursor.execute("SELECT count(*) FROM products WHERE upload_id = %s", (upload_id,))
    products = cursor.fetchone()[0]
    cursor.execute(
        "SELECT row_number, array_agg(error_type ORDER BY error_type) FROM validation_errors WHERE upload_id = %s"
        " GROUP BY row_number",
        (upload_id,),
    )
    recorded = dict(cursor.fetchall())
    expected = {number: sorted(codes) for number, codes in upload.expected_errors.items()}
    counts = (upload.rows, upload.rows - len(expected), len(expected))
    report_lines = 0
    if report_key:
        bucket = environment.output("UploadBucketName")
        body = environment.client("s3").get_object(Bucket=bucket, Key=report_key)["Body"].read()
        report_lines = body.count(b"\r\n") - 1
    if (
        (total, valid, errors) != counts
        or products != valid
        or recorded != expected
        or report_lines != sum(map(len, expected.values()))
    ):
        raise LocalStackError(f"{upload_id} broke an invariant: {ended}, {products} products, {report_lines} lines")


def _take_all_emails(environment: StackEnvironment, minimum: int = 1) -> "Counter[str]":
    """Empty the mailbox; return how many e-mails there were by their text."""
    found: Counter[str] = Counter()
    sqs, queue_url = environment.client("sqs"), environment.output("MailboxQueueUrl")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        response = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        messages = response.get("Messages", [])
        if not messages and found.total() >= minimum:
            break
        for message in messages:
            found[json.loads(message["Body"]).get("Message", "").partition("\n")[0]] += 1
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return found


def _require_one_email_each(emails: "Counter[str]") -> None:
    repeated = [text for text, count in emails.items() if count != 1]
    if repeated:
        raise LocalStackError(f"More than one e-mail about an upload: {repeated}")


def _processes(settings: Settings) -> list[tuple[str, psutil.Process]]:
    """Return the stack's processes with their owner: emulator, postgres, or a function's name."""
    found: list[tuple[str, psutil.Process]] = []
    emulator = Daemon.remembered(Emulator(settings).pid_file)
    postgres = Daemon.remembered(stack.database(settings).pid_file)
    if emulator:
        root = psutil.Process(emulator.pid)
        found.append(("emulator", root))
        for child in root.children(recursive=True):
            command = " ".join(child.cmdline())
            _, marker, rest = command.partition(f"{SERVICE}-{STAGE}-")
            if marker:
                found.append((rest.partition("/")[0].rpartition("-")[0], child))
    if postgres:
        root = psutil.Process(postgres.pid)
        found += [("postgres", process) for process in (root, *root.children(recursive=True))]
    return found


def _processor_seconds(settings: Settings) -> dict[str, float]:
    spent: Counter[str] = Counter()
    for owner, process in _processes(settings):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        spent[owner if owner in ("emulator", "postgres") else "functions"] += times.user + times.system
    return dict(spent)


def _add_memory(part: Part, settings: Settings) -> None:
    """Add each function's highest resident memory: the emulator's own "Max Memory Used" is that of ended processes."""
    peaks: dict[str, float] = {}
    for owner, process in _processes(settings):
        if owner not in ("emulator", "postgres"):
            peaks[owner] = max(peaks.get(owner, 0), _peak_mb(process))
    for function in sorted(peaks):
        part.add({"load": f"memory of {function}", "peak MB": peaks[function]})


def _peak_mb(process: psutil.Process) -> float:
    try:
        with open(f"/proc/{process.pid}/status") as status:  # noqa: PTH123
            for line in status:
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) * 1024 / _MEGABYTE
    except OSError:
        pass
    return float(process.memory_info().rss) / _MEGABYTE
