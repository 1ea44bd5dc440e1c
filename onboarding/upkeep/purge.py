"""How long the audit trail is kept, and the purge of what is older."""

from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Self

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.database import Database

MINIMUM_RETENTION = timedelta(days=90)
"""PRD, FR6: "Retained for minimum 90 days". The database's own function refuses less as well (sql/migrations)."""
_UPLOADS_PER_TRANSACTION = 200


class RetentionTooShortError(ValueError):
    """The configured retention is not a number of days, or fewer than the audit trail must be kept."""


@dataclass(frozen=True, slots=True)
class Purged:
    """Rows deleted from validation_errors, upload_history, product_changes, operator_actions and daily_uploads."""

    validation_errors: int = 0
    uploads: int = 0
    changes: int = 0
    actions: int = 0
    days: int = 0

    def __add__(self, other: Self) -> "Purged":
        return Purged(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def __bool__(self) -> bool:
        return any(astuple(self))


def retention(days: str) -> timedelta:
    """Return the configured retention. Raises RetentionTooShortError."""
    if not (days.isascii() and days.isdigit()) or timedelta(days=int(days)) < MINIMUM_RETENTION:
        raise RetentionTooShortError(f"{days!r} days: a whole number, {MINIMUM_RETENTION.days} or more")
    return timedelta(days=int(days))


def purge(database: Database, kept_for: timedelta) -> Purged:
    """Delete what is older: errors and changes of uploads that ended before, and the uploads that left no product.

    Operators' actions and the daily tables go with them. An upload that products came from stays as their provenance.
    In small transactions, so that uploads go on meanwhile.

    Raises RetentionTooShortError.
    """
    if kept_for < MINIMUM_RETENTION:
        raise RetentionTooShortError(f"{kept_for.days} days: {MINIMUM_RETENTION.days} or more")
    total = Purged()
    while some := database.run(lambda cursor: _purge_some(cursor, kept_for)):
        total += some
    return total


def _purge_some(cursor: Cursor, kept_for: timedelta) -> Purged:
    cursor.execute(
        "SELECT purged_errors, purged_uploads, purged_changes, purged_actions, purged_days"
        " FROM purge_audit_trail(%s, %s)",
        (kept_for, _UPLOADS_PER_TRANSACTION),
    )
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - the function returns one row
    return Purged(*row)
