"""Updates and previews beside an import of as many rows: CSV bytes in, outcomes recorded; no AWS latency."""

import csv
import io
from functools import partial

from bench import path
from bench.catalogue import Catalogue, fresh_catalogue
from bench.files import file_of
from bench.measure import Timings, interleave
from bench.results import Part
from onboarding.uploads import UploadMode

_ROWS = 10_000
_LISTED, _UPLOAD = "BENCH_LISTED", "BENCH_UPLOAD"  # in the order of uploads: of two at one moment the id decides
IMPORT, CHECKED_IMPORT = "import of new products", "import, only checked"
ALL, NONE, CHECKED_ALL = "update, all change", "update, none changes", "update, all would change, only checked"


def measure(*, full: bool) -> Part:
    """Time all kinds on an empty catalogue and on one of other vendors' products, a million in a full run."""
    part = Part("Updates and previews", f"{_ROWS:,} rows, price and stock")
    with fresh_catalogue() as catalogue:
        for count in (0, 1_000_000 if full else 100_000):
            catalogue.fill(count)
            timings = _time(catalogue, rounds=7 if full else 3)
            for kind in timings:
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

    def prepare(mode: UploadMode, is_preview: bool) -> None:
        """Open the upload; before an update the products are listed, as an earlier upload brought them."""
        for upload_id in (_UPLOAD, _LISTED):
            catalogue.forget(upload_id)
        if mode is UploadMode.UPDATE:
            catalogue.open_upload(_LISTED, _ROWS)
            path.run(catalogue, new, upload_id=_LISTED)
        catalogue.open_upload(_UPLOAD, _ROWS, mode, is_preview=is_preview)

    kinds = {
        IMPORT: (new, UploadMode.IMPORT, False),
        ALL: (other, UploadMode.UPDATE, False),
        NONE: (same, UploadMode.UPDATE, False),
        CHECKED_IMPORT: (new, UploadMode.IMPORT, True),
        CHECKED_ALL: (other, UploadMode.UPDATE, True),
    }
    works = {name: partial(path.run, catalogue, body, mode, _UPLOAD) for name, (body, mode, _) in kinds.items()}
    before = {name: partial(prepare, mode, is_preview) for name, (_, mode, is_preview) in kinds.items()}
    for name, changed in ((ALL, _ROWS), (NONE, 0), (CHECKED_ALL, _ROWS)):
        before[name]()
        effects = works[name]().effects
        assert (effects.changed, effects.unchanged) == (changed, _ROWS - changed), name
    return interleave(works, rounds, before=before)


def _prices_and_stock(body: bytes, *, price: str = "", stock: str = "") -> bytes:
    """Return an update of the file's products: the prices and stock that they have, or these."""
    rows = csv.DictReader(io.StringIO(body.decode(), newline=""))
    lines = [f"{row['sku']},{price or row['price']},{stock or row['stock_quantity']}" for row in rows]
    return "\n".join(["sku,price,stock_quantity", *lines]).encode()
