"""The whole path in one process: CSV bytes in, catalogue, recorded errors and error report out; no AWS latency."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars

from bench.catalogue import VENDOR_ID, Catalogue, fresh_catalogue
from bench.files import ERROR_RATE, EXPIRES_AT, SHARDS, STREAM_BATCH, batches, file_of, product_rules
from bench.measure import Work, interleave
from bench.peers import django_path, pandas_path
from bench.results import Part
from onboarding.intake.reading import read_products
from onboarding.reporting.report import build_report
from onboarding.rows import RowStatus, StagedRow
from onboarding.stores import catalogue as products
from onboarding.stores import ledger
from onboarding.stores.error_queue import read_message, send_error_rows
from onboarding.stores.staging import Item, item_of, row_of
from onboarding.validation.settling import check_row
from samples.generate import expected_errors

_UPLOAD = "BENCH_PATH"
_ROWS = 10_000
OURS = "ours, as deployed: staged, in stream batches"
OURS_AT_ONCE = "ours, the peers' steps: not staged, one transaction"
PANDAS = "pandas + pandera, errors and counts recorded"
PANDAS_USUAL = "pandas + pandera + COPY, nothing recorded"
DJANGO = "django-import-export, tuned"
PEERS = (PANDAS, PANDAS_USUAL, DJANGO)
GOOD, BAD = f"ours, {_ROWS:,} good rows", f"ours, {_ROWS:,} bad rows"


def measure(*, full: bool) -> Part:
    """Time ours and the peers on the same file."""
    part = Part("path", "Whole path in one process", f"{_ROWS:,} rows, 5 % bad")
    clean, body, good_body, bad_body = _good_rows(), file_of(_ROWS), file_of(_ROWS, 0.0), file_of(_ROWS, 1.0)
    with fresh_catalogue() as catalogue:
        django = django_path(catalogue.url)

        def pandas_run(*, same_outcome: bool) -> tuple[int, int]:
            return pandas_path(catalogue.connection, body, _UPLOAD, same_outcome=same_outcome)

        works: dict[str, Work] = {
            OURS: lambda: run(catalogue, body),
            OURS_AT_ONCE: lambda: run_at_once(catalogue, body),
            PANDAS: lambda: pandas_run(same_outcome=True),
            PANDAS_USUAL: lambda: pandas_run(same_outcome=False),
            DJANGO: lambda: django(clean),
            GOOD: lambda: run(catalogue, good_body),
            BAD: lambda: run(catalogue, bad_body),
            "reading": lambda: _read(body),
            "polars": lambda: polars.read_csv(body, infer_schema=False, truncate_ragged_lines=True),
        }
        before = dict.fromkeys(works, lambda: start(catalogue, _ROWS))
        timings = interleave(works, rounds=7 if full else 3, before=before)
        start(catalogue, _ROWS)
        assert run(catalogue, body) == (len(clean), _ROWS - len(clean)), "ours accepts exactly the good rows"
        start(catalogue, _ROWS)
        accepted, _ = pandas_run(same_outcome=True)
        start(catalogue, _ROWS)
        assert django(clean) == len(clean), "django-import-export takes all good rows"
    rows = {name: len(clean) if name == DJANGO else _ROWS for name in (OURS, OURS_AT_ONCE, *PEERS, GOOD, BAD)}
    rate = {name: count / timings.median(name) for name, count in rows.items()}
    part.rows = [
        {"path": name, "rows": rows[name], "rows/s": rate[name], "ours is faster by": rate[OURS] / rate[name]}
        for name in rows
    ]
    part.goal("Whole path as deployed", rate[OURS], "at least", 20_000, "rows/s")
    part.goal("Whole path ÷ best peer with the same outcome", timings.ratio(PANDAS, OURS_AT_ONCE), "at least", 1.3)
    fastest = timings.ratio(PANDAS_USUAL, OURS)
    part.goal("As deployed ÷ fastest peer, whatever that leaves out", fastest, "at least", 0.8)
    part.goal("10,000 bad rows ÷ 10,000 good ones, whole path", timings.ratio(BAD, GOOD), "at most", 1.8)
    reading, polars_reading = (1000 * timings.median(name) for name in ("reading", "polars"))
    part.notes += [
        f"Of {len(clean):,} good rows ours accepts exactly those; pandas accepts {accepted - len(clean)} bad ones "
        "more, with a cell too few, and drops rows with a cell too many unreported.",
        "django-import-export gets good rows only, already parsed.",
        f"Reading alone takes {reading:.0f} ms; polars, which is told what the file is like, {polars_reading:.0f} ms.",
    ]
    return part


def start(catalogue: Catalogue, rows: int) -> None:
    """Make the catalogue ready for an upload of so many rows."""
    catalogue.forget(_UPLOAD)
    catalogue.open_upload(_UPLOAD, rows)


def run(catalogue: Catalogue, body: bytes) -> tuple[int, int]:
    """Take a file the way the functions do, with what crosses AWS built and read again; return valid and error rows."""
    error_items: list[Item] = []
    valid = errors = 0
    for some in batches(_read(body), STREAM_BATCH):
        staged = [row_of(item) for item in [item_of(row, RowStatus.PENDING, SHARDS) for row in some]]
        settlement, invalid = _settle(catalogue, staged)
        send_error_rows(_Queue(error_items), "bench", invalid)
        for row in staged:
            if row.row_number in settlement.valid:
                item_of(row, RowStatus.VALIDATED, SHARDS)
        valid, errors = valid + len(settlement.valid), errors + len(invalid)
    build_report([row_of(item) for item in error_items])
    return valid, errors


def run_at_once(catalogue: Catalogue, body: bytes) -> None:
    """Take a file as the peers do: rows go from the reader to rules, catalogue and report, in one transaction."""
    build_report(_settle(catalogue, _read(body))[1])


def _read(body: bytes) -> list[StagedRow]:
    return [StagedRow(_UPLOAD, VENDOR_ID, row, EXPIRES_AT) for row in read_products(body, product_rules()).rows]


def _settle(catalogue: Catalogue, staged: Sequence[StagedRow]) -> tuple[ledger.Settlement, list[StagedRow]]:
    """Judge and settle rows; return the settlement, and the rows with errors."""
    rules = product_rules()
    categories = catalogue.run(products.active_categories)
    checked = [check_row(rules, row, categories) for row in staged]
    settlement = catalogue.run(lambda cursor: ledger.settle(cursor, rules, _UPLOAD, VENDOR_ID, checked))
    errors = settlement.errors
    return settlement, [row._replace(errors=errors[row.row_number]) for row in staged if row.row_number in errors]


@dataclass(frozen=True, slots=True)
class _Queue:
    """Takes the place of SQS: every message is read at once, as the error processor reads it."""

    error_items: list[Item]

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:  # noqa: N803
        for entry in Entries:
            rows = read_message(entry["MessageBody"])
            assert isinstance(rows, list)
            self.error_items.extend(item_of(row, RowStatus.ERROR, SHARDS) for row in rows)
        return {}


def _good_rows() -> list[dict[str, Any]]:
    """Return only good rows, parsed and with the origin columns: a head start for django-import-export.

    It has no rules for blanks and plain numbers, so that bad rows would need code of their own.
    """
    bad = expected_errors(_ROWS, ERROR_RATE, 1, VENDOR_ID)
    return [
        {name: cell or None for name, cell in row.items()}
        | {"vendor_id": VENDOR_ID, "upload_id": _UPLOAD, "row_number": str(number)}
        for number, row in enumerate(csv.DictReader(io.StringIO(file_of(_ROWS).decode(), newline="")), start=1)
        if number not in bad
    ]
