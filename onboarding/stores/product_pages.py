"""What a vendor sees of its own products: read page by page, each query bounded by an index."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.conditions import Conditions

_PRODUCT_COLUMNS = """
    vendor_product_id, sku, product_name, category, subcategory, description, brand, price, compare_at_price,
    stock_quantity, unit, weight_kg, dimensions_cm, image_url, status, upload_id, row_number, created_at, updated_at,
    product_id
"""


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products; None means all. `text` is looked for in ids, SKUs and names, in any case."""

    text: str | None = None
    status: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class ChangePosition:
    """Where a page of changes ended: an upload, and a column of those that it changed."""

    uploaded_at: datetime
    upload_id: str
    column: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One value of a product that an upload has changed. Uploads count in the order of `uploaded_at`."""

    uploaded_at: datetime
    changed_at: datetime
    upload_id: str
    row_number: int
    column: str
    old_value: str | None
    new_value: str | None


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product as the catalogue has it; `upload_id` and `row_number` say where it came from first."""

    vendor_product_id: str
    sku: str
    product_name: str
    category: str
    subcategory: str | None
    description: str | None
    brand: str | None
    price: Decimal
    compare_at_price: Decimal | None
    stock_quantity: int
    unit: str | None
    weight_kg: Decimal | None
    dimensions_cm: str | None
    image_url: str | None
    status: str
    upload_id: str
    row_number: int
    created_at: datetime
    updated_at: datetime
    product_id: int


def list_products(
    cursor: Cursor, vendor_id: str, wanted: ProductFilter, after: str | None, limit: int
) -> list[ProductView]:
    """Return at most `limit` of the vendor's products in the order of their ids, those after the id `after`."""
    where = Conditions()
    where.add("vendor_id = %s", vendor_id)
    where.add_unless_none("status = %s", wanted.status)
    where.add_unless_none("category = %s", wanted.category)
    if wanted.text is not None:
        # By reading the vendor's own products: an index of words would be kept up by every import.
        where.add("strpos(lower(concat_ws(E'\\n', vendor_product_id, sku, product_name)), lower(%s)) > 0", wanted.text)
    where.add_unless_none("vendor_product_id > %s", after)
    cursor.execute(
        f"SELECT {_PRODUCT_COLUMNS} FROM products WHERE {where.sql} ORDER BY vendor_product_id LIMIT %s",
        (*where.values, limit),
    )
    return [ProductView(*row) for row in cursor.fetchall()]


def find_product(cursor: Cursor, vendor_id: str, vendor_product_id: str) -> ProductView | None:
    """Return the vendor's product of this id."""
    cursor.execute(
        f"SELECT {_PRODUCT_COLUMNS} FROM products WHERE vendor_id = %s AND vendor_product_id = %s",
        (vendor_id, vendor_product_id),
    )
    row = cursor.fetchone()
    return ProductView(*row) if row else None


_CHANGES = """
    SELECT c.uploaded_at, c.changed_at, c.upload_id, c.row_number, f.field, c.old_values ->> f.field,
           c.new_values ->> f.field
    FROM product_changes c CROSS JOIN LATERAL jsonb_object_keys(c.old_values || c.new_values) AS f (field)
"""


def list_changes(cursor: Cursor, product_id: int, after: ChangePosition | None, limit: int) -> list[ChangeView]:
    """Return at most `limit` changes of a product, newest first; that it is the caller's is checked before."""
    where = Conditions()
    where.add("c.product_id = %s", product_id)
    if after is not None:
        upload = (after.uploaded_at, after.upload_id)
        where.add("(c.uploaded_at, c.upload_id) <= (%s, %s)", *upload)
        where.add("((c.uploaded_at, c.upload_id) < (%s, %s) OR f.field > %s)", *upload, after.column)
    cursor.execute(
        f"{_CHANGES} WHERE {where.sql} ORDER BY c.uploaded_at DESC, c.upload_id DESC, f.field LIMIT %s",
        (*where.values, limit),
    )
    return [ChangeView(*row) for row in cursor.fetchall()]


def latest_changes(cursor: Cursor, product_id: int) -> list[ChangeView]:
    """Return the newest change of each column that was ever changed: where the product's values come from."""
    cursor.execute(
        f"""
        SELECT DISTINCT ON (field) found.* FROM ({_CHANGES} WHERE c.product_id = %s)
            AS found (uploaded_at, changed_at, upload_id, row_number, field, old_value, new_value)
        ORDER BY field, uploaded_at DESC, upload_id DESC
        """,
        (product_id,),
    )
    return [ChangeView(*row) for row in cursor.fetchall()]


_RUNS = r"'^''*[=+\-@\t\r]'"
_PLAIN_NUMBER = r"'^''*[+-]?[0-9]+([.,][0-9]+)?$'"


def _safe(column: str) -> str:
    """Return the SQL of a text column that no spreadsheet runs, by the rule of onboarding/formula_cells.py."""
    return (
        f"CASE WHEN {column} ~ {_RUNS} AND {column} !~ {_PLAIN_NUMBER} THEN '''' || {column} ELSE {column} END"
        f" AS {column}"
    )


def copy_products(
    cursor: Cursor, vendor_id: str, columns: Sequence[str], texts: Collection[str], file: IO[bytes]
) -> int:
    """Write the vendor's products as CSV with a header into a binary file and return how many they are.

    `texts` are the columns whose cells a spreadsheet could run. The last column, `_errors`, is empty: by it the reader
    knows a file whose cells were made safe and brings them back as they were. The server writes the lines: nothing is
    parsed or built here, so 100,000 products take half a second.
    """
    cells = ", ".join(_safe(column) if column in texts else column for column in columns) + ', NULL AS "_errors"'
    query = cursor.mogrify(
        f"COPY (SELECT {cells} FROM products WHERE vendor_id = %s ORDER BY vendor_product_id)"
        " TO STDOUT WITH (FORMAT csv, HEADER)",
        (vendor_id,),
    )
    cursor.copy_expert(query, file)
    return cursor.rowcount
