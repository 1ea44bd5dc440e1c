"""Who is calling, asked of the access table at each request."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.handlers.world import World

if TYPE_CHECKING:
    from api.identity import Caller
    from onboarding.stores.access import AccessTable


@pytest.fixture
def access(world: World) -> "AccessTable":
    from onboarding.access import Person, Role, VendorStatus

    table: AccessTable = world.access
    now = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    for vendor_id in ("VEND001", "VEND002"):
        table.set_vendor_status(vendor_id, VendorStatus.ACTIVE)
    table.add_person(Person("sub-anna", Role.VENDOR, "VEND001", "anna@acme.example", now))
    table.add_person(Person("sub-ops", Role.OPERATOR, None, "ops@techmart.example", now))
    return table


def _person(access: "AccessTable", subject: str, **claims: str) -> "Caller":
    from api.identity import Callers

    event = {"sub": subject, "token_use": "access", "client_id": "portal", **claims}
    return Callers(access).person_of({"requestContext": {"authorizer": {"jwt": {"claims": event, "scopes": None}}}})


def _program(access: "AccessTable", vendor_id: str) -> "Caller":
    from api.identity import Callers

    context = {"vendor_id": vendor_id, "key_id": "key_1", "label": "Nightly export"}
    return Callers(access).program_of({"requestContext": {"authorizer": {"lambda": context}}})


def _refusal(ask: Any, *arguments: Any, **claims: str) -> str:
    from api.identity import RefusedCallerError

    with pytest.raises(RefusedCallerError) as caught:
        ask(*arguments, **claims)
    return caught.value.refusal


def test_vendor_comes_from_the_table_when_a_person_calls(access: "AccessTable") -> None:
    from api.identity import Caller, Role

    caller = _person(access, "sub-anna", **{"custom:vendor_id": "VEND002", "cognito:groups": "[operators]"})

    assert caller == Caller(Role.VENDOR, "VEND001", "sub-anna", "anna@acme.example", is_person=True)


def test_operator_has_no_vendor_when_calling(access: "AccessTable") -> None:
    from api.identity import Caller, Role

    caller = _person(access, "sub-ops")

    assert caller == Caller(Role.OPERATOR, None, "sub-ops", "ops@techmart.example", is_person=True)


def test_vendor_comes_from_the_authoriser_when_a_program_calls(access: "AccessTable") -> None:
    from api.identity import Caller, Role

    assert _program(access, "VEND001") == Caller(Role.VENDOR, "VEND001", "key_1", "Nightly export", is_person=False)


def test_person_is_refused_when_removed_or_never_known(access: "AccessTable") -> None:
    anna = access.person("sub-anna")
    assert anna
    access.remove_person(anna)

    assert _refusal(_person, access, "sub-anna") == "unknown_caller"
    assert _refusal(_person, access, "sub-nobody") == "unknown_caller"


def test_person_is_refused_when_the_token_is_not_for_access(access: "AccessTable") -> None:
    assert _refusal(_person, access, "sub-anna", token_use="id") == "unknown_caller"


def test_everybody_of_a_vendor_is_refused_when_it_is_suspended_and_let_in_when_it_resumes(
    access: "AccessTable",
) -> None:
    from onboarding.access import VendorStatus

    access.set_vendor_status("VEND001", VendorStatus.SUSPENDED)

    assert _refusal(_person, access, "sub-anna") == "vendor_suspended"
    assert _refusal(_program, access, "VEND001") == "vendor_suspended"
    assert _program(access, "VEND002").vendor_id == "VEND002"
    assert _person(access, "sub-ops").role == "operator"

    access.set_vendor_status("VEND001", VendorStatus.ACTIVE)
    assert _person(access, "sub-anna").vendor_id == "VEND001"


def test_program_is_refused_when_its_vendor_is_not_registered(access: "AccessTable") -> None:
    assert _refusal(_program, access, "VEND404") == "vendor_unknown"
