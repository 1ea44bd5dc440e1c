"""The people of a vendor: who besides the caller may sign in for it."""

from api.documents import People, PersonDocument
from api.routing import Call, Route, Who
from api.services import Services


def list_people(services: Services, call: Call[None, None]) -> People:
    """Return the vendor's people, the earliest first."""
    return People(data=[PersonDocument.model_validate(person) for person in services.access.people(call.vendor_id)])


ROUTES = (
    Route(
        method="GET",
        path="/people",
        action=list_people,
        who=Who.VENDOR_PERSON,
        answer=People,
        summary="List the vendor's people",
        description="Persons only. TechMart invites people and removes them.",
    ),
)
