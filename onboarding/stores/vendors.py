"""Queries on the vendors: who they are, whether they may upload, and where their e-mails go."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.conditions import Conditions

CONFIRMATION_LIFETIME = timedelta(days=2)
"""How long the link in SNS's question can be followed (SNS developer guide, "Subscription confirmation")."""
RECENT_DAYS = 30


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


@dataclass(frozen=True, slots=True)
class RegisteredVendor:
    """What operators decide about a vendor."""

    name: str
    email: str
    status: str
    topic_arn: str | None

    def as_values(self) -> dict[str, str]:
        """Return it as it is recorded."""
        return {"name": self.name, "email": self.email, "status": self.status}


def lock_vendor(cursor: Cursor, vendor_id: str) -> RegisteredVendor | None:
    """Return the vendor and keep others from changing it until the end of the transaction."""
    cursor.execute(
        "SELECT vendor_name, email, status, notification_topic_arn FROM vendors WHERE vendor_id = %s FOR NO KEY UPDATE",
        (vendor_id,),
    )
    row = cursor.fetchone()
    return RegisteredVendor(*row) if row else None


def register_vendor(cursor: Cursor, vendor_id: str, vendor: RegisteredVendor) -> None:
    """Create the vendor or bring its row up to date. A new address has to be confirmed."""
    cursor.execute(
        """
        INSERT INTO vendors AS v (vendor_id, vendor_name, email, status, notification_topic_arn)
        VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (vendor_id) DO UPDATE SET
            vendor_name = excluded.vendor_name, email = excluded.email, status = excluded.status,
            notification_topic_arn = excluded.notification_topic_arn, updated_at = CURRENT_TIMESTAMP,
            email_asked_at = CASE WHEN v.email = excluded.email THEN v.email_asked_at ELSE CURRENT_TIMESTAMP END,
            email_confirmed_at = CASE WHEN v.email = excluded.email THEN v.email_confirmed_at END,
            email_checked_at = CASE WHEN v.email = excluded.email THEN v.email_checked_at END
        """,
        (vendor_id, vendor.name, vendor.email, vendor.status, vendor.topic_arn),
    )


def set_vendor_status(cursor: Cursor, vendor_id: str, status: str) -> None:
    """Let the vendor upload or not."""
    cursor.execute(
        "UPDATE vendors SET status = %s, updated_at = CURRENT_TIMESTAMP WHERE vendor_id = %s", (status, vendor_id)
    )


##### Whether the address is confirmed


@dataclass(frozen=True, slots=True)
class Address:
    """Where the e-mails of a vendor go, by way of its topic."""

    vendor_id: str
    email: str
    topic_arn: str | None


def addresses_to_check(cursor: Cursor, limit: int) -> list[Address]:
    """Return addresses to ask SNS about: unconfirmed ones first, then those that were asked about longest ago."""
    cursor.execute(
        """
        SELECT vendor_id, email, notification_topic_arn FROM vendors
        ORDER BY email_confirmed_at IS NOT NULL, email_checked_at NULLS FIRST, vendor_id LIMIT %s
        """,
        (limit,),
    )
    return [Address(*row) for row in cursor.fetchall()]


def find_address(cursor: Cursor, vendor_id: str) -> Address | None:
    """Return where the vendor's e-mails go."""
    cursor.execute("SELECT vendor_id, email, notification_topic_arn FROM vendors WHERE vendor_id = %s", (vendor_id,))
    row = cursor.fetchone()
    return Address(*row) if row else None


def record_check(cursor: Cursor, address: Address, *, is_confirmed: bool) -> None:
    """Record what SNS said about the address, unless the vendor has another one by now."""
    cursor.execute(
        """
        UPDATE vendors SET email_checked_at = CURRENT_TIMESTAMP,
            email_confirmed_at = CASE WHEN %s THEN coalesce(email_confirmed_at, CURRENT_TIMESTAMP) END
        WHERE vendor_id = %s AND email = %s
        """,
        (is_confirmed, address.vendor_id, address.email),
    )


def record_confirmation_sent(cursor: Cursor, vendor_id: str) -> None:
    """Record that the vendor was asked once more to confirm its address."""
    cursor.execute("UPDATE vendors SET email_asked_at = CURRENT_TIMESTAMP WHERE vendor_id = %s", (vendor_id,))


def count_overdue(cursor: Cursor) -> int:
    """Return how many active vendors have not confirmed their address in time."""
    cursor.execute(
        "SELECT count(*) FROM vendors"
        " WHERE email_confirmed_at IS NULL AND status = 'active' AND email_asked_at < CURRENT_TIMESTAMP - %s",
        (CONFIRMATION_LIFETIME,),
    )
    row = cursor.fetchone()
    return int(row[0]) if row else 0


##### What operators see


@dataclass(frozen=True, slots=True)
class VendorFilter:
    """Which vendors; None means all. `text` is looked for in ids, names and addresses, in any case."""

    text: str | None = None
    status: str | None = None
    is_confirmed: bool | None = None
    is_overdue: bool | None = None
    vendor_id: str | None = None


@dataclass(frozen=True, slots=True)
class VendorView:
    """A vendor, and its uploads for real that ended in the last 30 days."""

    vendor_id: str
    name: str
    email: str
    status: str
    created_at: datetime
    email_asked_at: datetime
    email_confirmed_at: datetime | None
    email_checked_at: datetime | None
    uploads: int
    rows: int
    error_rows: int
    last_upload_at: datetime | None

    @property
    def address_state(self) -> Literal["confirmed", "unconfirmed", "overdue"]:
        """Return `confirmed`, `unconfirmed`, or `overdue` when the link to confirm it has expired."""
        if self.email_confirmed_at is not None:
            return "confirmed"
        is_overdue = self.email_asked_at < datetime.now(UTC) - CONFIRMATION_LIFETIME
        return "overdue" if is_overdue else "unconfirmed"


def list_vendors(cursor: Cursor, wanted: VendorFilter, after: str | None, limit: int) -> list[VendorView]:
    """Return at most `limit` vendors in the order of their ids, those after the id `after`."""
    where = Conditions()
    where.add("TRUE")
    where.add_unless_none("vendor_id = %s", wanted.vendor_id)
    where.add_unless_none("status = %s", wanted.status)
    where.add_unless_none("(email_confirmed_at IS NOT NULL) = %s", wanted.is_confirmed)
    if wanted.is_overdue is not None:
        overdue = "(email_confirmed_at IS NULL AND email_asked_at < CURRENT_TIMESTAMP - %s) = %s"
        where.add(overdue, CONFIRMATION_LIFETIME, wanted.is_overdue)
    if wanted.text is not None:
        where.add("strpos(lower(concat_ws(E'\\n', vendor_id, vendor_name, email)), lower(%s)) > 0", wanted.text)
    where.add_unless_none("vendor_id > %s", after)
    cursor.execute(
        f"""
        SELECT v.vendor_id, v.vendor_name, v.email, v.status, v.created_at, v.email_asked_at, v.email_confirmed_at,
               v.email_checked_at, d.uploads, d.total_rows, d.error_rows, h.upload_timestamp
        FROM (SELECT * FROM vendors WHERE {where.sql} ORDER BY vendor_id LIMIT %s) v
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(uploads), 0)::int AS uploads, coalesce(sum(total_rows), 0)::bigint AS total_rows,
                   coalesce(sum(error_rows), 0)::bigint AS error_rows
            FROM daily_uploads
            WHERE vendor_id = v.vendor_id AND day > (CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::date - %s
        ) d
        LEFT JOIN LATERAL (
            SELECT upload_timestamp FROM upload_history
            WHERE vendor_id = v.vendor_id ORDER BY upload_timestamp DESC, upload_id DESC LIMIT 1
        ) h ON TRUE
        ORDER BY v.vendor_id
        """,
        (*where.values, limit, RECENT_DAYS),
    )
    return [VendorView(*row) for row in cursor.fetchall()]


def count_vendor_products(cursor: Cursor, vendor_id: str) -> tuple[int, int]:
    """Return how many products the vendor has in the catalogue, and how many of them are for sale."""
    cursor.execute(
        "SELECT count(*), count(*) FILTER (WHERE status = 'active') FROM products WHERE vendor_id = %s", (vendor_id,)
    )
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - an aggregate returns one row
    return row[0], row[1]
