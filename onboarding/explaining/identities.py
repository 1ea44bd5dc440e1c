"""Which file is meant: by what operators call it, and by what each part of a stage knows of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from onboarding.explaining.facts import ExecutionFacts, Identity, StoredObject, TrackerFacts
from onboarding.stores.upload_search import Found
from onboarding.uploads import Upload, upload_id_for

UPLOAD_ID = re.compile(r"((?:UPLOAD|REVERT)_[0-9]{8}_[0-9]{6}_[0-9a-f]{8})(?:_redrive_[0-9]+)?", re.ASCII)


def digest_of(bucket: str, key: str, version: str) -> str:
    """Return the end of the id of any upload of this object version, whenever its event happened."""
    return upload_id_for(bucket, key, version, datetime.fromtimestamp(0, UTC)).rpartition("_")[2]


def s3_record(bucket: str, stored: StoredObject) -> dict[str, Any]:
    """Return the record with which S3 announces an object (S3 user guide, "Event message structure")."""
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": stored.stored_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {"key": quote_plus(stored.key, safe="/"), "size": stored.size, "versionId": stored.version},
        },
    }


def cleaned(name: str, bucket: str) -> str:
    """Return the id of a redriven execution's upload, the key of an S3 URI, or what was asked for as it is."""
    name = name.strip().removeprefix(f"s3://{bucket}/")
    match = UPLOAD_ID.fullmatch(name)
    return match[1] if match else name


def of_record(found: Found) -> Identity | None:
    record = found.recorded
    if record is None:
        return None
    return Identity(
        upload_id=record.upload_id,
        vendor_id=record.vendor_id,
        file_name=record.file_name,
        s3_key=record.s3_key,
        object_version=record.object_version,
        mode=record.mode,
        is_preview=record.is_preview,
        uploaded_at=datetime.fromisoformat(record.uploaded_at),
    )


def completed(
    identity: Identity,
    found: Found,
    ran: tuple[ExecutionFacts, ...],
    tracked: tuple[TrackerFacts, Identity] | None,
) -> Identity:
    """Return the identity with what is still missing taken from the database, the execution or the tracker."""
    for other in (of_record(found), of_input(ran), tracked[1] if tracked else None):
        if other is not None:
            names = Identity.__dataclass_fields__
            mine = {name: getattr(identity, name) for name in names}
            identity = Identity(**{name: getattr(other, name) if mine[name] is None else mine[name] for name in names})
    return identity


def of_input(ran: tuple[ExecutionFacts, ...]) -> Identity | None:
    if not ran or "upload_id" not in ran[0].input:
        return None
    upload = Upload.from_execution_input(ran[0].input)
    return Identity(
        upload_id=upload.upload_id,
        vendor_id=upload.vendor_id,
        file_name=upload.file_name,
        s3_key=upload.s3_key,
        object_version=upload.object_version,
        mode=upload.mode,
        is_preview=upload.is_preview,
        uploaded_at=datetime.fromisoformat(upload.uploaded_at),
    )


def of_tracker(item: Mapping[str, Mapping[str, Any]]) -> tuple[TrackerFacts, Identity]:
    def text(name: str) -> str | None:
        return item.get(name, {}).get("S")

    total, completion, until = item.get("total_records", {}).get("N"), text("completion"), text("file_until")
    is_awaited = until is not None and "object_version" not in item
    facts = TrackerFacts(
        total_records=None if total is None else int(total),
        is_waited_for="task_token" in item,
        completion=None if completion is None else json.loads(completion),
        file_until=datetime.fromisoformat(until) if until is not None and is_awaited else None,
    )
    uploaded_at = text("announced_at") or text("uploaded_at")
    return facts, Identity(
        vendor_id=text("announced_vendor_id") or text("tracker_vendor_id"),
        file_name=text("file_name"),
        s3_key=text("s3_key"),
        object_version=text("object_version"),
        mode=text("mode"),
        is_preview=item.get("is_preview", {}).get("BOOL"),
        uploaded_at=None if uploaded_at is None else datetime.fromisoformat(uploaded_at),
    )
