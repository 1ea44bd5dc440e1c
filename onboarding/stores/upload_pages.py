"""What a vendor sees of its uploads and their errors: read page by page, each query bounded by an index.

Each function takes the cursor of an open transaction and never returns anything of another vendor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.conditions import Conditions

_UPLOAD_COLUMNS = """
    upload_id, file_name, mode, is_preview, status, total_records, valid_records, error_records,
    changed_records, unchanged_records, superseded_records, failure_reason, read_as, s3_key, object_version,
    error_file_s3_key, corrections_file_s3_key, corrects_upload_id, upload_timestamp, completed_at
"""
_EXAMPLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class UploadPosition:
    """Where a page of uploads ended; the next one begins after it."""

    upload_timestamp: datetime
    upload_id: str


@dataclass(frozen=True, slots=True)
class UploadFilter:
    """Which uploads; None means all. Times are the first and the last that are meant."""

    status: str | None = None
    mode: str | None = None
    is_preview: bool | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    file_name: str | None = None

    def narrow(self, where: Conditions, after: UploadPosition | None) -> None:
        """Add what is wanted, and where the last page ended, newest first."""
        where.add_unless_none("status = %s", self.status)
        where.add_unless_none("mode = %s", self.mode)
        where.add_unless_none("is_preview = %s", self.is_preview)
        where.add_unless_none("upload_timestamp >= %s", self.created_from)
        where.add_unless_none("upload_timestamp <= %s", self.created_to)
        where.add_unless_none("strpos(lower(file_name), lower(%s)) > 0", self.file_name)
        if after is not None:
            where.add("(upload_timestamp, upload_id) < (%s, %s)", after.upload_timestamp, after.upload_id)


@dataclass(frozen=True, slots=True)
class UploadView:
    """An upload as the audit trail has it. Counts are rows."""

    upload_id: str
    file_name: str
    mode: str
    is_preview: bool
    status: str
    total_records: int | None
    valid_records: int
    error_records: int
    changed_records: int
    unchanged_records: int
    superseded_records: int
    failure_reason: str | None
    read_as: Mapping[str, Any] | None
    s3_key: str
    object_version: str
    error_file_s3_key: str | None
    corrections_file_s3_key: str | None
    corrects_upload_id: str | None
    upload_timestamp: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ErrorFilter:
    """Which errors; None means all. `text` stands in the cell, the product id or the SKU, in any case."""

    code: str | None = None
    column: str | None = None
    text: str | None = None
    from_row: int | None = None


@dataclass(frozen=True, slots=True)
class ErrorPosition:
    """Where a page of errors ended."""

    row_number: int
    error_id: int


@dataclass(frozen=True, slots=True)
class ErrorView:
    """One error of one row; `sent` is the cell as it stood in the file."""

    error_id: int
    row_number: int
    column: str | None
    code: str
    message: str
    sent: str | None
    vendor_product_id: str | None
    sku: str | None


@dataclass(frozen=True, slots=True)
class Cause:
    """Errors of one code in one column: how many rows have it, the first of them, and what stood there."""

    code: str
    column: str | None
    rows: int
    first_row: int
    message: str
    sent: str | None


def find_upload(cursor: Cursor, vendor_id: str, upload_id: str) -> UploadView | None:
    """Return the vendor's upload of this id."""
    cursor.execute(
        f"SELECT {_UPLOAD_COLUMNS} FROM upload_history WHERE upload_id = %s AND vendor_id = %s", (upload_id, vendor_id)
    )
    row = cursor.fetchone()
    return UploadView(*row) if row else None


def list_uploads(
    cursor: Cursor, vendor_id: str, wanted: UploadFilter, after: UploadPosition | None, limit: int
) -> list[UploadView]:
    """Return at most `limit` of the vendor's uploads, newest first."""
    where = Conditions()
    where.add("vendor_id = %s", vendor_id)
    wanted.narrow(where, after)
    cursor.execute(
        f"""
        SELECT {_UPLOAD_COLUMNS} FROM upload_history WHERE {where.sql}
        ORDER BY upload_timestamp DESC, upload_id DESC LIMIT %s
        """,
        (*where.values, limit),
    )
    return [UploadView(*row) for row in cursor.fetchall()]


def list_corrections(cursor: Cursor, vendor_id: str, upload_id: str, limit: int) -> list[UploadView]:
    """Return at most `limit` of the vendor's uploads that correct this one, newest first; taking it back is none."""
    cursor.execute(
        f"""
        SELECT {_UPLOAD_COLUMNS} FROM upload_history
        WHERE corrects_upload_id = %s AND vendor_id = %s AND mode <> 'revert'
        ORDER BY upload_timestamp DESC, upload_id DESC LIMIT %s
        """,
        (upload_id, vendor_id, limit),
    )
    return [UploadView(*row) for row in cursor.fetchall()]


def list_errors(
    cursor: Cursor, upload_id: str, wanted: ErrorFilter, after: ErrorPosition | None, limit: int
) -> list[ErrorView]:
    """Return at most `limit` errors of an upload in the order of rows; that it is the caller's is checked before."""
    where = Conditions()
    where.add("upload_id = %s", upload_id)
    where.add_unless_none("error_type = %s", wanted.code)
    where.add_unless_none("field = %s", wanted.column)
    where.add_unless_none("row_number >= %s", wanted.from_row)
    where.add_unless_none(
        """strpos(lower(concat_ws(E'\\n', original_data ->> 'vendor_product_id', original_data ->> 'sku',
                                 original_data ->> field)), lower(%s)) > 0""",
        wanted.text,
    )
    if after is not None:
        where.add("(row_number, error_id) > (%s, %s)", after.row_number, after.error_id)
    cursor.execute(
        f"""
        SELECT error_id, row_number, field, error_type, error_message, original_data ->> field,
               original_data ->> 'vendor_product_id', original_data ->> 'sku'
        FROM validation_errors WHERE {where.sql}
        ORDER BY row_number, error_id LIMIT %s
        """,
        (*where.values, limit),
    )
    return [ErrorView(*row) for row in cursor.fetchall()]


def summarise_errors(cursor: Cursor, upload_id: str) -> list[Cause]:
    """Return the causes of an upload's errors, those of the most rows first, each with its first row as example."""
    cursor.execute(
        """
        WITH causes AS (
            SELECT error_type, field, count(DISTINCT row_number) AS rows, min(error_id) AS example_id
            FROM (SELECT error_type, field, row_number,
                         first_value(error_id) OVER (PARTITION BY error_type, field ORDER BY row_number, error_id)
                             AS error_id
                  FROM validation_errors WHERE upload_id = %s) found
            GROUP BY error_type, field
        )
        SELECT c.error_type, c.field, c.rows, e.row_number, e.error_message,
               left(e.original_data ->> c.field, %s)
        FROM causes c JOIN validation_errors e ON e.error_id = c.example_id
        ORDER BY c.rows DESC, e.row_number, c.error_type, c.field
        """,
        (upload_id, _EXAMPLE_CHARACTERS),
    )
    return [Cause(*row) for row in cursor.fetchall()]
