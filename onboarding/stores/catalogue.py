"""Queries on the catalogue: which categories there are, which keys are taken, and how new products come in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg2.errors import UniqueViolation
from psycopg2.extensions import cursor as Cursor

from onboarding.stores.copying import array_of, copy_in, copy_line
from rules import CategoryNames

UNIQUE_COLUMNS = ("vendor_product_id", "sku")
"""SKUs are used once on the platform, vendor product ids once by each vendor."""

Key = tuple[str, str]
"""A unique column and a value in it."""


class UnexplainedConflictError(RuntimeError):
    """A product was not inserted, yet nothing it conflicts with can be seen; a repetition decides it."""


@dataclass(frozen=True, slots=True)
class Whitelist:
    """The categories at this moment: `allowed` for new products; `retired` names stay with the products that have them.

    Asked for each batch of rows: what an operator changes counts from the next batch on.
    """

    allowed: CategoryNames
    retired: frozenset[str]

    @property
    def kept(self) -> CategoryNames:
        """What the category cell of a change may say: a retired name, too, which only its own products may keep."""
        return CategoryNames(self.allowed | self.retired, self.allowed.former) if self.retired else self.allowed


def whitelist(cursor: Cursor) -> Whitelist:
    """Return the categories."""
    cursor.execute("SELECT category_name, is_active, former_names FROM product_categories")
    rows = cursor.fetchall()
    retired = frozenset(name for name, is_active, _ in rows if not is_active)
    former = {old: None if name in retired else name for name, _, others in rows for old in others}
    # A name that is taken again means the category that has it now.
    former = {old: name for old, name in former.items() if old not in {name for name, *_ in rows}}
    allowed = CategoryNames((name for name, *_ in rows if name not in retired), {**former, **dict.fromkeys(retired)})
    return Whitelist(allowed, retired)


def active_categories(cursor: Cursor) -> frozenset[str]:
    """Return the names that products.category may take today."""
    return whitelist(cursor).allowed


def insert_products(
    cursor: Cursor,
    upload_id: str,
    vendor_id: str,
    columns: Sequence[str],
    products: Mapping[int, Sequence[str | None]],
) -> dict[int, set[Key]]:
    """Insert the products whose keys are free, and return the taken keys of each of the others.

    `products` holds the values of `columns` by row number.

    Mostly all keys are free: the products go straight in, and only when a key turns out to be taken PostgreSQL is asked
    which ones are. The constraint decides, never the look-up: should a rival's product come in between the two, it is
    found in the next round.

    Raises UnexplainedConflictError.
    """
    if not products:
        return {}
    # Every transaction takes the keys in the same order: two uploads that share some cannot deadlock over them.
    sku = columns.index("sku")
    left = sorted(products, key=lambda number: products[number][sku] or "")
    target = f"products (upload_id, vendor_id, row_number, {', '.join(columns)})"
    refused: dict[int, set[Key]] = {}
    cursor.execute("SAVEPOINT nothing_inserted")
    while left:
        try:
            records = ((upload_id, vendor_id, str(number), *products[number]) for number in left)
            copy_in(cursor, target, map(copy_line, records))
        except UniqueViolation:
            cursor.execute("ROLLBACK TO SAVEPOINT nothing_inserted")
        else:
            break
        keys = {number: keys_of(columns, products[number]) for number in left}
        taken = taken_keys(cursor, upload_id, vendor_id, [key for some in keys.values() for key in some])
        found = {number: hit for number, some in keys.items() if (hit := taken.intersection(some))}
        if not found:
            raise UnexplainedConflictError(f"{upload_id}: {len(left)} rows")
        refused |= found
        left = [number for number in left if number not in found]
    return refused


def keys_of(columns: Sequence[str], values: Sequence[str | None]) -> list[Key]:
    """Return the keys that a product with these values has."""
    return [(name, value) for name in UNIQUE_COLUMNS if (value := values[columns.index(name)])]


def taken_keys(cursor: Cursor, upload_id: str, vendor_id: str, keys: Iterable[Key]) -> set[Key]:
    """Return which of the keys belong to products of other uploads.

    This upload's own products do not count: which of them are in already depends on the order of batches.
    Keys that repeat inside the file were found when it was read.
    """
    wanted: dict[str, list[str]] = {name: [] for name in UNIQUE_COLUMNS}
    for name, value in keys:
        wanted[name].append(value)
    if not any(wanted.values()):
        return set()
    # By the unique indexes, so that PostgreSQL plans well whatever its statistics say of a growing table.
    cursor.execute(
        """
        SELECT 'sku', sku FROM products WHERE sku = ANY(%(sku)s::varchar[]) AND upload_id <> %(upload_id)s
        UNION ALL
        SELECT 'vendor_product_id', vendor_product_id FROM products
        WHERE vendor_id = %(vendor_id)s AND vendor_product_id = ANY(%(vendor_product_id)s::varchar[])
              AND upload_id <> %(upload_id)s
        """,
        {"upload_id": upload_id, "vendor_id": vendor_id, **{name: array_of(values) for name, values in wanted.items()}},
    )
    return set(cursor.fetchall())
