"""How the service is at this moment."""

from api.admin_documents import AlarmDocument, OpenUploadDocument, QueueDocument, SystemDocument
from api.admin_services import AdminServices
from api.routing import Call, Route, Who
from onboarding.operating.system import QueueState
from onboarding.stores import all_uploads, vendors

_OLDEST = 10


def show_system(services: AdminServices, call: Call[None, None]) -> SystemDocument:
    """Return what waits, what failed and what rings."""
    count, oldest = services.database.run(lambda cursor: all_uploads.list_open_uploads(cursor, _OLDEST))
    machinery = services.machinery()
    alarms = machinery.alarms()
    return SystemDocument(
        open_uploads=count,
        oldest_open=[
            OpenUploadDocument(
                upload_id=upload.upload_id,
                vendor_id=upload.vendor_id,
                file_name=upload.file_name,
                created_at=upload.upload_timestamp,
            )
            for upload in oldest
        ],
        queues=[_queue(state) for state in machinery.queue_states()],
        failed_stream_batches=machinery.failed_stream_batches(),
        alarms=None if alarms is None else [AlarmDocument.model_validate(alarm) for alarm in alarms],
        unconfirmed_vendors=services.database.run(vendors.count_overdue),
    )


def _queue(state: QueueState) -> QueueDocument:
    return QueueDocument(
        name=state.queue.name,
        is_dead_letter=state.queue.is_dead_letter,
        waiting=state.waiting,
        in_flight=state.in_flight,
        oldest_seconds=state.oldest_seconds,
        runbook=state.queue.runbook,
    )


ROUTES = (
    Route(
        method="GET",
        path="/admin/system",
        action=show_system,
        who=Who.OPERATOR,
        answer=SystemDocument,
        summary="How the service is",
        description="Open uploads, queues, what failed for good, alarms that ring. What is not known is null.",
    ),
)
