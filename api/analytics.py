"""How uploads went, as answers: for a vendor about its own, for operators about all. As JSON or as a CSV file."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from api.admin_documents import CausesDocument, DailyCauseDocument, DayDocument, DaysDocument, DurationsDocument, Period
from api.problems import invalid
from api.routing import File
from onboarding.formula_cells import neutralise
from onboarding.stores import analytics
from onboarding.stores.analytics import Buckets, Days, DayView
from onboarding.stores.database import Database

MEDIA_TYPES = ("application/json", "text/csv")
MOST_ENTRIES = 100
_DEFAULT_DAYS = 30
_MOST_DAYS = 400
_NO_BUCKETS: Buckets = {}


def days_of(period: Period, vendor_id: str | None) -> Days:
    """Return the days that are meant: without any the last 30, today among them. Raises Problem."""
    last = period.last_day or max(datetime.now(UTC).date(), period.first_day or datetime.now(UTC).date())
    first = period.first_day or last - timedelta(days=_DEFAULT_DAYS - 1)
    if first > last:
        raise invalid("query.last_day", "It is before first_day.")
    if (last - first).days >= _MOST_DAYS:
        raise invalid("query.first_day", f"It is too early: at most {_MOST_DAYS} days can be asked for at once.")
    if first.year <= _EARLIEST_YEAR:
        raise invalid("query.first_day", "There were no uploads then.")
    return Days(first, last, vendor_id)


_EARLIEST_YEAR = 1999
"""Far enough from the beginning of the calendar for the days before to be days, too."""


def wants_csv(period: Period, headers: Mapping[str, str]) -> bool:
    """Tell whether the caller asked for a file; `format` counts more than the header."""
    if period.format is not None:
        return period.format == "csv"
    return headers.get("accept", "").partition(";")[0].strip().lower() == "text/csv"


def days_document(database: Database, days: Days) -> DaysDocument:
    """Return the days with uploads."""
    found = database.run(lambda cursor: (analytics.list_days(cursor, days), analytics.durations_by_day(cursor, days)))
    views, durations = found
    together: dict[int, int] = {}
    for buckets in durations.values():
        for bucket, uploads in buckets.items():
            together[bucket] = together.get(bucket, 0) + uploads
    return DaysDocument(
        first_day=days.first,
        last_day=days.last,
        data=[_day(view, durations.get(view.day, _NO_BUCKETS)) for view in views],
        durations=_durations(together),
    )


def causes_document(database: Database, days: Days) -> CausesDocument:
    """Return what went wrong, the causes of most rows first."""
    found = database.run(lambda cursor: analytics.list_causes(cursor, days, MOST_ENTRIES))
    return CausesDocument(
        first_day=days.first,
        last_day=days.last,
        data=[DailyCauseDocument.model_validate(cause) for cause in found],
    )


def days_file(document: DaysDocument) -> File:
    """Return the days as CSV."""
    header = (
        *("day", "uploads", "failed", "rows", "valid_rows", "error_rows", "error_rate"),
        *("p50_seconds", "p95_seconds"),
    )
    lines = (
        (
            *(day.day, day.uploads, day.failed, day.rows, day.valid_rows, day.error_rows, day.error_rate),
            *(day.durations.p50_seconds, day.durations.p95_seconds),
        )
        for day in document.data
    )
    return csv_file(f"uploads_by_day_{document.first_day}_{document.last_day}", header, lines)


def causes_file(document: CausesDocument) -> File:
    """Return the causes as CSV."""
    lines = ((cause.code, cause.column, cause.rows, cause.uploads) for cause in document.data)
    name = f"causes_{document.first_day}_{document.last_day}"
    return csv_file(name, ("code", "column", "rows", "uploads"), lines)


def csv_file(name: str, header: Sequence[str], lines: Iterable[Sequence[object]]) -> File:
    """Return a CSV that opens in a spreadsheet as it is, without running any cell of it."""
    text = io.StringIO(newline="")
    text.write("\ufeff")  # without it Excel reads UTF-8 as the code page of its country
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([["" if cell is None else neutralise(str(cell)) for cell in line] for line in lines])
    return File(
        text.getvalue(),
        "text/csv; charset=utf-8",
        {"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def error_rate(error_rows: int, rows: int) -> float:
    """Return which share of the rows had errors."""
    return round(error_rows / rows, 4) if rows else 0.0


def _day(view: DayView, durations: Buckets) -> DayDocument:
    return DayDocument(
        day=view.day,
        uploads=view.uploads,
        failed=view.failed,
        rows=view.rows,
        valid_rows=view.valid_rows,
        error_rows=view.error_rows,
        error_rate=error_rate(view.error_rows, view.rows),
        durations=_durations(durations),
    )


def _durations(buckets: Buckets) -> DurationsDocument:
    return DurationsDocument(
        p50_seconds=analytics.percentile(buckets, 0.5), p95_seconds=analytics.percentile(buckets, 0.95)
    )
