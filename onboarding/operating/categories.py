"""Manages the categories: each change and its record are one transaction."""

from dataclasses import dataclass

from psycopg2.errors import UniqueViolation
from psycopg2.extensions import cursor as Cursor

from onboarding.stores import actions, categories
from onboarding.stores.categories import Category
from onboarding.stores.database import Database

MOST_PRODUCTS_TO_RENAME = 100_000
"""Products that follow a rename are written anew and stay locked meanwhile: a quarter of the time that a request has
(docs/database.md)."""
MAX_NAME_LENGTH = 100


class CategoryError(ValueError):
    """The category cannot be changed so; the message says why."""


class UnknownCategoryError(CategoryError):
    """There is no such category."""


class CategoryTakenError(CategoryError):
    """Another category has the name, in whatever case."""


class CategoryTooLargeError(CategoryError):
    """Too many products would have to follow."""


@dataclass(frozen=True, slots=True)
class CategoryKeeping:
    """What one operator may do. Whatever is true already stays as it is, and is not recorded again."""

    database: Database
    actor: str

    def add(self, name: str) -> Category:
        """Add a category. Raises CategoryTakenError, or CategoryError for a name that cannot be one."""
        return self.database.run(lambda cursor: self._add(cursor, checked_name(name)))

    def rename(self, category_id: int, name: str) -> Category:
        """Give a category another name; its products follow. Raises CategoryError."""
        return self.database.run(lambda cursor: self._rename(cursor, category_id, checked_name(name)))

    def retire(self, category_id: int) -> Category:
        """Let no new products into a category; those in it stay. Raises UnknownCategoryError."""
        return self.database.run(lambda cursor: self._set_retired(cursor, category_id, is_retired=True))

    def restore(self, category_id: int) -> Category:
        """Bring a retired category back. Raises UnknownCategoryError."""
        return self.database.run(lambda cursor: self._set_retired(cursor, category_id, is_retired=False))

    def _add(self, cursor: Cursor, name: str) -> Category:
        added = categories.add_category(cursor, name, self.actor)
        if added is None:
            raise _taken(cursor, name)
        actions.record(cursor, self.actor, "add_category", name, after={"name": name})
        return added

    def _rename(self, cursor: Cursor, category_id: int, name: str) -> Category:
        category = _locked(cursor, category_id)
        if category.name == name:
            return category
        other = categories.find_category(cursor, name)
        if other is not None and other.category_id != category_id:
            raise _taken(cursor, name)
        products = categories.count_products(cursor, category.name, MOST_PRODUCTS_TO_RENAME + 1)
        if products > MOST_PRODUCTS_TO_RENAME:
            raise CategoryTooLargeError(
                f"More than {MOST_PRODUCTS_TO_RENAME} products are in {category.name}, too many to change at once."
            )
        try:
            renamed = categories.rename_category(cursor, category, name, self.actor)
        except UniqueViolation:  # somebody has taken the name since it was looked for
            raise CategoryTakenError(f"A category {name} has just been added.") from None
        values = {"name": name, "products": products}
        actions.record(cursor, self.actor, "rename_category", name, before={"name": category.name}, after=values)
        return renamed

    def _set_retired(self, cursor: Cursor, category_id: int, *, is_retired: bool) -> Category:
        category = _locked(cursor, category_id)
        if category.is_active is not is_retired:
            return category
        changed = categories.set_retired(cursor, category, self.actor if is_retired else None)
        actions.record(
            cursor,
            self.actor,
            "retire_category" if is_retired else "restore_category",
            category.name,
            before={"is_active": category.is_active},
            after={"is_active": changed.is_active},
        )
        return changed


def checked_name(name: str) -> str:
    """Return the name without spaces at its ends. Raises CategoryError."""
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME_LENGTH or not name.isprintable():
        raise CategoryError(f"name: 1 to {MAX_NAME_LENGTH} characters, none of them control characters")
    return name


def category_named(database: Database, name: str) -> Category:
    """Return the category of this name in any case. Raises UnknownCategoryError."""
    found = database.run(lambda cursor: categories.find_category(cursor, name))
    if found is None:
        raise UnknownCategoryError(f"There is no category {name[:MAX_NAME_LENGTH]}.")
    return found


def _locked(cursor: Cursor, category_id: int) -> Category:
    found = categories.lock_category(cursor, category_id)
    if found is None:
        raise UnknownCategoryError(f"There is no category number {category_id}.")
    return found


def _taken(cursor: Cursor, name: str) -> CategoryTakenError:
    other = categories.find_category(cursor, name)
    state = " It is retired: bring it back instead." if other and not other.is_active else ""
    return CategoryTakenError(f"There is a category {other.name if other else name} already.{state}")
