"""Queries on products that are there already and on product_changes, the record of who set what."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.catalogue import UNIQUE_COLUMNS, Key
from onboarding.stores.copying import array_of, array_of_numbers, copy_in, copy_line
from onboarding.stores.history import Effects, OpenUpload

FIELDS = (
    *("product_name", "category", "subcategory", "description", "brand", "price", "compare_at_price"),
    *("stock_quantity", "unit", "weight_kg", "dimensions_cm", "image_url", "status"),
)
"""The columns of products that can be changed; the keys that name a product cannot."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What one row sets in one product: a value for each field, None to clear it."""

    row_number: int
    product_id: int
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record of product_changes: which fields of a product an upload has set."""

    product_id: int
    upload_id: str
    row_number: int
    fields: frozenset[str]

    def by(self, upload: OpenUpload) -> bool:
        """Tell whether this upload recorded it."""
        return self.upload_id == upload.upload_id


def find_products(cursor: Cursor, vendor_id: str, keys: Mapping[int, Collection[Key]]) -> dict[tuple[int, str], int]:
    """Return the products of this vendor that the keys name, by row number and column.

    Another vendor's product is not found, just as one that does not exist.
    """
    wanted: dict[str, list[tuple[int, str]]] = {name: [] for name in UNIQUE_COLUMNS}
    for row_number, of_row in keys.items():
        for name, value in of_row:
            wanted[name].append((row_number, value))
    found: dict[tuple[int, str], int] = {}
    for name, rows in wanted.items():
        if not rows:
            continue
        # One look-up a key by its own unique index, whatever the statistics say. An SKU alone is one product.
        of_vendor = "" if name == "sku" else "vendor_id = %(vendor_id)s AND "
        cursor.execute(
            f"""
            SELECT wanted.row_number, found.product_id
            FROM unnest(%(numbers)s::int[], %(values)s::varchar[]) AS wanted (row_number, value), LATERAL (
                SELECT product_id, vendor_id FROM products WHERE {of_vendor}{name} = wanted.value LIMIT 1
            ) AS found
            WHERE found.vendor_id = %(vendor_id)s
            """,
            {
                "vendor_id": vendor_id,
                "numbers": array_of_numbers(number for number, _ in rows),
                "values": array_of([value for _, value in rows]),
            },
        )
        found.update({(row_number, name): product_id for row_number, product_id in cursor.fetchall()})
    return found


def lock_products(cursor: Cursor, product_ids: Collection[int]) -> None:
    """Keep others from changing these products until the end of the transaction.

    Always in the same order, so that two transactions that share some cannot lock each other out.
    """
    cursor.execute(
        "SELECT FROM products WHERE product_id = ANY(%s::bigint[]) ORDER BY product_id FOR NO KEY UPDATE",
        (array_of_numbers(product_ids),),
    )


def categories_of(cursor: Cursor, product_ids: Collection[int]) -> dict[int | None, str]:
    """Return the category that each of these products has."""
    cursor.execute(
        "SELECT product_id, category FROM products WHERE product_id = ANY(%s::bigint[])",
        (array_of_numbers(product_ids),),
    )
    return dict(cursor.fetchall())


def recorded_since(cursor: Cursor, upload: OpenUpload, product_ids: Collection[int]) -> list[Recorded]:
    """Return what this upload and later ones have set in these products so far."""
    cursor.execute(
        """
        SELECT c.product_id, c.upload_id, c.row_number, c.fields FROM unnest(%s::bigint[]) AS wanted, LATERAL (
            SELECT * FROM product_changes
            WHERE product_id = wanted AND (uploaded_at, upload_id) >= (%s, %s) OFFSET 0
        ) AS c
        """,
        (array_of_numbers(product_ids), upload.uploaded_at, upload.upload_id),
    )
    return [
        Recorded(product, by, row_number, frozenset(fields)) for product, by, row_number, fields in cursor.fetchall()
    ]


def fields_set_later(
    cursor: Cursor, upload: OpenUpload, recorded: Iterable[Recorded], product_ids: Collection[int]
) -> Mapping[int, AbstractSet[str]]:
    """Return which fields of each product a later upload has set; all of those that it brought in."""
    later: dict[int, set[str]] = defaultdict(set)
    for each in recorded:
        if not each.by(upload):
            later[each.product_id] |= each.fields
    for product_id in _imported_since(cursor, upload, product_ids):
        later[product_id] |= set(FIELDS)
    return later


def put_in_place(
    cursor: Cursor,
    upload: OpenUpload,
    wanted: Sequence[Setting],
    later: Mapping[int, AbstractSet[str]],
    *,
    is_preview: bool,
) -> Effects:
    """Set what no later upload has set, in the name of `upload`, and return what that did; a preview only compares.

    A row that changed anything has changed; one that lost a field to a later upload was superseded.
    """
    left = [
        Setting(each.row_number, each.product_id, values)
        for each in wanted
        if (values := {name: each.values[name] for name in each.values if name not in later.get(each.product_id, ())})
    ]
    changed = _compare(cursor, left) if is_preview else _apply(cursor, upload, left)
    set_fields = {each.row_number: len(each.values) for each in left}
    superseded = unchanged = 0
    for each in wanted:
        if not changed.get(each.row_number):
            if set_fields.get(each.row_number, 0) < len(each.values):
                superseded += 1
            else:
                unchanged += 1
    fields = Counter(name for names in changed.values() for name in names)
    return Effects(len(wanted) - superseded - unchanged, unchanged, superseded, fields)


def _imported_since(cursor: Cursor, upload: OpenUpload, product_ids: Collection[int]) -> set[int]:
    """Return which of these products a later upload brought in; whatever this one says of them is older.

    At the same moment the import counts as the earlier one: nobody can change a product that is not there yet.
    """
    cursor.execute(
        """
        SELECT wanted FROM unnest(%s::bigint[]) AS wanted,
            LATERAL (SELECT upload_id FROM products WHERE product_id = wanted LIMIT 1) AS p,
            LATERAL (SELECT upload_timestamp FROM upload_history WHERE upload_id = p.upload_id LIMIT 1) AS h
        WHERE h.upload_timestamp > %s
        """,
        (array_of_numbers(product_ids), upload.uploaded_at),
    )
    return {product_id for (product_id,) in cursor.fetchall()}


def _apply(cursor: Cursor, upload: OpenUpload, settings: Sequence[Setting]) -> dict[int, list[str]]:
    """Set the values, record old and new ones, and return which fields changed, by row number.

    The products are locked. Values that the product had already are recorded as set, but change nothing.
    """
    if not settings:
        return {}
    used = _stage(cursor, settings)
    cursor.execute(
        f"""
        WITH compared AS ({_comparison(used)}), changed AS (
            UPDATE products p SET {", ".join(f"{name} = c.new_{name}" for name in used)}, updated_at = CURRENT_TIMESTAMP
            FROM compared c WHERE p.product_id = c.product_id AND ({_any_differs(used)})
        )
        INSERT INTO product_changes (product_id, upload_id, row_number, uploaded_at, fields, old_values, new_values)
        SELECT product_id, %s, row_number, %s, fields, {_differing(used, "old")}, {_differing(used, "new")}
        FROM compared
        RETURNING row_number, ARRAY(SELECT jsonb_object_keys(new_values))
        """,
        (upload.upload_id, upload.uploaded_at),
    )
    return dict(cursor.fetchall())


def _compare(cursor: Cursor, settings: Sequence[Setting]) -> dict[int, list[str]]:
    """Return which fields the values would change, by row number, and change nothing."""
    if not settings:
        return {}
    used = _stage(cursor, settings)
    cursor.execute(
        f"""
        WITH compared AS ({_comparison(used)})
        SELECT row_number, ARRAY(SELECT jsonb_object_keys({_differing(used, "new")})) FROM compared
        """
    )
    return dict(cursor.fetchall())


def _stage(cursor: Cursor, settings: Sequence[Setting]) -> list[str]:
    """Copy the settings into the connection's temporary table and return the fields that any of them sets."""
    # Column types come from the table itself. One temporary table serves all transactions of a connection.
    cursor.execute(
        f"""
        CREATE TEMP TABLE IF NOT EXISTS incoming_settings ON COMMIT DELETE ROWS AS
        SELECT row_number, product_id, ARRAY[]::text[] AS fields, {", ".join(FIELDS)} FROM products WITH NO DATA;
        DELETE FROM incoming_settings
        """
    )
    together = {tuple(setting.values) for setting in settings}  # few, because rows of a file mostly set the same fields
    literals = {names: array_of(names) for names in together}
    used = [name for name in FIELDS if any(name in names for names in together)]
    lines = [
        copy_line(
            (
                str(setting.row_number),
                str(setting.product_id),
                literals[tuple(setting.values)],
                *[setting.values.get(name) for name in used],
            )
        )
        for setting in settings
    ]
    copy_in(cursor, f"incoming_settings (row_number, product_id, fields, {', '.join(used)})", lines)
    return used


def _comparison(used: Iterable[str]) -> str:
    new = "CASE WHEN '{0}' = ANY(i.fields) THEN i.{0} ELSE p.{0} END AS new_{0}"
    columns = [f"p.{name} AS old_{name}, {new.format(name)}" for name in used]
    return (
        f"SELECT i.row_number, p.product_id, i.fields, {', '.join(columns)}"
        " FROM incoming_settings i, LATERAL (SELECT * FROM products WHERE product_id = i.product_id LIMIT 1) AS p"
    )


def _any_differs(used: Iterable[str]) -> str:
    return " OR ".join(f"c.old_{name} IS DISTINCT FROM c.new_{name}" for name in used)


def _differing(used: Iterable[str], side: str) -> str:
    """Return the SQL of a JSON object with the old or the new values of the fields that differ."""
    return " || ".join(
        f"CASE WHEN old_{name} IS DISTINCT FROM new_{name}"
        f" THEN jsonb_build_object('{name}', {side}_{name}) ELSE '{{}}' END"
        for name in used
    )
