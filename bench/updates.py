"""Updates and previews beside an import of as many rows: CSV bytes in, outcomes recorded; no AWS latency."""

import csv
import io
from collections.abc import Callable

from bench.catalogue import VENDOR_ID, Catalogue, fresh_catalogue
from bench.files import EXPIRES_AT, SHARDS, STREAM_BATCH, batches, file_of, product_rules
from bench.measure import Timings, interleave
from bench.results import Part
from onboarding.intake.reading import read_products
from onboarding.rows import RowStatus, StagedRow
from onboarding.stores import catalogue as products
from onboarding.stores import ledger
from onboarding.stores.history import Effects
from onboarding.stores.staging import item_of, row_of
from onboarding.uploads import UploadMode
from onboarding.validation.settling import check_row

_ROWS = 10_000
_LISTED, _UPLOAD = "BENCH_LISTED", "BENCH_UPLOAD"  # in the order of uploads: of two at one moment the id decides
IMPORT, CHECKED_IMPORT = "import of new products", "import, only checked"
ALL, NONE, CHECKED_ALL = "update, all change", "update, none changes", "update, all would change, only checked"


def measure(*, full: bool) -> Part:
    """Time all kinds on an empty catalogue and on one of other vendors' products, a million in a full run."""
    part = Part("updates", "Updates and previews", f"{_ROWS:,} rows, price and stock", ("table", "kind", "÷ import"))
    with fresh_catalogue() as catalogue:
        for count in (0, 1_000_000 if full else 100_000):
            catalogue.fill(count)
            timings = _time(catalogue, rounds=7 if full else 3)
            for kind in timings.seconds:
                seconds = timings.median(kind)
                row = {"table": f"{count:,} products", "kind": kind, "seconds": seconds, "rows/s": _ROWS / seconds}
                part.rows.append({**row, "÷ import": timings.ratio(kind, IMPORT)})
            for kind, limit in ((ALL, 2.0), (NONE, 1.0), (CHECKED_IMPORT, 1.0), (CHECKED_ALL, 1.0)):
                name = f"{kind[0].upper()}{kind[1:]} ÷ import, {count:,} products"
                part.goal(name, timings.ratio(kind, IMPORT), "at most", limit)
    return part


def _time(catalogue: Catalogue, rounds: int) -> Timings:
    new = file_of(_ROWS, 0.0)
    same, other = _prices_and_stock(new), _prices_and_stock(new, price="4.05", stock="77")

    def listed() -> None:
        """The products of the file are in the catalogue, as an earlier upload brought them."""
        catalogue.forget(_UPLOAD)
        catalogue.forget(_LISTED)
        catalogue.open_upload(_LISTED, _ROWS)
        _take(catalogue, _LISTED, new, UploadMode.IMPORT)

    def kind(
        body: bytes, mode: UploadMode, *, is_preview: bool = False
    ) -> tuple[Callable[[], object], Callable[[], None]]:
        def before() -> None:
            if mode is UploadMode.UPDATE:
                listed()
            else:
                catalogue.forget(_LISTED)
                catalogue.forget(_UPLOAD)
            catalogue.open_upload(_UPLOAD, _ROWS, mode, is_preview=is_preview)

        return lambda: _take(catalogue, _UPLOAD, body, mode), before

    kinds = {
        IMPORT: kind(new, UploadMode.IMPORT),
        ALL: kind(other, UploadMode.UPDATE),
        NONE: kind(same, UploadMode.UPDATE),
        CHECKED_IMPORT: kind(new, UploadMode.IMPORT, is_preview=True),
        CHECKED_ALL: kind(other, UploadMode.UPDATE, is_preview=True),
    }
    for name, changed in ((ALL, _ROWS), (NONE, 0), (CHECKED_ALL, _ROWS)):
        work, before = kinds[name]
        before()
        effects = work()
        assert isinstance(effects, Effects)
        assert (effects.changed, effects.unchanged) == (changed, _ROWS - changed), name
    return interleave(
        {name: work for name, (work, _) in kinds.items()},
        rounds,
        before={name: before for name, (_, before) in kinds.items()},
    )


def _take(catalogue: Catalogue, upload_id: str, body: bytes, mode: UploadMode) -> Effects:
    """Take a file the way the functions do, with its rows staged and read again; return what it did."""
    rules = mode.rules(product_rules())
    rows = [StagedRow(upload_id, VENDOR_ID, row, EXPIRES_AT) for row in read_products(body, rules).rows]
    effects = Effects()
    for some in batches(rows, STREAM_BATCH):
        staged = [row_of(item) for item in [item_of(row, RowStatus.PENDING, SHARDS) for row in some]]
        categories = catalogue.run(products.active_categories)
        checked = [check_row(rules, row, categories) for row in staged]
        settlement = catalogue.run(
            lambda cursor, checked=checked: ledger.settle(cursor, product_rules(), upload_id, VENDOR_ID, checked)
        )
        for row in staged:
            item_of(row, RowStatus.VALIDATED, SHARDS)
        effects = settlement.progress.effects
    return effects


def _prices_and_stock(body: bytes, *, price: str | None = None, stock: str | None = None) -> bytes:
    """Return an update of the file's products: the prices and stock that they have, or these."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["sku", "price", "stock_quantity"])
    for row in csv.DictReader(io.StringIO(body.decode(), newline="")):
        writer.writerow([row["sku"], price or row["price"], stock or row["stock_quantity"]])
    return out.getvalue().encode()
