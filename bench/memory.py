"""What one function does with a file, in a process of its own, to see how much memory it takes at its highest.

python -m bench.memory parser|validator ROWS plain|padded
"""

import csv
import io
import json
import os
import resource
import sys
import time

from bench.catalogue import VENDOR_ID
from onboarding.intake.reading import MAX_FILE_BYTES, read_products
from onboarding.rows import RowStatus, StagedRow, stage
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.staging import StagingTable, item_of, row_of
from onboarding.uploads import Upload
from rules import ProductRules
from samples.generate import KINDS, generate

_BATCH = 500
_UPLOAD = Upload("BENCH_MEMORY", VENDOR_ID, "f.csv", "bench", "uploads/f.csv", "1", "2026-01-01T00:00:00Z")


def main() -> None:
    """Print idle and peak memory as JSON."""
    work, rows, size = sys.argv[1:]
    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    body = _file(int(rows), padded=size == "padded")
    rules = ProductRules.load()
    table = _table()
    parsed = stage(_UPLOAD, read_products(body, rules).rows) if work == "validator" else []
    batch = parsed[:_BATCH]
    images = [item_of(row, RowStatus.PENDING) for row in batch]
    file_mb = len(body) / 1e6
    if work == "validator":
        del body, parsed, batch
    idle = _resident_mb()
    _forget_peak()
    if work == "parser":
        table.put_rows(stage(_UPLOAD, read_products(body, rules).rows), RowStatus.PENDING)
    else:
        _validate(images, rules, table)
    print(json.dumps({"idle_mb": idle, "peak_mb": _peak_mb(), "file_mb": file_mb}))


def _validate(images: list[dict[str, dict[str, str]]], rules: ProductRules, table: StagingTable) -> None:
    """Do all of a batch but the database, as often as the file has batches."""
    from onboarding.stores.copying import copy_file  # noqa: PLC0415 - psycopg2 is the validator's, not the parser's
    from onboarding.validation.settling import check_row  # noqa: PLC0415

    categories = frozenset(kind.category for kind in KINDS)
    for _ in range(20):
        rows: list[StagedRow] = [row_of(image) for image in images]
        checked = [check_row(rules, row, categories) for row in rows]
        copy_file((str(row.row_number), *row.values) for row in checked)
        table.put_rows(rows, RowStatus.VALIDATED)


def _file(rows: int, *, padded: bool) -> bytes:
    """Return a generated file; padded, its descriptions are as long as it takes to fill the 10 MB that are allowed."""
    body = generate(rows, 0.05, 1, VENDOR_ID)
    if not padded:
        return body
    room = (MAX_FILE_BYTES - len(body)) // rows - 1
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for number, cells in enumerate(csv.reader(io.StringIO(body.decode(), newline=""))):
        writer.writerow([*cells[:4], f"{cells[4]} {'x' * (room - 3)}", *cells[5:]] if number else cells)
    return out.getvalue().encode()


def _table() -> StagingTable:
    from bench.staging import answer_without_network  # noqa: PLC0415 - it needs the variables that main() sets

    client = dynamodb_client()
    answer_without_network(client)
    return StagingTable(client, "bench", sleep=time.sleep)


def _resident_mb() -> float:
    with open("/proc/self/statm") as statm:  # noqa: PTH123
        return int(statm.read().split()[1]) * resource.getpagesize() / 1e6


def _forget_peak() -> None:
    """Start the peak anew (Linux, proc(5), "clear_refs"), so that making the file does not count."""
    try:
        with open("/proc/self/clear_refs", "w") as clear_refs:  # noqa: PTH123
            clear_refs.write("5")
    except OSError:
        return


def _peak_mb() -> float:
    with open("/proc/self/status") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main()
