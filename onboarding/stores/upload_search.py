"""What the database knows about one upload, for operators: found by id, S3 key or file name, whoever the vendor is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from psycopg2.extensions import cursor as Cursor

_MOST_FOUND = 10


@dataclass(frozen=True, slots=True)
class Recorded:
    """An upload as the audit trail has it. Counts are rows, times ISO 8601 in UTC, `codes` rows by error code."""

    upload_id: str
    vendor_id: str
    file_name: str
    s3_key: str
    object_version: str
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
    read_as: str | None
    """The sentence that the vendor is told about how the file was read; None for the default way."""
    error_file_s3_key: str | None
    corrections_file_s3_key: str | None
    uploaded_at: str
    completed_at: str | None
    vendor_name: str | None
    """None: no such vendor is registered."""
    vendor_status: str | None
    vendor_email: str | None
    codes: Mapping[str, int]

    @property
    def open_records(self) -> int | None:
        """How many rows have no outcome yet; None while nobody knows how many there are."""
        if self.total_records is None:
            return None
        return self.total_records - self.valid_records - self.error_records


@dataclass(frozen=True, slots=True)
class Found:
    """The upload that was asked for, and the ids of up to nine older ones that fit as well, newest first."""

    recorded: Recorded | None
    others: tuple[str, ...] = ()

    def as_document(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Found":
        recorded = document["recorded"]
        return cls(None if recorded is None else Recorded(**recorded), tuple(document["others"]))


def search(cursor: Cursor, name: str) -> Found:
    """Return the newest upload of this id, else of this S3 key, else of this file name."""
    for column in ("upload_id", "s3_key", "file_name"):
        cursor.execute(
            f"SELECT upload_id FROM upload_history WHERE {column} = %s ORDER BY upload_timestamp DESC LIMIT %s",  # noqa: S608 - one of the three names above
            (name, _MOST_FOUND),
        )
        found = [upload_id for (upload_id,) in cursor.fetchall()]
        if found:
            return Found(_recorded(cursor, found[0]), tuple(found[1:]))
    return Found(None)


def _recorded(cursor: Cursor, upload_id: str) -> Recorded:
    cursor.execute(
        """
        SELECT upload_id, h.vendor_id, file_name, s3_key, object_version, mode, is_preview, h.status,
               total_records, valid_records, error_records, changed_records, unchanged_records, superseded_records,
               failure_reason, read_as ->> 'sentence' AS read_as, error_file_s3_key, corrections_file_s3_key,
               upload_timestamp AS uploaded_at, completed_at, v.vendor_name, v.status AS vendor_status,
               v.email AS vendor_email
        FROM upload_history h LEFT JOIN vendors v ON v.vendor_id = h.vendor_id
        WHERE upload_id = %s
        """,
        (upload_id,),
    )
    row = cursor.fetchone()
    assert row is not None and cursor.description is not None  # noqa: S101 - only the purge deletes an upload
    values = dict(zip((column.name for column in cursor.description), row, strict=True))
    for name in ("uploaded_at", "completed_at"):
        if values[name] is not None:
            values[name] = values[name].isoformat(timespec="milliseconds")
    cursor.execute(
        """
        SELECT error_type, count(DISTINCT row_number) FROM validation_errors WHERE upload_id = %s
        GROUP BY error_type ORDER BY 2 DESC, 1
        """,
        (upload_id,),
    )
    return Recorded(**values, codes=dict(cursor.fetchall()))
