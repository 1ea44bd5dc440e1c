"""Queries on the categories as operators manage them: added, renamed, retired and brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg2.extensions import cursor as Cursor

_COLUMNS = """
    category_id, category_name, is_active, former_names, created_at, added_by, renamed_at, renamed_by, retired_at,
    retired_by
"""


@dataclass(frozen=True, slots=True)
class Category:
    """A category, and who did what with it. Names are unique in any case."""

    category_id: int
    name: str
    is_active: bool
    former_names: Sequence[str]
    added_at: datetime
    added_by: str
    renamed_at: datetime | None
    renamed_by: str | None
    retired_at: datetime | None
    retired_by: str | None


def list_categories(cursor: Cursor) -> list[tuple[Category, int]]:
    """Return all categories by name, each with the number of its products."""
    cursor.execute(
        f"""
        SELECT {_COLUMNS}, (SELECT count(*) FROM products p WHERE p.category = c.category_name)
        FROM product_categories c ORDER BY lower(category_name)
        """
    )
    return [(Category(*row[:-1]), row[-1]) for row in cursor.fetchall()]


def count_products(cursor: Cursor, name: str, at_most: int | None = None) -> int:
    """Return how many products are in the category, counting to `at_most`."""
    cursor.execute(
        "SELECT count(*) FROM (SELECT FROM products WHERE category = %s LIMIT %s) AS counted", (name, at_most)
    )
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def find_category(cursor: Cursor, name: str) -> Category | None:
    """Return the category of this name in any case."""
    cursor.execute(f"SELECT {_COLUMNS} FROM product_categories WHERE lower(category_name) = lower(%s)", (name,))
    row = cursor.fetchone()
    return Category(*row) if row else None


def lock_category(cursor: Cursor, category_id: int) -> Category | None:
    """Return the category of this number and keep others from changing it, or using its name, until the end."""
    cursor.execute(f"SELECT {_COLUMNS} FROM product_categories WHERE category_id = %s FOR UPDATE", (category_id,))
    row = cursor.fetchone()
    return Category(*row) if row else None


def add_category(cursor: Cursor, name: str, actor: str) -> Category | None:
    """Add a category and return it; None when a category has the name, in whatever case."""
    cursor.execute(
        f"""
        INSERT INTO product_categories (category_name, added_by) VALUES (%s, %s)
        ON CONFLICT DO NOTHING RETURNING {_COLUMNS}
        """,
        (name, actor),
    )
    row = cursor.fetchone()
    return Category(*row) if row else None


def rename_category(cursor: Cursor, category: Category, name: str, actor: str) -> Category:
    """Give the category another name, and its products with it; a name that nobody else has is checked before.

    The old name is kept among the former ones, unless only its case changes or it is taken again.
    """
    cursor.execute(
        f"""
        UPDATE product_categories SET category_name = %s, renamed_at = CURRENT_TIMESTAMP, renamed_by = %s,
            former_names = ARRAY(
                SELECT former FROM unnest(former_names || category_name) AS former WHERE lower(former) <> lower(%s)
            )
        WHERE category_id = %s RETURNING {_COLUMNS}
        """,
        (name, actor, name, category.category_id),
    )
    return _only(cursor)


def set_retired(cursor: Cursor, category: Category, actor: str | None) -> Category:
    """Retire the category in the name of `actor`, or with None bring it back."""
    cursor.execute(
        f"""
        UPDATE product_categories SET is_active = %s, retired_by = %s,
            retired_at = CASE WHEN %s THEN NULL ELSE CURRENT_TIMESTAMP END
        WHERE category_id = %s RETURNING {_COLUMNS}
        """,
        (actor is None, actor, actor is None, category.category_id),
    )
    return _only(cursor)


def _only(cursor: Cursor) -> Category:
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - the row is locked by this transaction
    return Category(*row)
