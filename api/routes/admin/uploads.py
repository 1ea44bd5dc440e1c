"""The uploads of all vendors: found, looked at, run again and taken back. Of their rows only the errors are shown."""

from http import HTTPStatus
from typing import Any

from api import cursors
from api.admin_documents import (
    AdminUploadDocument,
    AdminUploadFilters,
    AdminUploadPage,
    AdminUploadSummary,
    Confirmation,
    ExecutionDocument,
    RedriveDocument,
    RevertDocument,
)
from api.admin_services import AdminServices
from api.documents import MAX_CORRECTIONS, Counts, ErrorFilters, ErrorPage, ErrorSummary, Failure, RecordedMode
from api.errors import error_page, error_summary
from api.problems import NOT_CONFIRMED, NOT_FOUND, NOT_REDRIVABLE, NOT_REVERTIBLE, Problem, unknown
from api.routing import Call, Route, Who
from api.uploads import correction
from onboarding.operating.redriving import NotRedrivableError
from onboarding.stores import all_uploads
from onboarding.stores.all_uploads import AnyUpload, AnyUploadFilter, UploadBackground
from onboarding.stores.upload_pages import UploadPosition, list_corrections
from onboarding.upkeep.reverting import NotRevertibleError, Revert, is_revertible, revert


def search_uploads(services: AdminServices, call: Call[AdminUploadFilters, None]) -> AdminUploadPage:
    """Return uploads of all vendors, newest first."""
    filters = call.query
    after = None
    if filters.cursor is not None:
        moment, upload_id = cursors.decode(filters.cursor, str, str)
        after = UploadPosition(cursors.moment(moment), cursors.text(upload_id))
    wanted = AnyUploadFilter(
        upload_id=filters.upload_id,
        vendor_id=filters.vendor_id,
        file_name=filters.file_name,
        status=filters.status,
        mode=filters.mode,
        is_preview=filters.preview,
        code=filters.code,
        sku=filters.sku,
        created_from=filters.created_from,
        created_to=filters.created_to,
    )
    found = services.database.run(lambda cursor: all_uploads.list_all_uploads(cursor, wanted, after, filters.limit + 1))
    page = found[: filters.limit]
    next_cursor = None
    if len(found) > filters.limit:
        next_cursor = cursors.encode(page[-1].upload_timestamp.isoformat(), page[-1].upload_id)
    return AdminUploadPage(data=[AdminUploadSummary(**_summary(upload)) for upload in page], next_cursor=next_cursor)


def inspect_upload(services: AdminServices, call: Call[None, None]) -> AdminUploadDocument:
    """Return one upload in full, with its newest execution."""
    upload, background = _upload(services, call.path["recorded_id"])
    corrections = services.database.run(
        lambda cursor: list_corrections(cursor, upload.vendor_id, upload.upload_id, MAX_CORRECTIONS)
    )
    execution = services.executions.newest(upload.upload_id)
    return AdminUploadDocument(
        **_summary(upload),
        vendor_name=background.vendor_name,
        s3_key=background.s3_key,
        read_as=None if background.read_as is None else dict(background.read_as),
        corrects_upload_id=background.corrects_upload_id,
        corrected_by=[correction(each) for each in corrections],
        taken_back_by=background.taken_back_by,
        can_revert=background.taken_back_by is None
        and is_revertible(upload.mode, upload.status, is_preview=upload.is_preview),
        execution=ExecutionDocument.model_validate(execution) if execution else None,
    )


def list_upload_errors(services: AdminServices, call: Call[ErrorFilters, None]) -> ErrorPage:
    """Return the errors of any upload in the order of rows."""
    upload, _ = _upload(services, call.path["recorded_id"])
    return error_page(services.database, upload.upload_id, call.query)


def summarise_upload_errors(services: AdminServices, call: Call[None, None]) -> ErrorSummary:
    """Return the causes of any upload's errors, those of the most rows first."""
    upload, _ = _upload(services, call.path["recorded_id"])
    return error_summary(services.database, upload.upload_id)


def redrive_upload(services: AdminServices, call: Call[None, Confirmation]) -> RedriveDocument:
    """Run the upload's execution again."""
    upload_id = call.path["recorded_id"]
    _upload(services, upload_id)
    _require_confirmed(call)
    try:
        with services.journal.entry(call.caller.label, "redrive_upload", upload_id) as entry:
            name = services.executions.start_again(upload_id)
            entry.after = {"execution_name": name}
    except NotRedrivableError as error:
        raise Problem(NOT_REDRIVABLE, str(error)) from None
    return RedriveDocument(upload_id=upload_id, execution_name=name)


def plan_revert(services: AdminServices, call: Call[None, None]) -> RevertDocument:
    """Say what taking the upload back would do."""
    return _revert(services, call.path["recorded_id"], None)


def revert_upload(services: AdminServices, call: Call[None, Confirmation]) -> RevertDocument:
    """Take the upload back."""
    _upload(services, call.path["recorded_id"])
    _require_confirmed(call)
    return _revert(services, call.path["recorded_id"], call.caller.label)


def _revert(services: AdminServices, upload_id: str, actor: str | None) -> RevertDocument:
    _upload(services, upload_id)
    try:
        found: Revert = revert(services.database, upload_id, actor=actor)
    except NotRevertibleError as error:
        raise Problem(NOT_REVERTIBLE, str(error)) from None
    return RevertDocument(
        upload_id=upload_id,
        revert_id=found.revert_id,
        is_done=found.is_done,
        changed=found.effects.changed,
        unchanged=found.effects.unchanged,
        superseded=found.effects.superseded,
        changed_fields=dict(found.effects.changed_fields),
    )


def _require_confirmed(call: Call[None, Confirmation]) -> None:
    if call.body.confirm != call.path["recorded_id"]:
        raise Problem(NOT_CONFIRMED, NOT_CONFIRMED.example)


def _upload(services: AdminServices, upload_id: str) -> tuple[AnyUpload, UploadBackground]:
    found = None
    if "\x00" not in upload_id:
        found = services.database.run(lambda cursor: all_uploads.find_any_upload(cursor, upload_id))
    if found is None:
        raise unknown(f"upload {upload_id[:100]} whose file has been read")
    return found


def _summary(upload: AnyUpload) -> dict[str, Any]:
    counts = Counts(total=upload.total_records, valid=upload.valid_records, errors=upload.error_records)
    if upload.mode != RecordedMode.IMPORT:
        counts = counts.model_copy(
            update={
                "changed": upload.changed_records,
                "unchanged": upload.unchanged_records,
                "superseded": upload.superseded_records,
            }
        )
    code, _, message = (upload.failure_reason or "").partition(": ")
    return {
        "upload_id": upload.upload_id,
        "vendor_id": upload.vendor_id,
        "file_name": upload.file_name,
        "mode": RecordedMode(upload.mode),
        "preview": upload.is_preview,
        "status": upload.status,
        "counts": counts,
        "failure": Failure(code=code, message=message) if code else None,
        "created_at": upload.upload_timestamp,
        "completed_at": upload.completed_at,
        "codes": list(upload.codes),
    }


ROUTES = (
    Route(
        method="GET",
        path="/admin/uploads",
        action=search_uploads,
        who=Who.OPERATOR,
        query=AdminUploadFilters,
        answer=AdminUploadPage,
        summary="Search the uploads of all vendors",
        description="Those whose file has been taken in, newest first.",
    ),
    Route(
        method="GET",
        path="/admin/uploads/{recorded_id}",
        action=inspect_upload,
        who=Who.OPERATOR,
        answer=AdminUploadDocument,
        problems=(NOT_FOUND,),
        summary="Look at any upload",
    ),
    Route(
        method="GET",
        path="/admin/uploads/{recorded_id}/errors",
        action=list_upload_errors,
        who=Who.OPERATOR,
        query=ErrorFilters,
        answer=ErrorPage,
        problems=(NOT_FOUND,),
        summary="List the errors of any upload",
        description="In the order of the file's rows.",
    ),
    Route(
        method="GET",
        path="/admin/uploads/{recorded_id}/errors/summary",
        action=summarise_upload_errors,
        who=Who.OPERATOR,
        answer=ErrorSummary,
        problems=(NOT_FOUND,),
        summary="What is wrong with any upload",
        description="The causes of an upload's errors, those of the most rows first.",
    ),
    Route(
        method="POST",
        path="/admin/uploads/{recorded_id}/redrive",
        action=redrive_upload,
        who=Who.OPERATOR,
        body=Confirmation,
        answer=RedriveDocument,
        status=HTTPStatus.CREATED,
        problems=(NOT_FOUND, NOT_CONFIRMED, NOT_REDRIVABLE),
        summary="Run an upload again",
        description="Starts its execution once more under a new name. What is decided stays; report and e-mail are "
        "made again.",
    ),
    Route(
        method="GET",
        path="/admin/uploads/{recorded_id}/revert",
        action=plan_revert,
        who=Who.OPERATOR,
        answer=RevertDocument,
        problems=(NOT_FOUND, NOT_REVERTIBLE),
        summary="What taking an upload back would do",
    ),
    Route(
        method="POST",
        path="/admin/uploads/{recorded_id}/revert",
        action=revert_upload,
        who=Who.OPERATOR,
        body=Confirmation,
        answer=RevertDocument,
        problems=(NOT_FOUND, NOT_CONFIRMED, NOT_REVERTIBLE),
        summary="Take an upload back",
        description="Values return, imported products become inactive; what later uploads have set stays. Twice is "
        "once.",
    ),
)
