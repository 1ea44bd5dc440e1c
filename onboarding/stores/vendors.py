"""Queries on the vendors: who they are, whether they may upload, and where their e-mails go."""

from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor


@dataclass(frozen=True, slots=True)
class Vendor:
    vendor_id: str
    name: str
    is_active: bool
    notification_topic_arn: str | None


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


def set_vendor_status(cursor: Cursor, vendor_id: str, status: str) -> bool:
    """Let the vendor upload or not; return whether there is such a vendor."""
    cursor.execute(
        "UPDATE vendors SET status = %s, updated_at = CURRENT_TIMESTAMP WHERE vendor_id = %s", (status, vendor_id)
    )
    return cursor.rowcount == 1
