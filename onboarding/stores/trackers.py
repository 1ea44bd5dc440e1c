"""Trackers of uploads that the API announces: they exist before the file does, in the table of staged rows.

An announced upload stands in the vendor's index under a key of its own until its file is taken in. So those that wait
can be counted and listed without reading any other, and no request for one wakes the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from onboarding.stores.staging import TRACKER_KEY

Item = Mapping[str, Mapping[str, Any]]

VENDOR_INDEX = "uploads-by-vendor"
ANNOUNCED_FOR = timedelta(days=16)
"""How long an upload is remembered whose file has not been taken in: longer than its link, its Idempotency-Key and an
event in the queue live, so that a file whose parser was stopped for days keeps its id."""
TAKEN_IN_FOR = timedelta(days=30)
"""How long the tracker of a file that came is kept: longer than its event can be delivered again (14 days in the
dead-letter queue, runbook). Without it the same file would become another upload."""
_AWAITING = "awaiting#"
_PAGE_ITEMS = 100
"""Most items that one BatchGetItem returns (DynamoDB API reference)."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """An upload that was asked for: where its file belongs and until when the upload may begin."""

    upload_id: str
    vendor_id: str
    file_name: str
    s3_key: str
    mode: str
    is_preview: bool
    created_at: datetime
    file_until: datetime
    applies_upload_id: str | None = None
    """The preview that is done for real; the service puts the file there itself."""
    corrects_upload_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tracker:
    """What the tracker of an upload says. `announcement` is None for files that came by S3 directly."""

    vendor_id: str
    is_waiting: bool
    """True while no object has been taken in for it."""
    file_name: str
    created_at: datetime
    total_records: int | None
    is_complete: bool
    announcement: Announcement | None


@dataclass(frozen=True, slots=True)
class Trackers:
    """The reads and writes; raises botocore's ClientError when DynamoDB refuses one."""

    client: Any
    table_name: str

    def announce(self, announcement: Announcement) -> bool:
        """Write the tracker of an upload whose file is yet to come; return False if there is one already."""
        item = {
            "upload_id": {"S": announcement.upload_id},
            "record_id": {"S": TRACKER_KEY},
            "tracker_vendor_id": {"S": _AWAITING + announcement.vendor_id},
            "uploaded_at": {"S": _text(announcement.created_at)},
            "announced_vendor_id": {"S": announcement.vendor_id},
            "announced_at": {"S": _text(announcement.created_at)},
            "file_name": {"S": announcement.file_name},
            "s3_key": {"S": announcement.s3_key},
            "mode": {"S": announcement.mode},
            "is_preview": {"BOOL": announcement.is_preview},
            "file_until": {"S": _text(announcement.file_until)},
            "expires_at": {"N": _epoch(announcement.created_at + ANNOUNCED_FOR)},
        }
        for name in ("applies_upload_id", "corrects_upload_id"):
            if (other := getattr(announcement, name)) is not None:
                item[name] = {"S": other}
        try:
            self.client.put_item(
                TableName=self.table_name, Item=item, ConditionExpression="attribute_not_exists(upload_id)"
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def take_over(self, upload_id: str, seen_file_until: datetime, file_until: datetime) -> bool:
        """Extend a waiting upload's time; return False if somebody has done so since `seen_file_until` was read."""
        try:
            self.client.update_item(
                TableName=self.table_name,
                Key=_key(upload_id),
                UpdateExpression="SET file_until = :new",
                ConditionExpression="file_until = :seen AND attribute_not_exists(object_version)",
                ExpressionAttributeValues={":new": {"S": _text(file_until)}, ":seen": {"S": _text(seen_file_until)}},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def claim(
        self, upload_id: str, vendor_id: str, s3_key: str, object_version: str, now: datetime
    ) -> Announcement | None:
        """Take an object as the announced upload's file and return what was announced.

        None when nothing was announced for this vendor and key, or another version of the object was the first. The
        same object version may come again and gets the same answer.
        """
        try:
            response = self.client.update_item(
                TableName=self.table_name,
                Key=_key(upload_id),
                UpdateExpression="SET object_version = :version, expires_at = :expires",
                ConditionExpression=(
                    "announced_vendor_id = :vendor AND s3_key = :key"
                    " AND (attribute_not_exists(object_version) OR object_version = :version)"
                ),
                ExpressionAttributeValues={
                    ":version": {"S": object_version},
                    ":vendor": {"S": vendor_id},
                    ":key": {"S": s3_key},
                    ":expires": {"N": _epoch(now + TAKEN_IN_FOR)},
                },
                ReturnValues="ALL_NEW",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return None
        return _announcement(response["Attributes"])

    def find(self, upload_id: str) -> Tracker | None:
        """Return the tracker of an upload."""
        response = self.client.get_item(TableName=self.table_name, Key=_key(upload_id), ConsistentRead=True)
        item = response.get("Item")
        # An execution may have left its token before the parser wrote who the upload is of.
        return _tracker(item) if item and "tracker_vendor_id" in item else None

    def list_waiting(
        self, vendor_id: str, before: tuple[datetime, str] | None, since: datetime, limit: int
    ) -> list[Announcement]:
        """Return at most `limit` of the vendor's uploads that wait for their file, newest first.

        `before` is the time and the id after which the page begins.
        """
        latest = before[0] if before else datetime.now(UTC) + timedelta(days=1)
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table_name,
            IndexName=VENDOR_INDEX,
            KeyConditionExpression="tracker_vendor_id = :vendor AND uploaded_at BETWEEN :since AND :latest",
            ExpressionAttributeValues={
                ":vendor": {"S": _AWAITING + vendor_id},
                ":since": {"S": _text(since)},
                ":latest": {"S": _text(latest)},
            },
            ScanIndexForward=False,
            PaginationConfig={"PageSize": _PAGE_ITEMS},
        )
        found: list[Announcement] = []
        for page in pages:
            found += [
                announcement
                for announcement in self._waiting([item["upload_id"]["S"] for item in page["Items"]])
                if before is None or (announcement.created_at, announcement.upload_id) < before
            ]
            if len(found) >= limit:
                break
        return found[:limit]

    def _waiting(self, upload_ids: list[str]) -> list[Announcement]:
        """Return the announcements of those uploads that still wait, in the same order."""
        if not upload_ids:
            return []
        requests: Any = {self.table_name: {"Keys": [_key(upload_id) for upload_id in upload_ids]}}
        trackers: dict[str, Tracker] = {}
        while requests:
            response = self.client.batch_get_item(RequestItems=requests)
            for item in response["Responses"].get(self.table_name, []):
                trackers[item["upload_id"]["S"]] = _tracker(item)
            requests = response.get("UnprocessedKeys")
        found = [trackers[upload_id] for upload_id in upload_ids if upload_id in trackers]
        return [each.announcement for each in found if each.is_waiting and each.announcement]

    def count_open(self, vendor_id: str, waiting_since: datetime, processing_since: datetime, at_most: int) -> int:
        """Return how many of the vendor's uploads wait for a file or are being processed, counting to `at_most`.

        The index follows the table within a second or so: the count is for a limit, not for a book.
        """
        waiting = self._count(_AWAITING + vendor_id, waiting_since, at_most)
        if waiting >= at_most:
            return waiting
        return waiting + self._count(
            vendor_id, processing_since, at_most - waiting, FilterExpression="attribute_not_exists(completion)"
        )

    def _count(self, index_key: str, since: datetime, at_most: int, **more: Any) -> int:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table_name,
            IndexName=VENDOR_INDEX,
            Select="COUNT",
            KeyConditionExpression="tracker_vendor_id = :vendor AND uploaded_at >= :since",
            ExpressionAttributeValues={":vendor": {"S": index_key}, ":since": {"S": _text(since)}},
            **more,
        )
        count = 0
        for page in pages:
            count += page["Count"]
            if count >= at_most:
                break
        return count


def _key(upload_id: str) -> dict[str, dict[str, str]]:
    return {"upload_id": {"S": upload_id}, "record_id": {"S": TRACKER_KEY}}


def _tracker(item: Item) -> Tracker:
    vendor = item["tracker_vendor_id"]["S"]
    announcement = _announcement(item) if "announced_at" in item else None
    total = item.get("total_records", {}).get("N")
    return Tracker(
        vendor_id=vendor.removeprefix(_AWAITING),
        is_waiting=vendor.startswith(_AWAITING) and "object_version" not in item,
        file_name=item["file_name"]["S"],
        created_at=announcement.created_at if announcement else datetime.fromisoformat(item["uploaded_at"]["S"]),
        total_records=None if total is None else int(total),
        is_complete="completion" in item,
        announcement=announcement,
    )


def _announcement(item: Item) -> Announcement:
    return Announcement(
        upload_id=item["upload_id"]["S"],
        vendor_id=item["announced_vendor_id"]["S"],
        file_name=item["file_name"]["S"],
        s3_key=item["s3_key"]["S"],
        mode=item["mode"]["S"],
        is_preview=item["is_preview"]["BOOL"],
        created_at=datetime.fromisoformat(item["announced_at"]["S"]),
        file_until=datetime.fromisoformat(item["file_until"]["S"]),
        applies_upload_id=item.get("applies_upload_id", {}).get("S"),
        corrects_upload_id=item.get("corrects_upload_id", {}).get("S"),
    )


def _text(moment: datetime) -> str:
    """Return a time as the index sorts it: UTC, all digits, so that no two uploads of a vendor have the same."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _epoch(moment: datetime) -> str:
    return str(int(moment.timestamp()))
