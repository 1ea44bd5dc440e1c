"""What an upload is: its identity, derived from the S3 event alone so that every delivery agrees on it."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self
from urllib.parse import unquote_plus

UPLOAD_PREFIX = "uploads/"
_FOLDERS = {"import": UPLOAD_PREFIX, "update": "updates/"}
NO_VENDOR = "unknown"
"""Vendor id recorded for a key that names no vendor folder (`uploads/file.csv`)."""


class UploadStatus(StrEnum):
    """Values of upload_history.status."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of one object under uploads/. Also the input of its execution."""

    upload_id: str
    vendor_id: str
    file_name: str
    bucket: str
    s3_key: str
    object_version: str
    uploaded_at: str
    """ISO 8601, UTC, to the second."""

    @classmethod
    def from_s3_record(cls, record: Mapping[str, Any]) -> Self:
        """Return the upload that an S3 event record announces.

        Keys arrive URL-encoded with + for spaces (S3 user guide, "Event message structure").
        """
        s3 = record["s3"]
        bucket: str = s3["bucket"]["name"]
        key = unquote_plus(s3["object"]["key"])
        version: str = s3["object"].get("versionId") or "null"
        event_time = datetime.fromisoformat(record["eventTime"]).astimezone(UTC).replace(microsecond=0)
        folder, slash, file_name = key.removeprefix(UPLOAD_PREFIX).partition("/")
        vendor_id = folder if folder and slash else NO_VENDOR
        return cls(
            upload_id=upload_id_for(bucket, key, version, event_time),
            vendor_id=vendor_id,
            file_name=file_name or folder or key,
            bucket=bucket,
            s3_key=key,
            object_version=version,
            uploaded_at=event_time.isoformat(),
        )

    @classmethod
    def from_execution_input(cls, document: Mapping[str, Any]) -> Self:
        """Return the upload that an execution was started with."""
        return cls(**{name: document[name] for name in cls.__dataclass_fields__})

    def as_execution_input(self) -> dict[str, str]:
        return asdict(self)


def is_upload_key(key: str) -> bool:
    """Tell whether a decoded key is an upload, whatever the file is called.

    Guards against a notification filter that is wider than it should be.
    """
    return key.startswith(UPLOAD_PREFIX)


def upload_id_for(bucket: str, key: str, version: str, event_time: datetime) -> str:
    """Return the id of an upload; also its execution's name (at most 80 characters)."""
    digest = hashlib.sha256(f"{bucket}{key}{version}".encode()).hexdigest()[:8]
    return f"UPLOAD_{event_time.astimezone(UTC):%Y%m%d_%H%M%S}_{digest}"


def new_upload_id(moment: datetime, seed: bytes) -> str:
    """Return the id of an upload that is announced before its file exists; the same seed gives the same id."""
    digest = hashlib.sha256(seed).hexdigest()[:8]
    return f"UPLOAD_{moment.astimezone(UTC):%Y%m%d_%H%M%S}_{digest}"


def announced_key(mode: str, is_preview: bool, vendor_id: str, upload_id: str, file_name: str) -> str:
    """Return the S3 key at which an announced upload's file belongs."""
    folder = _FOLDERS[mode]
    return f"{'previews/' if is_preview else ''}{folder}{vendor_id}/{upload_id}/{file_name}"
