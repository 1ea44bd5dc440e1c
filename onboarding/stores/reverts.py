"""Queries that take an upload back: the values an update had replaced, the products an import had brought in."""

import json
from collections import defaultdict

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.changes import Setting
from onboarding.stores.history import Effects, OpenUpload
from onboarding.uploads import UploadMode

_REVERT = "REVERT_"


def revert_id_of(upload_id: str) -> str:
    """Return the id under which taking this upload back is recorded: one upload can be taken back once."""
    return _REVERT + upload_id.removeprefix("UPLOAD_")


def open_revert(cursor: Cursor, upload: OpenUpload) -> OpenUpload:
    """Return the revert of an upload as an upload of its own, the latest of all."""
    cursor.execute("SELECT clock_timestamp()")
    (now,) = cursor.fetchone() or (None,)
    assert now is not None  # noqa: S101 - the clock always answers
    return OpenUpload(
        upload_id=revert_id_of(upload.upload_id),
        vendor_id=upload.vendor_id,
        mode=UploadMode.REVERT,
        is_preview=False,
        uploaded_at=now,
        is_open=True,
        has_conflicts=False,
        changed_fields={},
    )


def replaced_values(cursor: Cursor, upload_id: str) -> list[Setting]:
    """Return what would undo an update: for each product the values that the update had replaced."""
    cursor.execute(
        """
        SELECT c.row_number, c.product_id, old.key,
               CASE WHEN old.key = 'category' THEN coalesce(n.category_name, r.category_name) ELSE old.value END
        FROM product_changes c CROSS JOIN jsonb_each_text(c.old_values) AS old
        LEFT JOIN product_categories n ON old.key = 'category' AND n.category_name = old.value
        -- Renamed since: the category is the same, its name is not.
        LEFT JOIN product_categories r ON old.key = 'category' AND n IS NULL AND old.value = ANY (r.former_names)
        WHERE c.upload_id = %s
        """,
        (upload_id,),
    )
    values: dict[tuple[int, int], dict[str, str | None]] = defaultdict(dict)
    for row_number, product_id, field, value in cursor.fetchall():
        values[row_number, product_id][field] = value
    return [Setting(row_number, product_id, of_product) for (row_number, product_id), of_product in values.items()]


def imported_products(cursor: Cursor, upload_id: str) -> list[Setting]:
    """Return what would undo an import: its products, no longer for sale."""
    cursor.execute("SELECT row_number, product_id FROM products WHERE upload_id = %s", (upload_id,))
    return [Setting(row_number, product_id, {"status": "inactive"}) for row_number, product_id in cursor.fetchall()]


def others_in_progress(cursor: Cursor, vendor_id: str) -> list[str]:
    """Return the uploads of a vendor whose rows are still being settled."""
    cursor.execute(
        "SELECT upload_id FROM upload_history WHERE vendor_id = %s AND status = 'processing' AND NOT is_preview",
        (vendor_id,),
    )
    return [upload_id for (upload_id,) in cursor.fetchall()]


def record_revert(cursor: Cursor, revert: OpenUpload, upload_id: str, effects: Effects) -> None:
    """Record that an upload was taken back, as an upload that has ended. It has the file of the one it took back."""
    total = effects.changed + effects.unchanged + effects.superseded
    cursor.execute(
        """
        INSERT INTO upload_history
            (upload_id, vendor_id, file_name, s3_key, object_version, upload_timestamp, completed_at, mode, status,
             corrects_upload_id, total_records, valid_records,
             changed_records, unchanged_records, superseded_records, changed_fields)
        SELECT %s, vendor_id, file_name, s3_key, object_version, %s, CURRENT_TIMESTAMP, 'revert', 'completed',
               upload_id, %s, %s, %s, %s, %s, %s
        FROM upload_history WHERE upload_id = %s
        """,
        (
            *(revert.upload_id, revert.uploaded_at, total, total),
            *(effects.changed, effects.unchanged, effects.superseded, json.dumps(effects.changed_fields)),
            upload_id,
        ),
    )
