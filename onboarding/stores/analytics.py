"""Queries on the daily tables: how uploads for real went, by day, cause and vendor."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.conditions import Conditions

_FIRST_BUCKET_SECONDS = 0.1
_BUCKET_RATIO = 1.2
"""As the function duration_bucket has it (sql/migrations/0008)."""

Buckets = Mapping[int, int]
"""How many uploads took a time of each bucket."""


class VendorOrder(StrEnum):
    ERROR_RATE = "error_rate"
    GROWTH = "growth"


@dataclass(frozen=True, slots=True)
class Days:
    """A span of days in UTC, both ends included; of one vendor or of all."""

    first: date
    last: date
    vendor_id: str | None = None

    @property
    def before(self) -> date:
        """The first day of the span of the same length before this one."""
        return self.first - (self.last - self.first) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayView:
    """The uploads that ended on a day."""

    day: date
    uploads: int
    failed: int
    rows: int
    valid_rows: int
    error_rows: int


@dataclass(frozen=True, slots=True)
class CauseView:
    """Errors of one code in one column; `rows` is 0 for files that were refused."""

    code: str
    column: str | None
    rows: int
    uploads: int


@dataclass(frozen=True, slots=True)
class VendorTrend:
    """A vendor's uploads in the span, and its rows in the span before."""

    vendor_id: str
    vendor_name: str
    uploads: int
    rows: int
    error_rows: int
    rows_before: int


def list_days(cursor: Cursor, days: Days) -> list[DayView]:
    """Return the days with uploads in their order."""
    where = _within(days)
    cursor.execute(
        f"""
        SELECT day, sum(uploads)::int, sum(failed)::int, sum(total_rows)::bigint, sum(valid_rows)::bigint,
               sum(error_rows)::bigint
        FROM daily_uploads WHERE {where.sql} GROUP BY day ORDER BY day
        """,
        where.values,
    )
    return [DayView(*row) for row in cursor.fetchall()]


def durations_by_day(cursor: Cursor, days: Days) -> Mapping[date, Buckets]:
    """Return how long the uploads of each day took."""
    where = _within(days)
    cursor.execute(
        f"SELECT day, bucket, sum(uploads)::int FROM daily_durations WHERE {where.sql} GROUP BY day, bucket",
        where.values,
    )
    found: dict[date, dict[int, int]] = defaultdict(dict)
    for day, bucket, uploads in cursor.fetchall():
        found[day][bucket] = uploads
    return found


def list_causes(cursor: Cursor, days: Days, limit: int) -> list[CauseView]:
    """Return what went wrong, the causes of most rows first."""
    where = _within(days)
    cursor.execute(
        f"""
        SELECT code, nullif(field, ''), sum(rows)::bigint, sum(uploads)::int FROM daily_causes WHERE {where.sql}
        GROUP BY code, field ORDER BY sum(rows) DESC, sum(uploads) DESC, code, field LIMIT %s
        """,
        (*where.values, limit),
    )
    return [CauseView(*row) for row in cursor.fetchall()]


def list_vendor_trends(cursor: Cursor, days: Days, order: VendorOrder, limit: int) -> list[VendorTrend]:
    """Return the vendors with uploads in the span: those with the worst error rate or the fastest growth first."""
    orders = {
        VendorOrder.ERROR_RATE: "coalesce(error_rows / nullif(total_rows, 0), 0) DESC, error_rows DESC",
        VendorOrder.GROWTH: "total_rows - rows_before DESC",
    }
    cursor.execute(
        f"""
        SELECT vendor_id, vendor_name, uploads, total_rows::bigint, error_rows::bigint, rows_before::bigint
        FROM (
            SELECT vendor_id, sum(uploads) FILTER (WHERE day >= %s)::int AS uploads,
                   sum(total_rows) FILTER (WHERE day >= %s) AS total_rows,
                   sum(error_rows) FILTER (WHERE day >= %s) AS error_rows,
                   coalesce(sum(total_rows) FILTER (WHERE day < %s), 0) AS rows_before
            FROM daily_uploads WHERE day BETWEEN %s AND %s GROUP BY vendor_id
        ) d JOIN vendors USING (vendor_id)
        WHERE uploads > 0
        ORDER BY {orders[order]}, vendor_id LIMIT %s
        """,
        (days.first, days.first, days.first, days.first, days.before, days.last, limit),
    )
    return [VendorTrend(*row) for row in cursor.fetchall()]


def percentile(buckets: Buckets, share: float) -> float | None:
    """Return the seconds that this share of the uploads took at most, to 10 %; None without any upload."""
    left = share * sum(buckets.values())
    for bucket in sorted(buckets):
        left -= buckets[bucket]
        if left <= 0:
            middle = _FIRST_BUCKET_SECONDS * _BUCKET_RATIO ** (bucket - 0.5 if bucket else 0)
            return float(f"{middle:.2g}")
    return None


def _within(days: Days) -> Conditions:
    where = Conditions()
    where.add("day BETWEEN %s AND %s", days.first, days.last)
    where.add_unless_none("vendor_id = %s", days.vendor_id)
    return where
