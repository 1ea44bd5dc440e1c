"""Finds products that a file of changes names twice in different ways, once by SKU and once by vendor product id.

Only the whole file can tell which of two such rows is the later one: their batches come in any order. Keys that repeat
word for word were found when the file was read.
"""

from collections.abc import Sequence

from onboarding.rows import ProductRow
from onboarding.stores import changes
from onboarding.stores.catalogue import UNIQUE_COLUMNS, Key
from onboarding.stores.database import Database
from rules import ErrorCode, UpdateRules, trim


def mark_repetitions(
    database: Database, rules: UpdateRules, vendor_id: str, rows: Sequence[ProductRow]
) -> list[ProductRow]:
    """Return the rows, with a finding in each that names a product of the vendor which an earlier row names.

    The catalogue is asked only when some rows have nothing but an SKU and others nothing but a vendor product id.
    """
    keys = {row.row_number: key for row in rows if (key := _only_key(row)) is not None}
    if len({name for name, _ in keys.values()}) < len(UNIQUE_COLUMNS):
        return list(rows)
    wanted = {row_number: [key] for row_number, key in keys.items()}
    found = database.run(lambda cursor: changes.find_products(cursor, vendor_id, wanted))
    first: dict[int, int] = {}
    marked = []
    for row in rows:
        key = keys.get(row.row_number)
        product_id = found.get((row.row_number, key[0])) if key else None
        earlier = row.row_number if product_id is None else first.setdefault(product_id, row.row_number)
        if key is None or earlier == row.row_number or row.findings:
            marked.append(row)
        else:
            name, value = key
            marked.append(row._replace(findings=(rules.duplicate(name, value, earlier_row=earlier),)))
    return marked


def _only_key(row: ProductRow) -> Key | None:
    """Return the one key that the row names its product by; None when it has both or none, or cannot be read."""
    if any(finding.code is ErrorCode.MALFORMED_ROW for finding in row.findings):
        return None
    cells = row.cells
    keys = [(name, value) for name in UNIQUE_COLUMNS if (value := trim(cells.get(name, "")))]
    return keys[0] if len(keys) == 1 else None
