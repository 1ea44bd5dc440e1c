"""The errors of an upload as answers: for its vendor and for operators the same. Whose it is was checked before."""

from api import cursors
from api.documents import CauseDocument, ErrorDocument, ErrorFilters, ErrorPage, ErrorSummary
from onboarding.stores import upload_pages
from onboarding.stores.database import Database
from onboarding.stores.upload_pages import ErrorFilter, ErrorPosition
from rules.fixes import read_fixes

_ROW_FIXES, _ = read_fixes()


def error_page(database: Database, upload_id: str, filters: ErrorFilters) -> ErrorPage:
    """Return a page of errors in the order of rows. Raises Problem."""
    after = None
    if filters.cursor is not None:
        row_number, error_id = cursors.decode(filters.cursor, int, int)
        after = ErrorPosition(cursors.number(row_number), cursors.number(error_id))
    wanted = ErrorFilter(filters.code, filters.column, filters.q, filters.from_row)
    found = database.run(lambda cursor: upload_pages.list_errors(cursor, upload_id, wanted, after, filters.limit + 1))
    page = found[: filters.limit]
    next_cursor = None
    if len(found) > filters.limit:
        next_cursor = cursors.encode(page[-1].row_number, page[-1].error_id)
    return ErrorPage(
        data=[
            ErrorDocument(
                row_number=error.row_number,
                column=error.column,
                code=error.code,
                message=error.message,
                sent=error.sent,
                vendor_product_id=error.vendor_product_id,
                sku=error.sku,
            )
            for error in page
        ],
        next_cursor=next_cursor,
    )


def error_summary(database: Database, upload_id: str) -> ErrorSummary:
    """Return the causes, those of the most rows first."""
    causes = database.run(lambda cursor: upload_pages.summarise_errors(cursor, upload_id))
    fixes: dict[str, str] = {str(code): text for code, text in _ROW_FIXES.items()}
    return ErrorSummary(
        causes=[
            CauseDocument(
                code=cause.code,
                column=cause.column,
                rows=cause.rows,
                first_row=cause.first_row,
                message=cause.message,
                sent=cause.sent,
                fix=fixes.get(cause.code, ""),
            )
            for cause in causes
        ]
    )
