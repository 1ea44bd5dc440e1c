"""The whole path in one process: CSV bytes in, catalogue, recorded errors and error report out; no AWS latency."""

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import polars

from bench.catalogue import VENDOR_ID, Catalogue, fresh_catalogue
from bench.files import ERROR_RATE, SEED, SHARDS, STREAM_BATCH, batches, file_of, product_rules, staged
from bench.measure import Work, interleave
from bench.peers import django_path, pandas_path
from bench.results import Part
from onboarding.intake.reading import read_products
from onboarding.reporting.report import build_report
from onboarding.rows import ProductRow, RowStatus, StagedRow
from onboarding.stores import catalogue as products
from onboarding.stores import ledger
from onboarding.stores.error_queue import read_message
from onboarding.stores.history import Progress
from onboarding.stores.staging import Item, item_of, row_of
from onboarding.uploads import UploadMode
from onboarding.validation.settling import Validation, check_rows
from samples.generate import expected_errors

UPLOAD = "BENCH_PATH"
_ROWS = 10_000
OURS = "ours, as deployed: staged, in stream batches"
OURS_AT_ONCE = "ours, the peers' steps: not staged, one transaction"
PANDAS = "pandas + pandera, errors and counts recorded"
PANDAS_USUAL = "pandas + pandera + COPY, nothing recorded"
DJANGO = "django-import-export, tuned"
_BASELINE = 26_700
"""Rows a second of the fastest peer on the machine that limits in seconds were set on, 24 November 2026."""
GOOD, BAD = f"ours, {_ROWS:,} good rows", f"ours, {_ROWS:,} bad rows"


def measure(*, full: bool) -> Part:
    """Time ours and the peers on the same file."""
    part = Part("Whole path in one process", f"{_ROWS:,} rows, 5 % bad")
    body, good_body, bad_body = file_of(_ROWS), file_of(_ROWS, 0.0), file_of(_ROWS, 1.0)
    parsed = _parsed(good_body)
    good = _ROWS - len(expected_errors(_ROWS, ERROR_RATE, SEED, VENDOR_ID))
    with fresh_catalogue() as catalogue:
        django = django_path(catalogue.connection)
        pandas = partial(pandas_path, catalogue.connection, body, UPLOAD)
        works: dict[str, Work] = {
            OURS: lambda: run(catalogue, body),
            OURS_AT_ONCE: lambda: run_at_once(catalogue, body),
            PANDAS: lambda: pandas(same_outcome=True),
            PANDAS_USUAL: lambda: pandas(same_outcome=False),
            DJANGO: lambda: django(parsed),
            GOOD: lambda: run(catalogue, good_body),
            BAD: lambda: run(catalogue, bad_body),
            "reading": lambda: _read(body),
            "polars": lambda: polars.read_csv(body, infer_schema=False, truncate_ragged_lines=True),
        }
        before = dict.fromkeys(works, lambda: start(catalogue, _ROWS))
        timings = interleave(works, rounds=7 if full else 3, before=before)
        start(catalogue, _ROWS)
        assert run(catalogue, body).valid_records == good, "ours accepts exactly the good rows"
        start(catalogue, _ROWS)
        accepted = pandas(same_outcome=True)
        start(catalogue, _ROWS)
        assert django(parsed) == _ROWS, "django-import-export takes all good rows"
    rate = {name: _ROWS / timings.median(name) for name in works}
    part.rows = [
        {"path": name, "rows": _ROWS, "rows/s": rate[name], "ours is faster by": rate[OURS] / rate[name]}
        for name in (OURS, OURS_AT_ONCE, PANDAS, PANDAS_USUAL, DJANGO, GOOD, BAD)
    ]
    part.goal("Whole path as deployed", rate[OURS], "at least", 20_000, "rows/s", speed=rate[PANDAS_USUAL] / _BASELINE)
    part.goal("Whole path ÷ best peer with the same outcome", timings.ratio(PANDAS, OURS_AT_ONCE), "at least", 1.3)
    fastest = timings.ratio(PANDAS_USUAL, OURS)
    part.goal("As deployed ÷ fastest peer, whatever that leaves out", fastest, "at least", 0.8)
    part.goal("10,000 bad rows ÷ 10,000 good ones, whole path", timings.ratio(BAD, GOOD), "at most", 1.8)
    reading, polars_reading = (1000 * timings.median(name) for name in ("reading", "polars"))
    part.notes += [
        f"Of {good:,} good rows ours accepts exactly those; pandas accepts {accepted - good} bad ones "
        "more, with a cell too few, and drops rows with a cell too many unreported.",
        "django-import-export gets good rows only, already parsed: it has no rules for blanks and plain numbers.",
        f"Reading alone takes {reading:.0f} ms; polars, which is told what the file is like, {polars_reading:.0f} ms.",
    ]
    return part


def machine_speed() -> float:
    """Return how fast this machine is now beside the one that limits in seconds were set on, by the fastest peer."""
    with fresh_catalogue() as catalogue:
        peer = partial(pandas_path, catalogue.connection, file_of(_ROWS), UPLOAD, same_outcome=False)
        timings = interleave({PANDAS_USUAL: peer}, 7, before={PANDAS_USUAL: lambda: start(catalogue, _ROWS)})
    return _ROWS / timings.median(PANDAS_USUAL) / _BASELINE


def growth(*, full: bool) -> Part:
    """Time ours alone: files of every size into an empty catalogue, 1,000 rows into catalogues of every size."""
    sizes = (0, 10_000, 100_000, 1_000_000) if full else (0, 100_000)
    cases = sorted({(rows, 0) for rows in (100, 300, 1_000, 3_000, 10_000)} | {(1_000, size) for size in sizes})
    works, before = {}, {}
    part = Part("Growth", "the whole path of part 4")
    with ExitStack() as servers:
        # One server for each size, so that they can take turns.
        catalogues = {size: servers.enter_context(fresh_catalogue()) for size in sizes}
        for rows, size in cases:
            catalogues[size].fill(size)
            works[rows, size] = partial(run, catalogues[size], file_of(rows))
            before[rows, size] = partial(start, catalogues[size], rows)
        timings = interleave(works, rounds=15 if full else 5, before=before)
    for rows, size in cases:
        seconds = timings.median((rows, size))
        part.rows.append({"rows": rows, "products": size, "s": seconds, "ms for 1,000 rows": seconds / rows * 1e6})
    linear = timings.ratio((10_000, 0), (1_000, 0)) / 10
    part.goal("Time a row, 10,000 ÷ 1,000 rows (linear)", linear, "at most", 1.3)
    flat = timings.ratio((1_000, sizes[-1]), (1_000, 0))
    part.goal(f"1,000 rows into {sizes[-1]:,} products ÷ into none (flat)", flat, "at most", 1.5)
    return part


def start(catalogue: Catalogue, rows: int) -> None:
    """Make the catalogue ready for an upload of so many rows."""
    catalogue.forget(UPLOAD)
    catalogue.open_upload(UPLOAD, rows)


def run(catalogue: Catalogue, body: bytes, mode: UploadMode = UploadMode.IMPORT, upload_id: str = UPLOAD) -> Progress:
    """Take a file the way the functions do, with what crosses AWS built and read again; return where it got to."""
    aws = _Aws()
    validation = Validation(catalogue, product_rules(), aws, aws, "bench", aws)
    for some in batches(staged(upload_id, _read(body, mode)), STREAM_BATCH):
        items = [item_of(row, RowStatus.PENDING, SHARDS) for row in some]
        progress = validation.validate([row_of(item) for item in items]).progress
    build_report([row_of(item) for item in aws.error_items])
    return progress


def run_at_once(catalogue: Catalogue, body: bytes) -> None:
    """Take a file as the peers do: rows go from the reader to rules, catalogue and report, in one transaction."""
    rules, categories = product_rules(), catalogue.run(products.active_categories)
    rows = staged(UPLOAD, _read(body))
    checked = check_rows(rules, rows, categories)
    errors = catalogue.run(lambda cursor: ledger.settle(cursor, rules, UPLOAD, VENDOR_ID, checked)).errors
    build_report([row.with_errors(errors[row.row_number]) for row in rows if row.row_number in errors])


def _read(body: bytes, mode: UploadMode = UploadMode.IMPORT) -> list[ProductRow]:
    return read_products(body, mode.rules(product_rules())).rows


class _Aws:
    """Takes the place of error queue, staging table and execution: what they would be sent is built, messages read."""

    def __init__(self) -> None:
        self.error_items: list[Item] = []
        """What the error processor stages."""

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:  # noqa: N803
        for entry in Entries:
            self.error_items += [item_of(row, RowStatus.ERROR, SHARDS) for row in read_message(entry["MessageBody"])]
        return {}

    def put_rows(self, rows: Sequence[StagedRow], status: RowStatus) -> None:
        for row in rows:
            item_of(row, status, SHARDS)

    def send(self, *_: object) -> None:
        """The execution learns that all rows have an outcome."""


def _parsed(body: bytes) -> list[dict[str, Any]]:
    """Return parsed rows with the columns of their origin: a head start for django-import-export."""
    return [
        {name: cell or None for name, cell in row.items()}
        | {"vendor_id": VENDOR_ID, "upload_id": UPLOAD, "row_number": str(number)}
        for number, row in enumerate(csv.DictReader(io.StringIO(body.decode(), newline="")), start=1)
    ]
