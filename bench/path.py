"""The whole path in one process: CSV bytes in, catalogue, recorded errors and error report out; no AWS latency."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.catalogue import VENDOR_ID, Catalogue, fresh_catalogue
from bench.files import ERROR_RATE, EXPIRES_AT, SHARDS, STREAM_BATCH, batches, file_of, product_rules
from bench.measure import interleave
from bench.peers import django_paths, pandas_path
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
GOOD, BAD = f"ours, {_ROWS:,} good rows", f"ours, {_ROWS:,} bad rows"


def measure(*, full: bool) -> Part:
    """Time ours and the peers on the same file. The usual way of django-import-export gets a tenth of the rows."""
    few = 1_000 if full else 300
    setting = f"{_ROWS:,} rows, 5 % bad; django-import-export as usual: {few:,}"
    part = Part("path", "Whole path in one process", setting, ("path", "rows/s"))
    with fresh_catalogue() as catalogue:
        usual, tuned = django_paths(catalogue.url)
        clean, few_clean, body = _good_rows(_ROWS), _good_rows(few), file_of(_ROWS)

        def pandas_run(*, same_outcome: bool) -> tuple[int, int]:
            return pandas_path(catalogue.connection, body, _UPLOAD, same_outcome=same_outcome)

        variants: dict[str, tuple[int, Callable[[], object]]] = {
            OURS: (_ROWS, lambda: run(catalogue, body)),
            OURS_AT_ONCE: (_ROWS, lambda: run_at_once(catalogue, body)),
            PANDAS: (_ROWS, lambda: pandas_run(same_outcome=True)),
            PANDAS_USUAL: (_ROWS, lambda: pandas_run(same_outcome=False)),
            "django-import-export, tuned": (len(clean), lambda: tuned(clean)),
            "django-import-export, as usual": (len(few_clean), lambda: usual(few_clean)),
            GOOD: (_ROWS, lambda: run(catalogue, file_of(_ROWS, 0.0))),
            BAD: (_ROWS, lambda: run(catalogue, file_of(_ROWS, 1.0))),
        }
        timings = interleave(
            {name: work for name, (_, work) in variants.items()},
            rounds=7 if full else 3,
            before={name: lambda count=count: start(catalogue, count) for name, (count, _) in variants.items()},
        )
        start(catalogue, _ROWS)
        good = _ROWS - len(expected_errors(_ROWS, ERROR_RATE, 1, VENDOR_ID))
        assert run(catalogue, body) == (good, _ROWS - good), "ours accepts exactly the good rows"
        start(catalogue, _ROWS)
        accepted, _ = pandas_run(same_outcome=True)
    rate = {name: count / timings.median(name) for name, (count, _) in variants.items()}
    part.rows = [
        {"path": name, "rows": count, "rows/s": rate[name], "ours is faster by": rate[OURS] / rate[name]}
        for name, (count, _) in variants.items()
    ]
    part.goal("Whole path as deployed", rate[OURS], "at least", 20_000, "rows/s")
    part.goal("Whole path ÷ best peer with the same outcome", timings.ratio(PANDAS, OURS_AT_ONCE), "at least", 1.3)
    part.goal(
        "As deployed ÷ fastest peer, whatever that leaves out", timings.ratio(PANDAS_USUAL, OURS), "at least", 0.8
    )
    part.goal("10,000 bad rows ÷ 10,000 good ones, whole path", timings.ratio(BAD, GOOD), "at most", 1.8)
    part.notes.append(
        f"Of {good:,} good rows ours accepts exactly those; pandas accepts {accepted - good} bad ones more, with a "
        "cell too few, and drops rows with a cell too many unreported. django-import-export gets good rows only, "
        "already parsed."
    )
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
    return settlement, [replace(row, errors=errors[row.row_number]) for row in staged if row.row_number in errors]


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


def _good_rows(count: int) -> list[dict[str, Any]]:
    """Return only good rows, parsed and with the origin columns: a head start for django-import-export.

    It has no rules for blanks and plain numbers, so that bad rows would need code of their own.
    """
    bad = expected_errors(count, ERROR_RATE, 1, VENDOR_ID)
    return [
        {name: cell or None for name, cell in row.items()}
        | {"vendor_id": VENDOR_ID, "upload_id": _UPLOAD, "row_number": str(number)}
        for number, row in enumerate(csv.DictReader(io.StringIO(file_of(count).decode(), newline="")), start=1)
        if number not in bad
    ]
