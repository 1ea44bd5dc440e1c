"""The whole path in one process: CSV bytes in, catalogue, recorded errors and error report out; no AWS latency."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench import peer_django, peer_pandas
from bench.catalogue import VENDOR_ID, Catalogue, fresh_catalogue
from bench.files import EXPIRES_AT, file_of, product_rules
from bench.load import STREAM_BATCH, batches
from bench.measure import interleave
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
OURS = "ours, as deployed: staged, in stream batches"
OURS_AT_ONCE = "ours, the peers' steps: not staged, one transaction"
PANDAS = "pandas + pandera, errors and counts recorded"
ERROR_RATE = 0.05


def measure(*, full: bool) -> Part:
    """Time ours and the peers on the same file. The usual way of django-import-export gets a tenth of the rows."""
    rows = 10_000
    few = 1_000 if full else 300
    part = Part("path", "Whole path in one process", f"{rows:,} rows, 5 % bad; django-import-export as usual: {few:,}")
    with fresh_catalogue() as catalogue:
        peer_django.start(catalogue.url)
        usual, tuned = peer_django.resources()
        clean, few_clean = _good_rows(rows), _good_rows(few)

        def pandas_run(*, same_outcome: bool) -> tuple[int, int]:
            body = file_of(rows, ERROR_RATE)
            return peer_pandas.run(catalogue.connection, body, _UPLOAD, same_outcome=same_outcome)

        variants: dict[str, tuple[int, Callable[[], object]]] = {
            OURS: (rows, lambda: run(catalogue, file_of(rows, ERROR_RATE))),
            OURS_AT_ONCE: (rows, lambda: run_at_once(catalogue, file_of(rows, ERROR_RATE))),
            PANDAS: (rows, lambda: pandas_run(same_outcome=True)),
            "pandas + pandera + COPY, nothing recorded": (rows, lambda: pandas_run(same_outcome=False)),
            "django-import-export, tuned": (len(clean), lambda: peer_django.run(tuned, clean)),
            "django-import-export, as usual": (len(few_clean), lambda: peer_django.run(usual, few_clean)),
        }
        timings = interleave(
            {name: work for name, (_, work) in variants.items()},
            rounds=7 if full else 2,
            before={name: lambda count=count: _start(catalogue, count) for name, (count, _) in variants.items()},
        )
        _require_right_catalogue(part, catalogue, rows)
        rate = {name: count / timings.median(name) for name, (count, _) in variants.items()}
        for name, (count, _) in variants.items():
            part.add({"path": name, "rows": count, "rows/s": rate[name], "ours is faster by": rate[OURS] / rate[name]})
        _compare_bad_files(part, catalogue, rows, rounds=5 if full else 3)
    part.goal("Whole path", rate[OURS], "at least", 10_000, "rows/s")
    part.goal("Whole path ÷ best peer with the same outcome", timings.ratio(PANDAS, OURS_AT_ONCE), "at least", 1)
    fastest = max(value for name, value in rate.items() if name not in (OURS, OURS_AT_ONCE))
    part.goal("Whole path as deployed ÷ fastest peer, whatever that leaves out", rate[OURS] / fastest, "at least", 1)
    part.note(
        f"As deployed, ours also builds and reads staged items and messages: ÷ pandas {rate[OURS] / rate[PANDAS]:.2f}."
    )
    part.plot("Whole path", bars="path", value="rows/s", log=True)
    return part


def run(catalogue: Catalogue, body: bytes, upload_id: str = _UPLOAD) -> tuple[int, int]:
    """Take a file the way the functions do, with what crosses AWS built and read again; return valid and error rows."""
    rules = product_rules()
    rows = [StagedRow(upload_id, VENDOR_ID, row, EXPIRES_AT) for row in read_products(body, rules).rows]
    error_items: list[Item] = []
    valid = errors = 0
    for some in batches(rows, STREAM_BATCH):
        items = [item_of(row, RowStatus.PENDING) for row in some]
        settled_valid, settled_errors = _settle(catalogue, upload_id, items, error_items)
        valid, errors = valid + settled_valid, errors + settled_errors
    build_report([row_of(item) for item in error_items])
    return valid, errors


def run_at_once(catalogue: Catalogue, body: bytes, upload_id: str = _UPLOAD) -> tuple[int, int]:
    """Take a file as the peers do: rows go from the reader to rules, catalogue and report, in one transaction."""
    rules = product_rules()
    rows = [StagedRow(upload_id, VENDOR_ID, row, EXPIRES_AT) for row in read_products(body, rules).rows]
    categories = catalogue.run(products.active_categories)
    checked = [check_row(rules, row, categories) for row in rows]
    settlement = catalogue.run(lambda cursor: ledger.settle(cursor, rules, upload_id, VENDOR_ID, checked))
    build_report([replace(row, errors=settlement.errors[row.row_number]) for row in rows if _is_in(row, settlement)])
    return len(settlement.valid), len(settlement.errors)


def _settle(catalogue: Catalogue, upload_id: str, items: Sequence[Item], error_items: list[Item]) -> tuple[int, int]:
    rules = product_rules()
    staged = [row_of(item) for item in items]
    categories = catalogue.run(products.active_categories)
    checked = [check_row(rules, row, categories) for row in staged]
    settlement = catalogue.run(lambda cursor: ledger.settle(cursor, rules, upload_id, VENDOR_ID, checked))
    invalid = [replace(row, errors=settlement.errors[row.row_number]) for row in staged if _is_in(row, settlement)]
    send_error_rows(_Queue(error_items), "bench", invalid)
    for row in staged:
        if row.row_number in settlement.valid:
            item_of(row, RowStatus.VALIDATED)
    return len(settlement.valid), len(settlement.errors)


@dataclass(frozen=True, slots=True)
class _Queue:
    """Takes the place of SQS: every message is read at once, as the error processor reads it."""

    error_items: list[Item]

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:  # noqa: N803
        for entry in Entries:
            rows = read_message(entry["MessageBody"])
            assert isinstance(rows, list)
            self.error_items.extend(item_of(row, RowStatus.ERROR) for row in rows)
        return {}


def _is_in(row: StagedRow, settlement: ledger.Settlement) -> bool:
    return row.row_number in settlement.errors


def _start(catalogue: Catalogue, rows: int) -> None:
    catalogue.forget(_UPLOAD)
    catalogue.open_upload(_UPLOAD, rows)


def _good_rows(count: int) -> list[dict[str, str]]:
    """Return only good rows, parsed and with the origin columns: a head start for django-import-export.

    It has no rules for blanks and plain numbers, so that bad rows would need code of their own.
    """
    bad = expected_errors(count, ERROR_RATE, 1, VENDOR_ID)
    rows = csv.DictReader(io.StringIO(file_of(count, ERROR_RATE).decode(), newline=""))
    origin: Mapping[str, str] = {"vendor_id": VENDOR_ID, "upload_id": _UPLOAD}
    return [
        {**_filled(row), **origin, "row_number": str(number)}
        for number, row in enumerate(rows, start=1)
        if number not in bad
    ]


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cell or None for name, cell in row.items()}


def _require_right_catalogue(part: Part, catalogue: Catalogue, rows: int) -> None:
    """Raise AssertionError unless ours accepts exactly the rows that are good; note what pandas does."""
    bad = expected_errors(rows, ERROR_RATE, 1, VENDOR_ID)
    _start(catalogue, rows)
    assert run(catalogue, file_of(rows, ERROR_RATE)) == (rows - len(bad), len(bad))
    _start(catalogue, rows)
    accepted, _ = peer_pandas.run(catalogue.connection, file_of(rows, ERROR_RATE), _UPLOAD, same_outcome=True)
    part.note(
        f"Of {rows - len(bad):,} good rows ours accepts exactly those; pandas accepts {accepted - rows + len(bad)} bad "
        "ones more, with a cell too few, and drops rows with a cell too many unreported. django-import-export gets "
        "good rows only, already parsed."
    )


def _compare_bad_files(part: Part, catalogue: Catalogue, rows: int, rounds: int) -> None:
    names = {"good": 0.0, "bad": 1.0}
    timings = interleave(
        {name: lambda rate=rate: run(catalogue, file_of(rows, rate)) for name, rate in names.items()},
        rounds,
        before=dict.fromkeys(names, lambda: _start(catalogue, rows)),
    )
    for name in names:
        part.add({"path": f"ours, {rows:,} {name} rows", "rows": rows, "rows/s": rows / timings.median(name)})
    part.goal("10,000 bad rows ÷ 10,000 good ones, whole path", timings.ratio("bad", "good"), "at most", 2)
