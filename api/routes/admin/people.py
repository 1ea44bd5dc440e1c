"""The people who sign in for a vendor."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from api.admin_documents import NewPerson, VendorPeople, VendorPersonDocument
from api.admin_services import INVALID_ADDRESS, AdminServices
from api.problems import NOT_FOUND, PERSON_TAKEN, Problem, invalid, unknown
from api.routes.admin.vendors import vendor_of
from api.routing import Answer, Call, Route, Who
from onboarding.access import PersonTakenError
from onboarding.registration import AccessManagerError


def list_vendor_people(services: AdminServices, call: Call[None, None]) -> VendorPeople:
    """Return the vendor's people."""
    vendor = vendor_of(services, call.path["vendor_id"])
    return VendorPeople(data=[_document(person) for person in _people(services, vendor.vendor_id)])


def invite_person(services: AdminServices, call: Call[None, NewPerson]) -> VendorPersonDocument:
    """Invite a person, or send the invitation again."""
    vendor = vendor_of(services, call.path["vendor_id"])
    admitting = services.admitting(call.caller.label)
    with invitation_problems():
        answer = admitting.invite_person(vendor.vendor_id, call.body.email)
    return _document(_person(services, vendor.vendor_id, answer["invited"]))


def remove_person(services: AdminServices, call: Call[None, None]) -> Answer:
    """Let a person of the vendor in no longer."""
    vendor = vendor_of(services, call.path["vendor_id"])
    person = _person(services, vendor.vendor_id, call.path["email"].strip().lower())
    services.admitting(call.caller.label).remove_person(person["email"])
    return Answer(None)


@contextmanager
def invitation_problems() -> Iterator[None]:
    """Tell what is wrong with who is invited as a Problem."""
    try:
        yield
    except AccessManagerError as error:
        if error.kind == PersonTakenError.__name__:
            raise Problem(PERSON_TAKEN, str(error)) from None
        if INVALID_ADDRESS in str(error):
            raise invalid("body.email", "The user pool does not take this for an e-mail address.") from None
        raise


def _person(services: AdminServices, vendor_id: str, email: str) -> dict[str, Any]:
    for person in _people(services, vendor_id):
        if person["email"] == email:
            return person
    raise unknown(f"person {email[:254]} of {vendor_id}")


def _people(services: AdminServices, vendor_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = services.access_manager.ask("show_vendor", vendor_id=vendor_id)["people"]
    return found


def _document(person: dict[str, Any]) -> VendorPersonDocument:
    return VendorPersonDocument(
        email=person["email"],
        created_at=datetime.fromisoformat(person["created_at"]),
        has_signed_in=person["has_signed_in"],
    )


ROUTES = (
    Route(
        method="GET",
        path="/admin/vendors/{vendor_id}/people",
        action=list_vendor_people,
        who=Who.OPERATOR,
        answer=VendorPeople,
        problems=(NOT_FOUND,),
        summary="List a vendor's people",
    ),
    Route(
        method="POST",
        path="/admin/vendors/{vendor_id}/people",
        action=invite_person,
        who=Who.OPERATOR,
        body=NewPerson,
        answer=VendorPersonDocument,
        status=HTTPStatus.CREATED,
        problems=(NOT_FOUND, PERSON_TAKEN),
        summary="Invite a person of a vendor",
        description="Somebody who has not followed the invitation gets it again.",
    ),
    Route(
        method="DELETE",
        path="/admin/vendors/{vendor_id}/people/{email}",
        action=remove_person,
        who=Who.OPERATOR,
        status=HTTPStatus.NO_CONTENT,
        problems=(NOT_FOUND,),
        summary="Remove a person of a vendor",
        description="Refused from the next request on.",
    ),
)
