"""What operators did."""

from api import cursors
from api.admin_documents import ActionDocument, ActionFilters, ActionPage
from api.admin_services import AdminServices
from api.routing import Call, Route, Who
from onboarding.stores import actions
from onboarding.stores.actions import ActionFilter, ActionView


def list_actions(services: AdminServices, call: Call[ActionFilters, None]) -> ActionPage:
    """Return what operators did, newest first."""
    filters = call.query
    after = None
    if filters.cursor is not None:
        after = cursors.number(cursors.decode(filters.cursor, int)[0])
    wanted = ActionFilter(filters.actor, filters.action, filters.subject)
    found = services.database.run(lambda cursor: actions.list_actions(cursor, wanted, after, filters.limit + 1))
    page = found[: filters.limit]
    next_cursor = cursors.encode(page[-1].action_id) if len(found) > filters.limit else None
    return ActionPage(data=[_document(action) for action in page], next_cursor=next_cursor)


def _document(action: ActionView) -> ActionDocument:
    return ActionDocument(
        action_id=action.action_id,
        acted_at=action.acted_at,
        actor=action.actor,
        action=action.action,
        subject=action.subject,
        before=None if action.before is None else dict(action.before),
        after=None if action.after is None else dict(action.after),
        outcome="unknown" if action.ended_at is None else "refused" if action.failure else "done",
        failure=action.failure,
    )


ROUTES = (
    Route(
        method="GET",
        path="/admin/actions",
        action=list_actions,
        who=Who.OPERATOR,
        query=ActionFilters,
        answer=ActionPage,
        summary="What operators did",
        description="Every change with who, when, before and after; newest first. Kept as long as the audit trail.",
    ),
)
