"""Catalogue load: rows that keep the rules into the constrained table, ours and COPY, in several states of it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bench.catalogue import VENDOR_ID, Catalogue, fresh_catalogue
from bench.files import STREAM_BATCH, batches, checked, product_rules, rows_of
from bench.measure import Timings, Work, interleave
from bench.results import Part
from onboarding.rows import CheckedRow
from onboarding.stores import ledger
from onboarding.stores.copying import copy_file

COPY = "COPY (the limit)"
OURS = "ours, with ledger and counts"
_NAMES = ", ".join(("upload_id", "vendor_id", "row_number", *product_rules().columns))
_UPLOAD = "BENCH_LOAD"
_OTHER_UPLOAD = "BENCH_OTHER"

Rows = Sequence[CheckedRow]


def measure(*, full: bool) -> Part:
    """Measure both; the catalogue holds a million products in a full run, a tenth of that in a quick one."""
    rows = [row for row in checked(_UPLOAD, rows_of(10_000, error_rate=0)) if not row.errors]
    part = Part("load", "Catalogue load", f"{len(rows):,} rows; COPY of the same rows is the limit")
    rounds = 7 if full else 2

    def report(timings: Timings, table: str, batch: int = STREAM_BATCH) -> float:
        for method in timings.seconds:
            seconds, ratio = timings.median(method), timings.ratio(method, COPY)
            row = {"table": table, "rows a transaction": batch, "method": method, "seconds": seconds}
            part.rows.append({**row, "rows/s": len(rows) / seconds, "÷ COPY": ratio})
        return timings.ratio(OURS, COPY)

    with fresh_catalogue() as catalogue:
        ratios = []
        for products in (0, 1_000_000 if full else 100_000):
            catalogue.fill(products)
            for batch in (len(rows), STREAM_BATCH):
                ratios.append(report(_time(catalogue, rows, rounds, batch=batch), f"{products:,} products", batch))
            if products == 0:
                taken = _time(catalogue, rows, rounds, before_ours=lambda: _take_keys(catalogue, rows))
                taken_ratio = report(taken, "1 SKU in 100 taken")
                catalogue.forget(_OTHER_UPLOAD)  # its SKUs would be in the way of what is measured next
        settle = _in_batches(catalogue, rows, STREAM_BATCH, settle_rows)
        report(_time(catalogue, rows, rounds, before_ours=settle), "replay of batches already done")
    part.goal("Load ÷ COPY, with ledger and counts, worst table and batch", max(ratios), "at most", 1.3)
    part.goal("Load ÷ COPY, 1 SKU in 100 taken, in every batch", taken_ratio, "at most", 1.5)
    return part


def _time(
    catalogue: Catalogue, rows: Rows, rounds: int, *, batch: int = STREAM_BATCH, before_ours: Work = lambda: None
) -> Timings:
    """Time both on an upload that is only open; `before_ours` changes the catalogue for ours alone."""

    def prepare() -> None:
        for upload_id in (_OTHER_UPLOAD, _UPLOAD):
            catalogue.forget(upload_id)
        catalogue.open_upload(_UPLOAD, len(rows))

    def prepare_ours() -> None:
        prepare()
        before_ours()

    works = {name: _in_batches(catalogue, rows, batch, load) for name, load in ((COPY, copy_rows), (OURS, settle_rows))}
    return interleave(works, rounds, before={COPY: prepare, OURS: prepare_ours})


def _take_keys(catalogue: Catalogue, rows: Rows) -> None:
    """Let another upload have one SKU in 100, so that every batch meets some."""
    catalogue.open_upload(_OTHER_UPLOAD, len(rows))
    taken = [row._replace(staged=row.staged._replace(upload_id=_OTHER_UPLOAD)) for row in rows[::100]]
    catalogue.run(lambda cursor: copy_rows(cursor, taken))


def _in_batches(catalogue: Catalogue, rows: Rows, batch: int, load: Callable[[Any, Rows], object]) -> Work:
    def run() -> None:
        for some in batches(rows, batch):
            catalogue.run(lambda cursor, some=some: load(cursor, some))

    return run


def copy_rows(cursor: Any, rows: Rows) -> None:
    """Load by COPY into the table itself: no ledger, no counts, and one bad row fails all."""
    cursor.copy_expert(f"COPY products ({_NAMES}) FROM STDIN (NULL '')", copy_file(_records(rows)))


def settle_rows(cursor: Any, rows: Rows) -> None:
    """Load as the pipeline does: lock, look up known outcomes, insert, record errors, count."""
    ledger.settle(cursor, product_rules(), rows[0].staged.upload_id, VENDOR_ID, rows)


def _records(rows: Rows) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield (row.staged.upload_id, VENDOR_ID, str(row.row_number), *row.values)
