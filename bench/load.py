"""Catalogue load: rows that keep the rules into the constrained table, four ways, in several states of it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from psycopg2.extras import execute_values

from bench.catalogue import VENDOR_ID, Catalogue, fresh_catalogue
from bench.files import checked, product_rules, rows_of
from bench.measure import Timings, Work, interleave
from bench.results import Part
from onboarding.stores import ledger
from onboarding.stores.copying import copy_file
from onboarding.stores.ledger import CheckedRow

T = TypeVar("T")

COPY = "COPY (the limit)"
OURS = "ours, with ledger and counts"
_TEMPLATE = Path(__file__).resolve().parent.parent / "serverless.yml"
STREAM_BATCH = int(re.findall(r"streamBatchSize: (\d+)", _TEMPLATE.read_text("utf-8"))[0])
"""Rows that the stream gives the validator at once, as deployed."""
COLUMNS = ("upload_id", "vendor_id", "row_number", *product_rules().columns)
_UPLOAD = "BENCH_LOAD"
_OTHER_UPLOAD = "BENCH_OTHER"

Load = Callable[[Any, Sequence[CheckedRow]], object]


def measure(*, full: bool) -> Part:
    """Measure all methods; the catalogue holds a million products in a full run, a tenth of that in a quick one."""
    rows = [row for row in checked(_UPLOAD, rows_of(10_000, error_rate=0)) if not row.errors]
    part = Part("load", "Catalogue load", f"{len(rows):,} rows; COPY of the same rows is the limit")
    rounds = 7 if full else 2
    ratios = []
    with fresh_catalogue() as catalogue:
        for products in (0, 1_000_000 if full else 100_000):
            catalogue.fill(products)
            for batch in (len(rows), STREAM_BATCH):
                slow = batch == STREAM_BATCH and (full or products == 0)
                timings = interleave(**_variants(catalogue, rows, batch, slow=slow), rounds=rounds)
                _report(part, timings, len(rows), f"{products:,} products", batch)
                ratios.append(timings.ratio(OURS, COPY))
            if products == 0:
                conflicts = _with_taken_keys(catalogue, rows, rounds)
                _report(part, conflicts, len(rows), "1 SKU in 100 taken", STREAM_BATCH)
        timings = _replay(catalogue, rows, rounds)
    _report(part, timings, len(rows), "replay of batches already done", STREAM_BATCH)
    part.goal("Load ÷ COPY, with ledger and counts, worst table and batch", max(ratios), "at most", 1.5)
    part.goal("Load ÷ COPY, 1 SKU in 100 taken, in every batch", conflicts.ratio(OURS, COPY), "at most", 1.5)
    part.plot("Catalogue load, time ÷ COPY", bars="method", groups=("table", "rows a transaction"), value="÷ COPY")
    return part


def _variants(catalogue: Catalogue, rows: Sequence[CheckedRow], batch: int, *, slow: bool) -> dict[str, Any]:
    methods: dict[str, Load] = {COPY: copy_rows, OURS: settle_rows}
    if slow:
        methods |= {"execute_values, 500 a page": insert_pages, "savepoint for each row": insert_one_by_one}

    def prepare() -> None:
        catalogue.forget(_UPLOAD)
        catalogue.open_upload(_UPLOAD, len(rows))

    return {
        "variants": {name: _in_batches(catalogue, rows, batch, load) for name, load in methods.items()},
        "before": dict.fromkeys(methods, prepare),
    }


def _in_batches(catalogue: Catalogue, rows: Sequence[CheckedRow], batch: int, load: Load) -> Work:
    def run() -> None:
        for some in batches(rows, batch):
            catalogue.run(lambda cursor, some=some: load(cursor, some))

    return run


def _with_taken_keys(catalogue: Catalogue, rows: Sequence[CheckedRow], rounds: int) -> Timings:
    """Time a file of which another upload has some SKUs, in every batch; COPY gets a file of new ones."""

    def prepare() -> None:
        catalogue.forget(_UPLOAD)
        catalogue.open_upload(_OTHER_UPLOAD, len(rows))
        taken = [replace(row, staged=replace(row.staged, upload_id=_OTHER_UPLOAD)) for row in rows[::100]]
        catalogue.run(lambda cursor: copy_rows(cursor, taken))
        catalogue.open_upload(_UPLOAD, len(rows))

    def empty() -> None:
        catalogue.forget(_UPLOAD)
        catalogue.open_upload(_UPLOAD, len(rows))

    timings = interleave(
        {
            COPY: _in_batches(catalogue, rows, STREAM_BATCH, copy_rows),
            OURS: _in_batches(catalogue, rows, STREAM_BATCH, settle_rows),
        },
        rounds,
        before={COPY: empty, OURS: prepare},
    )
    catalogue.forget(_OTHER_UPLOAD)  # its SKUs would be in the way of what is measured next
    return timings


def _replay(catalogue: Catalogue, rows: Sequence[CheckedRow], rounds: int) -> Timings:
    """Time what a batch costs that is delivered again after it was settled; COPY is a first delivery."""
    copy = _in_batches(catalogue, rows, STREAM_BATCH, copy_rows)
    settle = _in_batches(catalogue, rows, STREAM_BATCH, settle_rows)

    def empty() -> None:
        catalogue.forget(_UPLOAD)
        catalogue.open_upload(_UPLOAD, len(rows))

    def settled() -> None:
        empty()
        settle()

    return interleave(
        {COPY: copy, OURS: settle},
        rounds,
        before={COPY: empty, OURS: settled},
    )


def _report(part: Part, timings: Timings, rows: int, table: str, batch: int) -> None:
    for method in timings.seconds:
        seconds = timings.median(method)
        part.add(
            {
                "table": table,
                "rows a transaction": batch,
                "method": method,
                "seconds": seconds,
                "rows/s": rows / seconds,
                "÷ COPY": timings.ratio(method, COPY),
            }
        )


def batches(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the rows in slices of this size."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def copy_rows(cursor: Any, rows: Sequence[CheckedRow]) -> None:
    """Load by COPY into the table itself: no ledger, no counts, and one bad row fails all."""
    cursor.copy_expert(f"COPY products ({', '.join(COLUMNS)}) FROM STDIN (NULL '')", copy_file(_records(rows)))


def settle_rows(cursor: Any, rows: Sequence[CheckedRow]) -> None:
    """Load as the pipeline does: lock, look up known outcomes, insert, record errors, count."""
    ledger.settle(cursor, product_rules(), rows[0].staged.upload_id, VENDOR_ID, rows)


def insert_pages(cursor: Any, rows: Sequence[CheckedRow]) -> None:
    """Load by multi-row INSERT statements."""
    statement = f"INSERT INTO products ({', '.join(COLUMNS)}) VALUES %s ON CONFLICT DO NOTHING"
    execute_values(cursor, statement, list(_records(rows)), page_size=500)


def insert_one_by_one(cursor: Any, rows: Sequence[CheckedRow]) -> None:
    """Load row by row, each under a savepoint, so that a bad row fails alone."""
    statement = f"INSERT INTO products ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
    for record in _records(rows):
        cursor.execute("SAVEPOINT one_row")
        cursor.execute(statement, record)
        cursor.execute("RELEASE SAVEPOINT one_row")


def _records(rows: Sequence[CheckedRow]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield (row.staged.upload_id, VENDOR_ID, str(row.row_number), *row.values)
