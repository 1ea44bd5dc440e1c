"""Every query on the catalogue and the audit trail. PostgreSQL decides here what happened to each row, once.

Each function takes the cursor of an open transaction and leaves commit and retry to `Database.run`.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg2.errors import UniqueViolation
from psycopg2.extensions import cursor as Cursor

from onboarding.rows import StagedRow
from onboarding.uploads import Upload, UploadStatus
from rules import ErrorCode, ProductRules, RowError

_ONLY_FINDING = frozenset({ErrorCode.MALFORMED_ROW, ErrorCode.PROCESSING_ERROR})
"""Findings that make a row's cells unusable for any other check."""
_UNIQUE_FIELDS = ("vendor_product_id", "sku")
_encode = json.JSONEncoder(ensure_ascii=False).encode


class UploadNotRecordedError(RuntimeError):
    """Rows arrived for an upload that the audit trail does not know."""


class UnexplainedConflictError(RuntimeError):
    """A product was not inserted, yet nothing it conflicts with can be seen; a repetition decides it."""


@dataclass(frozen=True, slots=True)
class Vendor:
    vendor_id: str
    name: str
    is_active: bool
    notification_topic_arn: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of an upload, in rows. `total_records` is None until the file was read, and when it was refused."""

    total_records: int | None
    valid_records: int
    error_records: int

    @property
    def is_complete(self) -> bool:
        return self.total_records == self.valid_records + self.error_records


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A staged row, what the rules found, and its values in the order of the rules' columns."""

    staged: StagedRow
    errors: tuple[RowError, ...]
    values: tuple[str | None, ...]

    @property
    def row_number(self) -> int:
        return self.staged.row_number


@dataclass(frozen=True, slots=True)
class Settlement:
    """Outcome of every row of a batch, and how many of them this transaction decided."""

    valid: frozenset[int]
    errors: Mapping[int, tuple[RowError, ...]]
    accepted: int
    rejected: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """A row of upload_history."""

    upload_id: str
    vendor_id: str
    file_name: str
    status: UploadStatus
    progress: Progress
    failure_reason: str | None
    error_file_s3_key: str | None
    upload_timestamp: datetime
    completed_at: datetime | None


def find_vendor(cursor: Cursor, vendor_id: str) -> Vendor | None:
    """Return the vendor of this id."""
    cursor.execute(
        "SELECT vendor_id, vendor_name, status = 'active', notification_topic_arn FROM vendors WHERE vendor_id = %s",
        (vendor_id,),
    )
    row = cursor.fetchone()
    return Vendor(*row) if row else None


def register_vendor(cursor: Cursor, vendor_id: str, name: str, email: str, status: str, topic_arn: str) -> None:
    """Create the vendor or bring its row up to date."""
    cursor.execute(
        """
        INSERT INTO vendors (vendor_id, vendor_name, email, status, notification_topic_arn)
        VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (vendor_id) DO UPDATE SET
            vendor_name = excluded.vendor_name, email = excluded.email, status = excluded.status,
            notification_topic_arn = excluded.notification_topic_arn, updated_at = CURRENT_TIMESTAMP
        """,
        (vendor_id, name, email, status, topic_arn),
    )


def active_categories(cursor: Cursor) -> frozenset[str]:
    """Return the names that products.category may take today."""
    cursor.execute("SELECT category_name FROM product_categories WHERE is_active")
    return frozenset(name for (name,) in cursor.fetchall())


def open_upload(cursor: Cursor, upload: Upload, total_records: int | None) -> bool:
    """Record the upload as processing; return whether it was new. A total that was unknown before is filled in."""
    cursor.execute(
        """
        INSERT INTO upload_history
            (upload_id, vendor_id, file_name, s3_key, object_version, upload_timestamp, total_records)
        VALUES (%s, left(%s, 50), left(%s, 255), %s, %s, %s, %s)
        ON CONFLICT (upload_id) DO UPDATE SET total_records = excluded.total_records
            WHERE upload_history.total_records IS NULL AND upload_history.status = 'processing'
        RETURNING xmax = 0
        """,
        (
            upload.upload_id,
            upload.vendor_id,
            upload.file_name,
            upload.s3_key,
            upload.object_version,
            upload.uploaded_at,
            total_records,
        ),
    )
    row = cursor.fetchone()
    return bool(row and row[0])


def find_upload(cursor: Cursor, upload_id: str) -> UploadRecord | None:
    """Return the upload's row of the audit trail."""
    cursor.execute(
        """
        SELECT upload_id, vendor_id, file_name, status, total_records, valid_records, error_records,
               failure_reason, error_file_s3_key, upload_timestamp, completed_at
        FROM upload_history WHERE upload_id = %s
        """,
        (upload_id,),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    upload, vendor, file_name, status, total, valid, errors, reason, report_key, uploaded_at, completed_at = row
    progress = Progress(total, valid, errors)
    return UploadRecord(
        upload, vendor, file_name, UploadStatus(status), progress, reason, report_key, uploaded_at, completed_at
    )


def settle(
    cursor: Cursor, rules: ProductRules, upload_id: str, vendor_id: str, rows: Sequence[CheckedRow]
) -> Settlement:
    """Decide the rows that have no outcome yet, record the decisions, and return the outcome of all.

    Batches of one upload come one after the other: each holds the lock of its upload_history row until commit.
    Rows that come after their upload was abandoned get no outcome: its vendor was told to upload them again.

    Raises UploadNotRecordedError, UnexplainedConflictError.
    """
    is_open = _lock_upload(cursor, upload_id)
    known_valid, known_errors = _outcomes(cursor, upload_id, [row.row_number for row in rows])
    known = known_valid | known_errors
    fresh = [row for row in rows if row.row_number not in known] if is_open else []
    accepted = _insert_products(cursor, rules, upload_id, vendor_id, [row for row in fresh if not row.errors])
    rejected = _with_duplicates(
        cursor, rules, upload_id, vendor_id, [row for row in fresh if row.row_number not in accepted]
    )
    _insert_errors(cursor, rules, upload_id, rejected)
    errors = {row.row_number: row.errors for row in rejected}
    if known_errors:
        errors.update(_recorded_errors(cursor, rules, upload_id, known_errors))
    return Settlement(
        valid=frozenset(known_valid | accepted),
        errors=errors,
        accepted=len(accepted),
        rejected=len(rejected),
        progress=_add_counts(cursor, upload_id, len(accepted), len(rejected)),
    )


def _lock_upload(cursor: Cursor, upload_id: str) -> bool:
    """Take the upload's lock and return whether its rows may still be decided."""
    cursor.execute("SELECT status FROM upload_history WHERE upload_id = %s FOR UPDATE", (upload_id,))
    row = cursor.fetchone()
    if row is None:
        raise UploadNotRecordedError(upload_id)
    return UploadStatus(row[0]) is UploadStatus.PROCESSING


def _outcomes(cursor: Cursor, upload_id: str, row_numbers: Iterable[int]) -> tuple[set[int], set[int]]:
    """Return which rows are recorded as valid and which as errors."""
    cursor.execute(
        """
        SELECT row_number, TRUE FROM products WHERE upload_id = %(upload_id)s AND row_number = ANY(%(rows)s::int[])
        UNION ALL
        SELECT DISTINCT row_number, FALSE FROM validation_errors
        WHERE upload_id = %(upload_id)s AND row_number = ANY(%(rows)s::int[])
        """,
        {"upload_id": upload_id, "rows": _int_array(row_numbers)},
    )
    valid: set[int] = set()
    errors: set[int] = set()
    for row_number, is_valid in cursor.fetchall():
        (valid if is_valid else errors).add(row_number)
    return valid, errors


def _insert_products(
    cursor: Cursor, rules: ProductRules, upload_id: str, vendor_id: str, rows: Sequence[CheckedRow]
) -> set[int]:
    """Insert the rows whose keys are free and return their numbers.

    Mostly all are free: they go straight in, and only when a key turns out to be taken PostgreSQL is asked whose.
    """
    if not rows:
        return set()
    # Every transaction takes the keys in the same order: two uploads that share some cannot deadlock over them.
    sku = rules.columns.index("sku")
    rows = sorted(rows, key=lambda row: row.values[sku] or "")
    cursor.execute("SAVEPOINT nothing_inserted")
    try:
        cursor.copy_expert(
            f"COPY products (upload_id, vendor_id, row_number, {', '.join(rules.columns)}) FROM STDIN (NULL '')",
            copy_file((upload_id, vendor_id, str(row.row_number), *row.values) for row in rows),
        )
    except UniqueViolation:
        cursor.execute("ROLLBACK TO SAVEPOINT nothing_inserted")
        return _insert_free_products(cursor, rules, upload_id, vendor_id, rows)
    cursor.execute("RELEASE SAVEPOINT nothing_inserted")
    return {row.row_number for row in rows}


def _insert_free_products(
    cursor: Cursor, rules: ProductRules, upload_id: str, vendor_id: str, rows: Sequence[CheckedRow]
) -> set[int]:
    """Insert the rows whose keys are free, in the order of their SKUs, and return their numbers."""
    columns = ", ".join(rules.columns)
    # Column types come from the table itself. One temporary table serves all transactions of a connection.
    cursor.execute(
        f"""
        CREATE TEMP TABLE IF NOT EXISTS incoming_products ON COMMIT DELETE ROWS AS
        SELECT row_number, {columns} FROM products WITH NO DATA
        """
    )
    cursor.copy_expert(
        f"COPY incoming_products (row_number, {columns}) FROM STDIN (NULL '')",
        copy_file((str(row.row_number), *row.values) for row in rows),
    )
    cursor.execute(
        f"""
        INSERT INTO products (upload_id, vendor_id, row_number, {columns})
        SELECT %s, %s, row_number, {columns} FROM incoming_products ORDER BY sku COLLATE "C"
        ON CONFLICT DO NOTHING
        RETURNING row_number
        """,
        (upload_id, vendor_id),
    )
    return {row_number for (row_number,) in cursor.fetchall()}


def _with_duplicates(
    cursor: Cursor, rules: ProductRules, upload_id: str, vendor_id: str, rows: Sequence[CheckedRow]
) -> list[CheckedRow]:
    """Return the rows with what the catalogue of other uploads says against their keys.

    This upload's own products do not count: which of them are in already depends on the order of batches.
    Keys that repeat inside the file were found when it was read.
    """
    keys = {row.row_number: _keys_to_look_up(row, rules) for row in rows}
    taken = _taken_keys(cursor, upload_id, vendor_id, keys.values())
    judged: list[CheckedRow] = []
    for row in rows:
        duplicates = [
            rules.duplicate(name, value, earlier_row=None)
            for name, value in keys[row.row_number].items()
            if (name, value) in taken
        ]
        if not row.errors and not duplicates:
            raise UnexplainedConflictError(f"{upload_id} row {row.row_number}")
        judged.append(CheckedRow(row.staged, rules.in_order((*row.errors, *duplicates)), row.values))
    return judged


def _keys_to_look_up(row: CheckedRow, rules: ProductRules) -> dict[str, str]:
    codes = {(error.field, error.code) for error in row.errors}
    if any(code in _ONLY_FINDING for _, code in codes):
        return {}
    values = dict(zip(rules.columns, row.values, strict=True))
    repeated = {
        name for name, code in codes if code in (ErrorCode.DUPLICATE_SKU, ErrorCode.DUPLICATE_VENDOR_PRODUCT_ID)
    }
    return {name: value for name in _UNIQUE_FIELDS if name not in repeated and (value := values[name])}


def _taken_keys(
    cursor: Cursor, upload_id: str, vendor_id: str, keys: Iterable[Mapping[str, str]]
) -> set[tuple[str, str]]:
    wanted: dict[str, list[str]] = {name: [] for name in _UNIQUE_FIELDS}
    for row_keys in keys:
        for name, value in row_keys.items():
            wanted[name].append(value)
    if not any(wanted.values()):
        return set()
    cursor.execute(
        """
        SELECT 'sku', sku FROM products WHERE sku = ANY(%(sku)s) AND upload_id <> %(upload_id)s
        UNION ALL
        SELECT 'vendor_product_id', vendor_product_id FROM products
        WHERE vendor_id = %(vendor_id)s AND vendor_product_id = ANY(%(vendor_product_id)s)
          AND upload_id <> %(upload_id)s
        """,
        {"upload_id": upload_id, "vendor_id": vendor_id, **wanted},
    )
    return set(cursor.fetchall())


def _insert_errors(cursor: Cursor, rules: ProductRules, upload_id: str, rows: Sequence[CheckedRow]) -> None:
    if not rows:
        return
    records = []
    for row in rows:
        sent = row.staged.row.cells
        original = _encode({name: sent.get(name, "") for name in rules.columns})
        for error in row.errors:
            records.append((upload_id, str(row.row_number), error.field, error.code, error.message, original))
    cursor.copy_expert(
        "COPY validation_errors (upload_id, row_number, field, error_type, error_message, original_data)"
        " FROM STDIN (NULL '')",
        copy_file(records),
    )


def _recorded_errors(
    cursor: Cursor, rules: ProductRules, upload_id: str, row_numbers: Iterable[int]
) -> dict[int, tuple[RowError, ...]]:
    cursor.execute(
        """
        SELECT row_number, field, error_type, error_message FROM validation_errors
        WHERE upload_id = %s AND row_number = ANY(%s::int[]) ORDER BY error_id
        """,
        (upload_id, _int_array(row_numbers)),
    )
    found: dict[int, list[RowError]] = {}
    for row_number, field, error_type, message in cursor.fetchall():
        found.setdefault(row_number, []).append(RowError(field, ErrorCode(error_type), message))
    return {row_number: rules.in_order(errors) for row_number, errors in found.items()}


def _add_counts(cursor: Cursor, upload_id: str, accepted: int, rejected: int) -> Progress:
    cursor.execute(
        """
        UPDATE upload_history SET valid_records = valid_records + %s, error_records = error_records + %s
        WHERE upload_id = %s
        RETURNING total_records, valid_records, error_records
        """,
        (accepted, rejected, upload_id),
    )
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - the row is locked by this transaction
    return Progress(*row)


def finish_upload(
    cursor: Cursor, upload_id: str, status: UploadStatus, failure_reason: str | None, error_file_s3_key: str | None
) -> UploadRecord:
    """Write the final status unless one is written already, and return the upload's row.

    Raises UploadNotRecordedError.
    """
    cursor.execute(
        """
        UPDATE upload_history
        SET status = %s, failure_reason = %s, error_file_s3_key = %s, completed_at = CURRENT_TIMESTAMP
        WHERE upload_id = %s AND status = 'processing'
        """,
        (status, failure_reason, error_file_s3_key, upload_id),
    )
    record = find_upload(cursor, upload_id)
    if record is None:
        raise UploadNotRecordedError(upload_id)
    return record


def count_rows_with(cursor: Cursor, upload_id: str, code: ErrorCode) -> int:
    """Return how many rows of the upload have an error of this code."""
    cursor.execute(
        "SELECT count(DISTINCT row_number) FROM validation_errors WHERE upload_id = %s AND error_type = %s",
        (upload_id, code),
    )
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def copy_file(records: Iterable[Sequence[str | None]]) -> io.StringIO:
    """Return records in PostgreSQL's COPY text format (PostgreSQL manual, COPY, "Text Format"), None as ''.

    Escaping cell by cell costs more than all the rest; hardly any record needs it.
    """
    lines = []
    for record in records:
        line = "\t".join([value or "" for value in record])
        if "\\" in line or "\n" in line or "\r" in line or line.count("\t") >= len(record):
            line = "\t".join([_escaped(value or "") for value in record])
        lines.append(line)
    return io.StringIO("\n".join(lines) + "\n")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _int_array(numbers: Iterable[int]) -> str:
    """Return an array literal; as an ARRAY[…] expression PostgreSQL parses and plans every element."""
    return f"{{{','.join(map(str, numbers))}}}"
