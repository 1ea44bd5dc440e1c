"""What operators see of the uploads of all vendors: read page by page, each query bounded by an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.conditions import Conditions
from onboarding.stores.reverts import revert_id_of
from onboarding.stores.upload_pages import UploadFilter, UploadPosition

_COLUMNS = """
    upload_id, vendor_id, file_name, mode, is_preview, status, total_records, valid_records, error_records,
    changed_records, unchanged_records, superseded_records, failure_reason, codes, upload_timestamp, completed_at
"""
_MOST_OF_A_SKU = 1_000


@dataclass(frozen=True, slots=True)
class AnyUploadFilter(UploadFilter):
    """Which uploads of which vendors; None means all."""

    upload_id: str | None = None
    vendor_id: str | None = None
    code: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class AnyUpload:
    """An upload of any vendor as the audit trail has it. Counts are rows."""

    upload_id: str
    vendor_id: str
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
    codes: Sequence[str]
    upload_timestamp: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class UploadBackground:
    """What else is known of an upload."""

    vendor_name: str | None
    s3_key: str
    read_as: Mapping[str, Any] | None
    corrects_upload_id: str | None
    taken_back_by: str | None


def list_all_uploads(
    cursor: Cursor, wanted: AnyUploadFilter, after: UploadPosition | None, limit: int
) -> list[AnyUpload]:
    """Return at most `limit` uploads, newest first."""
    where = Conditions()
    where.add("TRUE")
    where.add_unless_none("upload_id = %s", wanted.upload_id)
    where.add_unless_none("vendor_id = %s", wanted.vendor_id)
    where.add_unless_none("codes @> ARRAY[%s]::varchar[]", wanted.code)
    if wanted.sku is not None:
        where.add("upload_id = ANY(%s::varchar[])", _uploads_of_sku(cursor, wanted.sku.strip(" ")))
    wanted.narrow(where, after)
    cursor.execute(
        f"""
        SELECT {_COLUMNS} FROM upload_history WHERE {where.sql}
        ORDER BY upload_timestamp DESC, upload_id DESC LIMIT %s
        """,
        (*where.values, limit),
    )
    return [AnyUpload(*row) for row in cursor.fetchall()]


def _uploads_of_sku(cursor: Cursor, sku: str) -> list[str]:
    """Return the uploads that brought in a product of this SKU, changed it, or had an error in a row with it."""
    cursor.execute(
        """
        SELECT upload_id FROM products WHERE sku = %(sku)s
        UNION
        SELECT c.upload_id FROM products p JOIN product_changes c USING (product_id) WHERE p.sku = %(sku)s
        UNION
        SELECT upload_id FROM validation_errors
        WHERE left(btrim(original_data ->> 'sku'), 100) = left(%(sku)s, 100)
        LIMIT %(limit)s
        """,
        {"sku": sku, "limit": _MOST_OF_A_SKU},
    )
    return [upload_id for (upload_id,) in cursor.fetchall()]


def find_any_upload(cursor: Cursor, upload_id: str) -> tuple[AnyUpload, UploadBackground] | None:
    """Return the upload of this id, whoever's it is."""
    cursor.execute(
        f"""
        SELECT {_COLUMNS},
               (SELECT v.vendor_name FROM vendors v WHERE v.vendor_id = h.vendor_id),
               s3_key, read_as, corrects_upload_id,
               (SELECT r.upload_id FROM upload_history r WHERE r.upload_id = %s)
        FROM upload_history h WHERE upload_id = %s
        """,
        (revert_id_of(upload_id), upload_id),
    )
    row = cursor.fetchone()
    return (AnyUpload(*row[:-5]), UploadBackground(*row[-5:])) if row else None


def list_open_uploads(cursor: Cursor, limit: int) -> tuple[int, list[AnyUpload]]:
    """Return how many uploads have not ended, and the oldest of them."""
    cursor.execute("SELECT count(*) FROM upload_history WHERE status = 'processing'")
    (count,) = cursor.fetchone() or (0,)
    cursor.execute(
        f"""
        SELECT {_COLUMNS} FROM upload_history WHERE status = 'processing'
        ORDER BY upload_timestamp, upload_id LIMIT %s
        """,
        (limit,),
    )
    return count, [AnyUpload(*row) for row in cursor.fetchall()]
