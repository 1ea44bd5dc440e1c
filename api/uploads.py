"""An upload as an answer for its vendor, from what the tracker or the audit trail knows of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from api.documents import Correction, Counts, Failure, FollowedUpload, NextStep, RecordedMode, Status, UploadDocument
from onboarding.stores.trackers import Announcement, Tracker
from onboarding.stores.upload_pages import UploadView
from rules.fixes import read_fixes

_, _FILE_FIXES = read_fixes()


def tracker_status(tracker: Tracker, now: datetime) -> Status:
    """Return how far a repeated request's upload has come, as far as its tracker knows."""
    if tracker.is_waiting and tracker.announcement is not None:
        return waiting_status(tracker.announcement, now)
    return Status.PROCESSING


def announced_upload(announcement: Announcement, now: datetime) -> UploadDocument:
    """Return an upload whose file has not come yet."""
    status = waiting_status(announcement, now)
    return UploadDocument(
        upload_id=announcement.upload_id,
        file_name=announcement.file_name,
        mode=RecordedMode(announcement.mode),
        preview=announcement.is_preview,
        status=status,
        counts=Counts(total=None, valid=0, errors=0),
        progress=0,
        failure=None,
        read_as=None,
        created_at=announcement.created_at,
        completed_at=None,
        has_report=False,
        has_corrections=False,
        corrects_upload_id=announcement.corrects_upload_id,
        next_step=_waiting_step(announcement, status),
    )


def taken_in_upload(upload_id: str, tracker: Tracker) -> UploadDocument:
    """Return an upload whose file has come and whose rows nobody has counted yet."""
    announcement = tracker.announcement
    return UploadDocument(
        upload_id=upload_id,
        file_name=tracker.file_name,
        mode=RecordedMode(announcement.mode) if announcement else RecordedMode.IMPORT,
        preview=announcement.is_preview if announcement else False,
        status=Status.PROCESSING,
        counts=Counts(total=tracker.total_records, valid=0, errors=0),
        progress=0,
        failure=None,
        read_as=None,
        created_at=tracker.created_at,
        completed_at=None,
        has_report=False,
        has_corrections=False,
        corrects_upload_id=announcement.corrects_upload_id if announcement else None,
        next_step=NextStep(action="wait", text="The file is being read. Ask again in a few seconds."),
    )


def recorded_upload(upload: UploadView) -> UploadDocument:
    """Return an upload as the audit trail has it."""
    return UploadDocument(
        upload_id=upload.upload_id,
        file_name=upload.file_name,
        mode=RecordedMode(upload.mode),
        preview=upload.is_preview,
        status=Status(upload.status),
        counts=_counts(upload),
        progress=_progress(upload),
        failure=_failure(upload.failure_reason),
        read_as=None if upload.read_as is None else dict(upload.read_as),
        created_at=upload.upload_timestamp,
        completed_at=upload.completed_at,
        has_report=upload.error_file_s3_key is not None,
        has_corrections=upload.corrections_file_s3_key is not None,
        corrects_upload_id=upload.corrects_upload_id,
        next_step=_next_step(upload),
    )


def followed_upload(upload: UploadDocument, corrections: Sequence[UploadView] = ()) -> FollowedUpload:
    """Return an upload with those that correct it, in their order."""
    return FollowedUpload(**dict(upload), corrected_by=[correction(each) for each in corrections])


def correction(upload: UploadView) -> Correction:
    """Return an upload as the one that it corrects names it."""
    return Correction(
        upload_id=upload.upload_id,
        file_name=upload.file_name,
        preview=upload.is_preview,
        status=Status(upload.status),
        counts=_counts(upload),
        created_at=upload.upload_timestamp,
    )


def waiting_status(announcement: Announcement, now: datetime) -> Status:
    """Return how it stands with an upload whose file has not come yet."""
    if now > announcement.file_until:
        return Status.EXPIRED
    # The file of an applied preview is on its way without the vendor.
    return Status.AWAITING_FILE if announcement.applies_upload_id is None else Status.PROCESSING


def _waiting_step(announcement: Announcement, status: Status) -> NextStep:
    if status is Status.PROCESSING:
        return NextStep(action="wait", text="The file is being taken in. Ask again in a few seconds.")
    if status is Status.AWAITING_FILE:
        return NextStep(action="put_file", text="Put the file at the address in `put`, with its headers.")
    if announcement.applies_upload_id is not None:
        return NextStep(action="apply", text=f"Apply the preview {announcement.applies_upload_id} once more.")
    return NextStep(action="start_again", text="The file did not come in time. Begin a new upload.")


def _counts(upload: UploadView) -> Counts:
    counts = Counts(total=upload.total_records, valid=upload.valid_records, errors=upload.error_records)
    if upload.mode == RecordedMode.IMPORT:
        return counts
    changes = {
        "changed": upload.changed_records,
        "unchanged": upload.unchanged_records,
        "superseded": upload.superseded_records,
    }
    return counts.model_copy(update=changes)


def _progress(upload: UploadView) -> float:
    if upload.completed_at is not None:
        return 1
    if not upload.total_records:
        return 0
    # Never quite done before it has ended: the report and the outcome are still to come.
    return min(round((upload.valid_records + upload.error_records) / upload.total_records, 4), 0.99)


def _failure(reason: str | None) -> Failure | None:
    if reason is None:
        return None
    code, _, message = reason.partition(": ")
    return Failure(code=code, message=message)


def _next_step(upload: UploadView) -> NextStep:
    if upload.completed_at is None:
        return NextStep(action="wait", text="The rows are being checked. Ask again in a few seconds.")
    if upload.failure_reason is not None:
        code = upload.failure_reason.partition(": ")[0]
        fixes: dict[str, Any] = {str(found): text for found, text in _FILE_FIXES.items()}
        return NextStep(action="fix_and_upload", text=fixes.get(code, "Upload the file again later."))
    if upload.error_records and upload.is_preview:
        text = "Fix the rows in your file and have it checked again. Applying the preview takes the valid rows alone."
        return NextStep(action="fix_and_upload", text=text)
    if upload.error_records and upload.corrections_file_s3_key is not None:
        text = "Fix the rows in the corrections file and upload it again as it is."
        return NextStep(action="fix_and_upload", text=text)
    if upload.error_records:
        return NextStep(action="fix_and_upload", text="Fix the rows of the error report and upload them in a new file.")
    if upload.is_preview:
        return NextStep(action="apply", text="Every row is valid. Apply the preview to do it for real.")
    return NextStep(action="none", text="Every row is in the catalogue. There is nothing left to do.")
