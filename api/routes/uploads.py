"""Uploads: announcing one, following it, and what came of it."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import psycopg2
from psycopg2.extensions import cursor as Cursor

from api import cursors
from api.documents import (
    MAX_CORRECTIONS,
    UPLOAD_ID,
    CreatedUpload,
    Download,
    ErrorFilters,
    ErrorPage,
    ErrorSummary,
    FollowedUpload,
    NewUpload,
    Put,
    Status,
    UploadDocument,
    UploadFilters,
    UploadPage,
)
from api.errors import error_page, error_summary
from api.files import PUT_LIFETIME
from api.problems import (
    FILE_NO_LONGER_KEPT,
    IDEMPOTENCY_KEY_REUSED,
    NO_FILE_OF_ERRORS,
    NOT_APPLICABLE,
    NOT_FOUND,
    TOO_MANY_OPEN_UPLOADS,
    Problem,
    invalid,
    not_found,
)
from api.routing import Answer, Call, Route
from api.services import Services
from api.uploads import (
    announced_upload,
    followed_upload,
    recorded_upload,
    taken_in_upload,
    tracker_status,
    waiting_status,
)
from onboarding.stores import upload_pages
from onboarding.stores.access import RememberedRequest
from onboarding.stores.trackers import ANNOUNCED_FOR, Announcement
from onboarding.stores.upload_pages import UploadFilter, UploadPosition, UploadView
from onboarding.uploads import announced_key, new_upload_id

_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)
_GRACE = timedelta(minutes=30)
"""A file whose upload began in time may take this much longer to arrive."""
_PROCESSING_AT_MOST = timedelta(hours=1)
"""Uploads that are still under way after that are stuck, which is no fault of the vendor's: they do not count."""
_COPY_WITHIN = timedelta(minutes=1)
"""Longer than a function lives that copies a file: after that nobody does it any more."""
_WAITING_SECONDS = 5
_PROCESSING_SECONDS = 2
_BUSY_SECONDS = 30


def create_upload(services: Services, call: Call[None, NewUpload]) -> Answer:
    """Announce an upload and return where to put its file; the same Idempotency-Key returns the same upload."""
    now = datetime.now(UTC)
    wanted = call.body
    announcement = _new_announcement(call.vendor_id, wanted, now)
    _require_own(services, call.vendor_id, wanted.corrects_upload_id)
    key = call.headers.get("idempotency-key")
    if key is not None:
        announcement = _first_of_this_key(services, key, wanted, announcement, now)
    tracker = services.trackers.find(announcement.upload_id)
    if tracker is None:
        _require_room(services, call.vendor_id, now)
        services.trackers.announce(announcement)
        status = Status.AWAITING_FILE
    else:
        status = tracker_status(tracker, now)
    link = services.files.link_to_put(announcement.s3_key, wanted.size, wanted.sha256, now.replace(microsecond=0))
    document = CreatedUpload(
        upload_id=announcement.upload_id,
        status=status,
        mode=wanted.mode,
        preview=wanted.preview,
        put=Put(url=link.url, headers=link.headers, expires_at=link.expires_at),
    )
    return Answer(document)


def _new_announcement(vendor_id: str, wanted: NewUpload, now: datetime) -> Announcement:
    upload_id = new_upload_id(now, secrets.token_bytes(16))
    return Announcement(
        upload_id=upload_id,
        vendor_id=vendor_id,
        file_name=wanted.file_name,
        s3_key=announced_key(wanted.mode, wanted.preview, vendor_id, upload_id, wanted.file_name),
        mode=wanted.mode,
        is_preview=wanted.preview,
        created_at=now,
        file_until=now + PUT_LIFETIME + _GRACE,
        corrects_upload_id=wanted.corrects_upload_id,
    )


def _require_own(services: Services, vendor_id: str, corrects_upload_id: str | None) -> None:
    """Raise Problem when a file is said to correct an upload that is none of the vendor's."""
    if corrects_upload_id is None:
        return
    tracker = services.trackers.find(corrects_upload_id)
    if tracker is not None and tracker.vendor_id == vendor_id:
        return
    if tracker is not None or not services.database.run(
        lambda cursor: upload_pages.find_upload(cursor, vendor_id, corrects_upload_id)
    ):
        raise invalid("body.corrects_upload_id", f"You have no upload {corrects_upload_id}.")


def _first_of_this_key(
    services: Services, key: str, wanted: NewUpload, announcement: Announcement, now: datetime
) -> Announcement:
    """Return the announcement that this key stands for: the given one, or that of the first request."""
    if _IDEMPOTENCY_KEY.fullmatch(key) is None:
        raise invalid("header.Idempotency-Key", "It has 1 to 100 visible ASCII characters without spaces.")
    fingerprint = hashlib.sha256(wanted.model_dump_json().encode()).hexdigest()
    request = RememberedRequest(fingerprint, f"{announcement.upload_id} {announcement.created_at.isoformat()}")
    first = services.access.remember_request(announcement.vendor_id, key, request, now)
    if first.fingerprint != fingerprint:
        raise Problem(IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_REUSED.example)
    upload_id, created_at = first.answer.split(" ")
    return Announcement(
        upload_id=upload_id,
        vendor_id=announcement.vendor_id,
        file_name=wanted.file_name,
        s3_key=announced_key(wanted.mode, wanted.preview, announcement.vendor_id, upload_id, wanted.file_name),
        mode=wanted.mode,
        is_preview=wanted.preview,
        created_at=datetime.fromisoformat(created_at),
        file_until=now + PUT_LIFETIME + _GRACE,
        corrects_upload_id=wanted.corrects_upload_id,
    )


def _require_room(services: Services, vendor_id: str, now: datetime) -> None:
    most = services.most_open_uploads
    found = services.trackers.count_open(
        vendor_id, waiting_since=now - PUT_LIFETIME, processing_since=now - _PROCESSING_AT_MOST, at_most=most
    )
    if found >= most:
        raise Problem(
            TOO_MANY_OPEN_UPLOADS,
            f"{most} uploads are open, and that many are possible at once. Wait until some have ended, then try again.",
            retry_after=_BUSY_SECONDS,
        )


def list_uploads(services: Services, call: Call[UploadFilters, None]) -> UploadPage:
    """Return the vendor's uploads from the audit trail, and among them those that still wait for their file."""
    filters, now = call.query, datetime.now(UTC)
    after = _upload_position(filters.cursor)
    limit = filters.limit
    waiting: list[UploadDocument] = []
    recorded: list[UploadDocument] = []
    if filters.status in (None, Status.AWAITING_FILE, Status.EXPIRED, Status.PROCESSING):
        waiting = _waiting(services, call.vendor_id, filters, after, now)
    if filters.status not in (Status.AWAITING_FILE, Status.EXPIRED):
        wanted = UploadFilter(
            status=filters.status,
            mode=filters.mode,
            is_preview=filters.preview,
            created_from=filters.created_from,
            created_to=filters.created_to,
            file_name=filters.file_name,
        )
        found = services.database.run(
            lambda cursor: upload_pages.list_uploads(cursor, call.vendor_id, wanted, after, limit + 1)
        )
        recorded = [recorded_upload(upload) for upload in found]
    # An upload whose file has just been taken in can be in both.
    known = {upload.upload_id for upload in recorded}
    merged = recorded + [upload for upload in waiting if upload.upload_id not in known]
    merged.sort(key=lambda upload: (upload.created_at, upload.upload_id), reverse=True)
    page = merged[:limit]
    next_cursor = None
    if len(merged) > limit:
        next_cursor = cursors.encode(page[-1].created_at.isoformat(), page[-1].upload_id)
    return UploadPage(data=page, next_cursor=next_cursor)


def _upload_position(cursor: str | None) -> UploadPosition | None:
    if cursor is None:
        return None
    moment, upload_id = cursors.decode(cursor, str, str)
    return UploadPosition(cursors.moment(moment), str(upload_id))


def _waiting(
    services: Services, vendor_id: str, filters: UploadFilters, after: UploadPosition | None, now: datetime
) -> list[UploadDocument]:
    """Return one more than a page of the announced uploads that the filters let through."""
    found: list[UploadDocument] = []
    before = (after.upload_timestamp, after.upload_id) if after else None
    since = now - (PUT_LIFETIME + _GRACE if filters.status is Status.AWAITING_FILE else ANNOUNCED_FOR)
    while len(found) <= filters.limit:
        batch = services.trackers.list_waiting(vendor_id, before, since, filters.limit + 1)
        found += [announced_upload(each, now) for each in batch if _is_wanted(each, filters, now)]
        if len(batch) <= filters.limit:
            break
        before = (batch[-1].created_at, batch[-1].upload_id)
    return found


def _is_wanted(announcement: Announcement, filters: UploadFilters, now: datetime) -> bool:
    return (
        filters.status in (None, waiting_status(announcement, now))
        and filters.mode in (None, announcement.mode)
        and filters.preview in (None, announcement.is_preview)
        and (filters.created_from is None or announcement.created_at >= filters.created_from)
        and (filters.created_to is None or announcement.created_at <= filters.created_to)
        and (filters.file_name is None or filters.file_name.lower() in announcement.file_name.lower())
    )


def show_upload(services: Services, call: Call[None, None]) -> Answer:
    """Return the upload; while it is under way, `Retry-After` says when to ask again.

    An upload that waits for its file is answered from its tracker: a client that polls it wakes no database.
    """
    document = _upload(services, call.vendor_id, call.path["upload_id"])
    headers = {}
    if document.status is Status.AWAITING_FILE:
        headers = {"Retry-After": str(_WAITING_SECONDS)}
    elif document.status is Status.PROCESSING:
        headers = {"Retry-After": str(_PROCESSING_SECONDS)}
    return Answer(document, headers)


def _upload(services: Services, vendor_id: str, upload_id: str) -> FollowedUpload:
    now = datetime.now(UTC)
    if UPLOAD_ID.fullmatch(upload_id) is None:
        raise not_found(f"upload {upload_id[:100]}")
    tracker = services.trackers.find(upload_id)
    if tracker is not None and tracker.vendor_id != vendor_id:
        raise not_found(f"upload {upload_id}")
    if tracker is not None and tracker.is_waiting and tracker.announcement is not None:
        return followed_upload(announced_upload(tracker.announcement, now))
    try:
        found, corrections = services.database.run(lambda cursor: _with_corrections(cursor, vendor_id, upload_id))
    except psycopg2.OperationalError:
        # The file is there and the database is not: the pipeline waits for it, and so can the caller.
        if tracker is None or tracker.is_complete:
            raise
        found, corrections = None, []
    if found is not None:
        return followed_upload(recorded_upload(found), corrections)
    if tracker is None:
        raise not_found(f"upload {upload_id}")
    return followed_upload(taken_in_upload(upload_id, tracker))


def _with_corrections(cursor: Cursor, vendor_id: str, upload_id: str) -> tuple[UploadView | None, list[UploadView]]:
    found = upload_pages.find_upload(cursor, vendor_id, upload_id)
    if found is None:
        return None, []
    return found, upload_pages.list_corrections(cursor, vendor_id, upload_id, MAX_CORRECTIONS)


def _recorded(services: Services, vendor_id: str, upload_id: str) -> UploadView:
    """Return the vendor's upload as the audit trail has it. Raises Problem for one that is not in it yet, too."""
    found = None
    if UPLOAD_ID.fullmatch(upload_id) is not None:
        found = services.database.run(lambda cursor: upload_pages.find_upload(cursor, vendor_id, upload_id))
    if found is None:
        raise not_found(f"upload {upload_id[:100]} whose file has been read")
    return found


def list_errors(services: Services, call: Call[ErrorFilters, None]) -> ErrorPage:
    """Return the upload's errors in the order of rows."""
    upload_id = _recorded(services, call.vendor_id, call.path["upload_id"]).upload_id
    return error_page(services.database, upload_id, call.query)


def summarise_errors(services: Services, call: Call[None, None]) -> ErrorSummary:
    """Return the causes of the upload's errors, those of the most rows first."""
    upload_id = _recorded(services, call.vendor_id, call.path["upload_id"]).upload_id
    return error_summary(services.database, upload_id)


def link_to_report(services: Services, call: Call[None, None]) -> Download:
    """Return a link to the error report."""
    return _link(services, call, lambda upload: upload.error_file_s3_key, "error report")


def link_to_corrections(services: Services, call: Call[None, None]) -> Download:
    """Return a link to the corrections file."""
    return _link(services, call, lambda upload: upload.corrections_file_s3_key, "corrections file")


def _link(
    services: Services, call: Call[None, None], key_of: Callable[[UploadView], str | None], what: str
) -> Download:
    upload = _recorded(services, call.vendor_id, call.path["upload_id"])
    key = key_of(upload)
    if key is None:
        reason = "it has not ended yet" if upload.completed_at is None else "no row of it has errors to be corrected"
        raise Problem(NO_FILE_OF_ERRORS, f"There is no {what} for this upload: {reason}.")
    link = services.files.link_to_fetch(key)
    if link is None:
        raise Problem(FILE_NO_LONGER_KEPT, FILE_NO_LONGER_KEPT.example)
    return Download(url=link.url, expires_at=link.expires_at)


def apply_preview(services: Services, call: Call[None, None]) -> FollowedUpload:
    """Do for real what a preview has checked: the same object version, as a new upload; twice is the same one."""
    now = datetime.now(UTC)
    preview = _recorded(services, call.vendor_id, call.path["upload_id"])
    _require_applicable(preview)
    upload_id = new_upload_id(preview.upload_timestamp, f"apply {preview.upload_id}".encode())
    tracker = services.trackers.find(upload_id)
    if tracker is None:
        already = services.database.run(lambda cursor: upload_pages.find_upload(cursor, call.vendor_id, upload_id))
        if already is not None:
            return _upload(services, call.vendor_id, upload_id)
        _require_room(services, call.vendor_id, now)
        if not services.files.exists(preview.s3_key, preview.object_version):
            raise Problem(FILE_NO_LONGER_KEPT, FILE_NO_LONGER_KEPT.example)
        announcement = Announcement(
            upload_id=upload_id,
            vendor_id=call.vendor_id,
            file_name=preview.file_name,
            s3_key=announced_key(preview.mode, False, call.vendor_id, upload_id, preview.file_name),
            mode=preview.mode,
            is_preview=False,
            created_at=now,
            file_until=now + _COPY_WITHIN,
            applies_upload_id=preview.upload_id,
            corrects_upload_id=preview.corrects_upload_id,
        )
        if services.trackers.announce(announcement):
            _copy(services, preview, announcement)
    elif tracker.is_waiting and tracker.announcement is not None and tracker.announcement.file_until < now:
        # Whoever announced it did not come to copy the file. One of those who see that goes on in its place.
        waiting = tracker.announcement
        if services.trackers.take_over(upload_id, waiting.file_until, now + _COPY_WITHIN) and not services.files.exists(
            waiting.s3_key
        ):
            _copy(services, preview, waiting)
    return _upload(services, call.vendor_id, upload_id)


def _require_applicable(preview: UploadView) -> None:
    if not preview.is_preview:
        raise Problem(NOT_APPLICABLE, "Only a preview can be applied; this upload was for real already.")
    if preview.completed_at is None:
        raise Problem(
            NOT_APPLICABLE,
            "The preview has not ended yet. Apply it when you have seen what came of it.",
            retry_after=_PROCESSING_SECONDS,
        )
    if preview.failure_reason is not None or not preview.valid_records:
        raise Problem(NOT_APPLICABLE, "No row of this preview is valid, so applying it would change nothing.")


def _copy(services: Services, preview: UploadView, announcement: Announcement) -> None:
    if not services.files.copy(preview.s3_key, preview.object_version, announcement.s3_key):
        raise Problem(FILE_NO_LONGER_KEPT, FILE_NO_LONGER_KEPT.example)


_IDEMPOTENCY = {
    "Idempotency-Key": "Any word of your own for this request, at most 100 characters. Within 24 hours the same word "
    "with the same body gives the same upload, newly signed; with another body it is refused."
}
_RETRY_AFTER = {"Retry-After": "Seconds after which to ask again, while the upload is under way."}

ROUTES = (
    Route(
        method="POST",
        path="/uploads",
        action=create_upload,
        body=NewUpload,
        answer=CreatedUpload,
        status=HTTPStatus.CREATED,
        request_headers=_IDEMPOTENCY,
        problems=(IDEMPOTENCY_KEY_REUSED, TOO_MANY_OPEN_UPLOADS),
        summary="Begin an upload",
        description="Answers an address that takes the file once: one PUT with the given headers. The upload is "
        "processed as soon as the file is there.",
    ),
    Route(
        method="GET",
        path="/uploads",
        action=list_uploads,
        query=UploadFilters,
        answer=UploadPage,
        summary="List uploads",
        description="Newest first, whichever way they came.",
    ),
    Route(
        method="GET",
        path="/uploads/{upload_id}",
        action=show_upload,
        answer=FollowedUpload,
        answer_headers=_RETRY_AFTER,
        problems=(NOT_FOUND,),
        summary="Follow an upload",
    ),
    Route(
        method="GET",
        path="/uploads/{upload_id}/errors",
        action=list_errors,
        query=ErrorFilters,
        answer=ErrorPage,
        problems=(NOT_FOUND,),
        summary="List the errors of an upload",
        description="In the order of the file's rows.",
    ),
    Route(
        method="GET",
        path="/uploads/{upload_id}/errors/summary",
        action=summarise_errors,
        answer=ErrorSummary,
        problems=(NOT_FOUND,),
        summary="What to fix first",
        description="The causes of an upload's errors, those of the most rows first.",
    ),
    Route(
        method="GET",
        path="/uploads/{upload_id}/report",
        action=link_to_report,
        answer=Download,
        problems=(NOT_FOUND, NO_FILE_OF_ERRORS, FILE_NO_LONGER_KEPT),
        summary="Fetch the error report",
    ),
    Route(
        method="GET",
        path="/uploads/{upload_id}/corrections",
        action=link_to_corrections,
        answer=Download,
        problems=(NOT_FOUND, NO_FILE_OF_ERRORS, FILE_NO_LONGER_KEPT),
        summary="Fetch the corrections file",
        description="The rows that had errors, with a column that says what is wrong. Fix them and upload the file.",
    ),
    Route(
        method="POST",
        path="/uploads/{upload_id}/apply",
        action=apply_preview,
        answer=FollowedUpload,
        status=HTTPStatus.CREATED,
        problems=(NOT_FOUND, NOT_APPLICABLE, FILE_NO_LONGER_KEPT, TOO_MANY_OPEN_UPLOADS),
        summary="Do a preview for real",
        description="Takes the very file that was checked. Asking twice gives the same upload.",
    ),
)
