"""Catalogue load: rows that keep the rules into the constrained table, ours and COPY, in several states of it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bench.catalogue import VENDOR_ID, Catalogue, fresh_catalogue
from bench.files import STREAM_BATCH, batches, checked, product_rules, rows_of
from bench.measure import Work, interleave
from bench.results import Part
from onboarding.rows import CheckedRow
from onboarding.stores import ledger
from onboarding.stores.copying import copy_in, copy_line

COPY = "COPY (the limit)"
OURS = "ours, with ledger and counts"
_NAMES = ", ".join(("upload_id", "vendor_id", "row_number", *product_rules().columns))
_UPLOAD, _OTHER_UPLOAD = "BENCH_LOAD", "BENCH_OTHER"

Rows = Sequence[CheckedRow]


def measure(*, full: bool) -> Part:
    """Measure both; the catalogue holds a million products in a full run, a tenth of that in a quick one."""
    rows = [row for row in checked(_UPLOAD, rows_of(10_000, error_rate=0)) if not row.errors]
    part = Part("Catalogue load", f"{len(rows):,} rows; COPY of the same rows is the limit")
    with fresh_catalogue() as catalogue:

        def prepare() -> None:
            """Leave the upload only open."""
            for upload_id in (_OTHER_UPLOAD, _UPLOAD):
                catalogue.forget(upload_id)
            catalogue.open_upload(_UPLOAD, len(rows))

        def time(table: str, batch: int = STREAM_BATCH, before_ours: Work = lambda: None) -> float:
            """Time both; `before_ours` changes the catalogue for ours alone."""
            loads = {COPY: copy_rows, OURS: settle_rows}
            works = {method: partial(_in_batches, catalogue, rows, batch, load) for method, load in loads.items()}
            before = {COPY: prepare, OURS: lambda: (prepare(), before_ours())}
            timings = interleave(works, 7 if full else 2, before=before)
            for method in works:
                seconds, ratio = timings.median(method), timings.ratio(method, COPY)
                row = {"table": table, "rows a transaction": batch, "method": method, "seconds": seconds}
                part.rows.append({**row, "rows/s": len(rows) / seconds, "÷ COPY": ratio})
            return timings.ratio(OURS, COPY)

        ratios = []
        for products in (0, 1_000_000 if full else 100_000):
            catalogue.fill(products)
            ratios += [time(f"{products:,} products", batch) for batch in (len(rows), STREAM_BATCH)]
            if products == 0:
                taken_ratio = time("1 SKU in 100 taken", before_ours=lambda: _take_keys(catalogue))
                catalogue.forget(_OTHER_UPLOAD)  # its SKUs would be in the way of what is measured next
        settle = partial(_in_batches, catalogue, rows, STREAM_BATCH, settle_rows)
        time("replay of batches already done", before_ours=settle)
    part.goal("Load ÷ COPY, with ledger and counts, worst table and batch", max(ratios), "at most", 1.3)
    part.goal("Load ÷ COPY, 1 SKU in 100 taken, in every batch", taken_ratio, "at most", 1.5)
    return part


def _take_keys(catalogue: Catalogue) -> None:
    """Let another upload have one SKU in 100, so that every batch meets some."""
    rows = rows_of(10_000, error_rate=0)
    catalogue.open_upload(_OTHER_UPLOAD, len(rows))
    catalogue.run(lambda cursor: copy_rows(cursor, checked(_OTHER_UPLOAD, rows[::100])))


def _in_batches(catalogue: Catalogue, rows: Rows, batch: int, load: Callable[[Any, Rows], object]) -> None:
    for some in batches(rows, batch):
        catalogue.run(lambda cursor, some=some: load(cursor, some))


def copy_rows(cursor: Any, rows: Rows) -> None:
    """Load by COPY into the table itself: no ledger, no counts, and one bad row fails all."""
    records = ((row.staged.upload_id, VENDOR_ID, str(row.row_number), *row.values) for row in rows)
    copy_in(cursor, f"products ({_NAMES})", map(copy_line, records))


def settle_rows(cursor: Any, rows: Rows) -> None:
    """Load as the pipeline does: lock, look up known outcomes, insert, record errors, count."""
    ledger.settle(cursor, product_rules(), rows[0].staged.upload_id, VENDOR_ID, rows)
