"""What an upload is: its identity, derived from the S3 event alone so that every delivery agrees on it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote_plus

if TYPE_CHECKING:  # what tells one upload from another needs no rules
    from rules import ProductRules

NO_VENDOR = "unknown"
"""Vendor id recorded for a key that names no vendor folder (`uploads/file.csv`)."""


class UploadStatus(StrEnum):
    """Values of upload_history.status."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"


class UploadMode(StrEnum):
    """Values of upload_history.mode: what an upload does to the catalogue."""

    IMPORT = "import"
    UPDATE = "update"
    REVERT = "revert"
    """An operator took another upload back; such an upload has no file of its own."""

    def rules(self, rules: ProductRules) -> ProductRules:
        """Return the rules for files of this mode."""
        return rules.for_updates if self is UploadMode.UPDATE else rules


_FOLDERS = (
    ("uploads/", UploadMode.IMPORT, False),
    ("updates/", UploadMode.UPDATE, False),
    ("previews/uploads/", UploadMode.IMPORT, True),
    ("previews/updates/", UploadMode.UPDATE, True),
    ("previews/", UploadMode.IMPORT, True),
)
"""What a key begins with, the mode that follows from it, and whether the file is only checked. The first match counts;
whatever else lies under previews/ names no vendor."""

WATCHED_PREFIXES = ("uploads/", "updates/", "previews/")
"""What the bucket announces, in the three notifications of resources/pipeline/storage.yml."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of one object under a watched prefix. Also the input of its execution."""

    upload_id: str
    vendor_id: str
    file_name: str
    bucket: str
    s3_key: str
    object_version: str
    uploaded_at: str
    """ISO 8601, UTC, to the millisecond: of two uploads that change one product the later one wins."""
    mode: UploadMode = UploadMode.IMPORT
    is_preview: bool = False
    corrects_upload_id: str | None = None
    """The earlier upload whose errors this one corrects, if whoever announced it has said so."""

    @property
    def folder(self) -> str:
        """The prefix under which vendors put files of this kind into folders of their own."""
        return folder_of(self.mode, is_preview=self.is_preview)

    @classmethod
    def from_s3_record(cls, record: Mapping[str, Any]) -> Self:
        """Return the upload that an S3 event record announces.

        Keys arrive URL-encoded with + for spaces (S3 user guide, "Event message structure").
        """
        s3 = record["s3"]
        bucket: str = s3["bucket"]["name"]
        key = unquote_plus(s3["object"]["key"])
        version: str = s3["object"].get("versionId") or "null"
        event_time = datetime.fromisoformat(record["eventTime"]).astimezone(UTC)
        prefix, mode, is_preview = _folder_of(key) or ("", UploadMode.IMPORT, False)
        folder, slash, file_name = key.removeprefix(prefix).partition("/")
        vendor_id = folder if folder and slash and prefix != "previews/" else NO_VENDOR
        return cls(
            upload_id=upload_id_for(bucket, key, version, event_time),
            vendor_id=vendor_id,
            file_name=file_name or folder or key,
            bucket=bucket,
            s3_key=key,
            object_version=version,
            uploaded_at=event_time.isoformat(timespec="milliseconds"),
            mode=mode,
            is_preview=is_preview,
        )

    @classmethod
    def from_execution_input(cls, document: Mapping[str, Any]) -> Self:
        """Return the upload that an execution was started with; older ones name no mode and no correction."""
        mode, is_preview = UploadMode(document.get("mode", UploadMode.IMPORT)), document.get("is_preview", False)
        corrects = document.get("corrects_upload_id")
        newer = ("mode", "is_preview", "corrects_upload_id")
        same = {name: document[name] for name in cls.__dataclass_fields__ if name not in newer}
        return cls(**same, mode=mode, is_preview=is_preview, corrects_upload_id=corrects)

    def as_execution_input(self) -> dict[str, str | bool | None]:
        return asdict(self)


def is_upload_key(key: str) -> bool:
    """Tell whether a decoded key is an upload, whatever the file is called.

    Guards against a notification filter that is wider than it should be.
    """
    return _folder_of(key) is not None


def folder_of(mode: UploadMode, *, is_preview: bool) -> str:
    """Return the prefix under which vendors put files of this kind into folders of their own."""
    return next(prefix for prefix, *kind in _FOLDERS if kind == [mode, is_preview])


def _folder_of(key: str) -> tuple[str, UploadMode, bool] | None:
    return next((folder for folder in _FOLDERS if key.startswith(folder[0])), None)


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
    return f"{folder_of(UploadMode(mode), is_preview=is_preview)}{vendor_id}/{upload_id}/{file_name}"
