"""What a vendor sees of its own products: read page by page, each query bounded by an index."""

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
    """Where a page of changes ended."""

    changed_at: datetime
    change_id: int


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One value of a product that an upload has changed."""

    change_id: int
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


def list_changes(cursor: Cursor, product_id: int, after: ChangePosition | None, limit: int) -> list[ChangeView]:
    """Return at most `limit` changes of a product, newest first; that it is the caller's is checked before."""
    where = Conditions()
    where.add("product_id = %s", product_id)
    if after is not None:
        where.add("(changed_at, change_id) < (%s, %s)", after.changed_at, after.change_id)
    cursor.execute(
        f"""
        SELECT change_id, changed_at, upload_id, row_number, field, old_value, new_value
        FROM product_changes WHERE {where.sql} ORDER BY changed_at DESC, change_id DESC LIMIT %s
        """,
        (*where.values, limit),
    )
    return [ChangeView(*row) for row in cursor.fetchall()]


def latest_changes(cursor: Cursor, product_id: int) -> list[ChangeView]:
    """Return the newest change of each column that was ever changed: where the product's values come from."""
    cursor.execute(
        """
        SELECT DISTINCT ON (field) change_id, changed_at, upload_id, row_number, field, old_value, new_value
        FROM product_changes WHERE product_id = %s ORDER BY field, changed_at DESC, change_id DESC
        """,
        (product_id,),
    )
    return [ChangeView(*row) for row in cursor.fetchall()]


def copy_products(cursor: Cursor, vendor_id: str, columns: tuple[str, ...], file: IO[bytes]) -> int:
    """Write the vendor's products as CSV with a header into a binary file and return how many they are.

    The server writes the lines: nothing is parsed or built here, so 100,000 products take a second or two.
    """
    cells = ", ".join(columns)
    query = cursor.mogrify(
        f"COPY (SELECT {cells} FROM products WHERE vendor_id = %s ORDER BY vendor_product_id)"
        " TO STDOUT WITH (FORMAT csv, HEADER)",
        (vendor_id,),
    )
    cursor.copy_expert(query, file)
    return cursor.rowcount
