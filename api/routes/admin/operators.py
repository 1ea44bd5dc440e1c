"""The people who sign in as operators."""

from datetime import datetime
from http import HTTPStatus

from api.admin_documents import NewPerson, OperatorDocument, Operators
from api.admin_services import AdminServices
from api.identity import Caller
from api.problems import NOT_FOUND, OWN_ACCOUNT, PERSON_TAKEN, Problem, unknown
from api.routes.admin.people import invitation_problems
from api.routing import Answer, Call, Route, Who


def list_operators(services: AdminServices, call: Call[None, None]) -> Operators:
    """Return the operators."""
    return Operators(data=_operators(services, call.caller))


def invite_operator(services: AdminServices, call: Call[None, NewPerson]) -> OperatorDocument:
    """Invite an operator, or send the invitation again."""
    with invitation_problems():
        answer = services.admitting(call.caller.label).invite_operator(call.body.email)
    return _operator(services, call.caller, answer["invited"])


def remove_operator(services: AdminServices, call: Call[None, None]) -> Answer:
    """Let an operator in no longer; nobody can remove themselves, so that one is always left."""
    operator = _operator(services, call.caller, call.path["email"].strip().lower())
    if operator.is_you:
        raise Problem(OWN_ACCOUNT, OWN_ACCOUNT.example)
    services.admitting(call.caller.label).remove_person(operator.email)
    return Answer(None)


def _operator(services: AdminServices, caller: Caller, email: str) -> OperatorDocument:
    for operator in _operators(services, caller):
        if operator.email == email:
            return operator
    raise unknown(f"operator {email[:254]}")


def _operators(services: AdminServices, caller: Caller) -> list[OperatorDocument]:
    return [
        OperatorDocument(
            email=person["email"],
            created_at=datetime.fromisoformat(person["created_at"]),
            has_signed_in=person["has_signed_in"],
            is_you=person["email"] == caller.label,
        )
        for person in services.access_manager.ask("list_operators")["people"]
    ]


ROUTES = (
    Route(
        method="GET",
        path="/admin/operators",
        action=list_operators,
        who=Who.OPERATOR,
        answer=Operators,
        summary="List the operators",
    ),
    Route(
        method="POST",
        path="/admin/operators",
        action=invite_operator,
        who=Who.OPERATOR,
        body=NewPerson,
        answer=OperatorDocument,
        status=HTTPStatus.CREATED,
        problems=(PERSON_TAKEN,),
        summary="Invite an operator",
        description="Somebody who has not followed the invitation gets it again.",
    ),
    Route(
        method="DELETE",
        path="/admin/operators/{email}",
        action=remove_operator,
        who=Who.OPERATOR,
        status=HTTPStatus.NO_CONTENT,
        problems=(NOT_FOUND, OWN_ACCOUNT),
        summary="Remove an operator",
        description="Refused from the next request on. Nobody can remove themselves.",
    ),
)
