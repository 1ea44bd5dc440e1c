"""Queries on upload_history, the audit trail: one row for each upload, from its first event to its final status."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.copying import multirange, numbers_of
from onboarding.uploads import Upload, UploadMode, UploadStatus


class UploadNotRecordedError(RuntimeError):
    """Rows arrived for an upload that the audit trail does not know."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What the valid rows of an update did to the catalogue, in rows; for a preview, what they would do.

    `changed_fields` says how many products changed in each field. An import has none of these.
    """

    changed: int = 0
    unchanged: int = 0
    superseded: int = 0
    """Changed nothing because a later upload had set their fields before."""
    changed_fields: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of an upload, in rows. `total_records` is None until the file was read, and when it was refused."""

    total_records: int | None
    valid_records: int
    error_records: int
    effects: Effects = field(default_factory=Effects)

    @property
    def is_complete(self) -> bool:
        return self.total_records == self.valid_records + self.error_records


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """A row of upload_history."""

    upload_id: str
    vendor_id: str
    file_name: str
    mode: UploadMode
    is_preview: bool
    status: UploadStatus
    progress: Progress
    failure_reason: str | None
    error_file_s3_key: str | None
    corrections_file_s3_key: str | None
    read_as: Mapping[str, Any] | None
    """How the file was read (onboarding/intake/read_as.py); None if it was not."""
    upload_timestamp: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """An upload whose row of upload_history is locked, as the decision on its rows needs it.

    Uploads are ordered by `uploaded_at`, the time of their events, and then by their ids.
    """

    upload_id: str
    vendor_id: str
    mode: UploadMode
    is_preview: bool
    uploaded_at: datetime
    is_open: bool
    """Its rows may still be decided."""
    changed_fields: Mapping[str, int]


def open_upload(
    cursor: Cursor, upload: Upload, total_records: int | None, read_as: Mapping[str, Any] | None = None
) -> bool:
    """Record the upload as processing; return whether it was new.

    A total that was unknown before is filled in, and how the file was read with it.
    """
    cursor.execute(
        """
        INSERT INTO upload_history
            (upload_id, vendor_id, file_name, s3_key, object_version, upload_timestamp, mode, is_preview, total_records,
             read_as, corrects_upload_id)
        VALUES (%s, left(%s, 50), left(%s, 255), %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (upload_id) DO UPDATE SET total_records = excluded.total_records, read_as = excluded.read_as
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
            upload.mode,
            upload.is_preview,
            total_records,
            None if read_as is None else json.dumps(read_as),
            upload.corrects_upload_id,
        ),
    )
    row = cursor.fetchone()
    return bool(row and row[0])


def find_upload(cursor: Cursor, upload_id: str) -> UploadRecord | None:
    """Return the upload's row."""
    cursor.execute(
        """
        SELECT upload_id, vendor_id, file_name, mode, is_preview, status, total_records, valid_records, error_records,
               changed_records, unchanged_records, superseded_records, changed_fields,
               failure_reason, error_file_s3_key, corrections_file_s3_key, read_as, upload_timestamp, completed_at
        FROM upload_history WHERE upload_id = %s
        """,
        (upload_id,),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    upload, vendor, file_name, mode, is_preview, status, total, valid, errors = row[:9]
    return UploadRecord(
        upload_id=upload,
        vendor_id=vendor,
        file_name=file_name,
        mode=UploadMode(mode),
        is_preview=is_preview,
        status=UploadStatus(status),
        progress=Progress(total, valid, errors, Effects(*row[9:13])),
        failure_reason=row[13],
        error_file_s3_key=row[14],
        corrections_file_s3_key=row[15],
        read_as=row[16],
        upload_timestamp=row[17],
        completed_at=row[18],
    )


def lock_upload(
    cursor: Cursor, upload_id: str, vendor_id: str, row_numbers: Collection[int] = ()
) -> tuple[OpenUpload, set[int]]:
    """Take the upload's lock; return what it is, and which of these rows are settled.

    Raises UploadNotRecordedError.
    """
    cursor.execute(
        """
        SELECT settled_rows * %s::int4multirange, status, mode, is_preview, upload_timestamp, changed_fields
        FROM upload_history WHERE upload_id = %s FOR UPDATE
        """,
        (multirange(row_numbers), upload_id),
    )
    row = cursor.fetchone()
    if row is None:
        raise UploadNotRecordedError(upload_id)
    settled, status, mode, is_preview, uploaded_at, changed_fields = row
    upload = OpenUpload(
        upload_id=upload_id,
        vendor_id=vendor_id,
        mode=UploadMode(mode),
        is_preview=is_preview,
        uploaded_at=uploaded_at,
        is_open=UploadStatus(status) is UploadStatus.PROCESSING,
        changed_fields=changed_fields,
    )
    return upload, numbers_of(settled)


def mode_of(cursor: Cursor, upload_id: str) -> UploadMode:
    """Return what the upload does to the catalogue. Raises UploadNotRecordedError."""
    cursor.execute("SELECT mode FROM upload_history WHERE upload_id = %s", (upload_id,))
    row = cursor.fetchone()
    if row is None:
        raise UploadNotRecordedError(upload_id)
    return UploadMode(row[0])


def finish_upload(
    cursor: Cursor,
    upload_id: str,
    status: UploadStatus,
    failure_reason: str | None,
    error_file_s3_key: str | None,
    corrections_file_s3_key: str | None = None,
) -> UploadRecord:
    """Write the final status unless one is written already, and return the upload's row.

    With it go the codes of its errors and its share of the daily tables: once, however often the outcome is recorded.
    Files that could not be built the first time are noted whenever they are there.

    Raises UploadNotRecordedError.
    """
    cursor.execute(
        """
        UPDATE upload_history
        SET status = %s, failure_reason = %s, error_file_s3_key = %s, corrections_file_s3_key = %s,
            completed_at = CURRENT_TIMESTAMP, codes = ARRAY(
                SELECT error_type FROM validation_errors WHERE upload_id = %s
                UNION SELECT split_part(%s, ':', 1) WHERE %s IS NOT NULL ORDER BY 1
            )
        WHERE upload_id = %s AND status = 'processing'
        """,
        (
            *(status, failure_reason, error_file_s3_key, corrections_file_s3_key),
            *(upload_id, failure_reason, failure_reason, upload_id),
        ),
    )
    if cursor.rowcount == 1:
        # Whoever writes the final status counts the upload: of two recorders at once one finds nothing to write.
        cursor.execute("SELECT summarise_uploads(ARRAY[%s]::varchar[])", (upload_id,))
    else:
        _note_files(cursor, upload_id, error_file_s3_key, corrections_file_s3_key)
    record = find_upload(cursor, upload_id)
    if record is None:
        raise UploadNotRecordedError(upload_id)
    return record


def _note_files(cursor: Cursor, upload_id: str, report: str | None, corrections: str | None) -> None:
    """Note the files of an upload that has ended without them."""
    cursor.execute(
        """
        UPDATE upload_history
        SET error_file_s3_key = coalesce(error_file_s3_key, %(report)s),
            corrections_file_s3_key = coalesce(corrections_file_s3_key, %(corrections)s)
        WHERE upload_id = %(upload)s AND error_records > 0
          AND ((error_file_s3_key IS NULL AND %(report)s IS NOT NULL)
               OR (corrections_file_s3_key IS NULL AND %(corrections)s IS NOT NULL))
        """,
        {"report": report, "corrections": corrections, "upload": upload_id},
    )
