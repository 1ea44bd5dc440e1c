"""Access Manager: an operator or the vendor registrar lets somebody in or keeps somebody out."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.handlers.world import CONTEXT, USER_POOL_ID, World, attributes_of

ANNA = "anna@acme.example"


def _act(world: World, action: str, **fields: str) -> dict[str, Any]:
    return world.functions.access_manager.handler({"action": action, **fields}, CONTEXT)


def _admit(world: World, vendor_id: str = "VEND001", email: str = ANNA, status: str = "active") -> dict[str, Any]:
    return _act(world, "admit_vendor", vendor_id=vendor_id, status=status, email=email)


def _subject(world: World, email: str = ANNA) -> str:
    return attributes_of(world.cognito.admin_get_user(UserPoolId=USER_POOL_ID, Username=email))["sub"]


@pytest.fixture
def invitations(world: World, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the user pool is asked to invite."""
    cognito = world.functions.access_manager.people.cognito
    create, asked = cognito.admin_create_user, []

    def record(**request: Any) -> Any:
        asked.append(request)
        return create(**request)

    monkeypatch.setattr(cognito, "admin_create_user", record)
    return asked


def test_first_person_is_invited_when_a_vendor_is_admitted(world: World) -> None:
    answer = _admit(world)

    assert answer == {"vendor_id": "VEND001", "status": "active", "invited": True}
    assert world.users() == {ANNA: "FORCE_CHANGE_PASSWORD"}
    person = world.access.person(_subject(world))
    assert (person.role, person.vendor_id, person.email) == ("vendor", "VEND001", ANNA)


def test_invitation_goes_by_email_with_a_verified_address_when_a_person_is_invited(
    world: World, invitations: list[dict[str, Any]]
) -> None:
    _admit(world)

    assert invitations == [
        {
            "UserPoolId": USER_POOL_ID,
            "Username": ANNA,
            "UserAttributes": [{"Name": "email", "Value": ANNA}, {"Name": "email_verified", "Value": "true"}],
            "DesiredDeliveryMediums": ["EMAIL"],
        }
    ]


def test_nobody_is_invited_when_a_vendor_with_people_is_admitted_again(
    world: World, invitations: list[dict[str, Any]]
) -> None:
    _admit(world)

    assert _admit(world, email="other@acme.example")["invited"] is False

    assert world.users() == {ANNA: "FORCE_CHANGE_PASSWORD"}
    assert len(invitations) == 1


def test_nobody_is_invited_when_a_vendor_is_admitted_as_suspended(world: World) -> None:
    assert _admit(world, status="suspended")["invited"] is False

    assert world.users() == {}
    assert world.access.vendor_status("VEND001") == "suspended"


def test_address_is_one_person_when_it_is_written_in_any_case(world: World) -> None:
    _admit(world)

    _act(world, "invite_person", vendor_id="VEND001", email="  Anna@ACME.example ")

    assert list(world.users()) == [ANNA]
    assert len(world.access.people("VEND001")) == 1


def test_invitation_is_sent_again_when_it_was_not_followed(world: World, invitations: list[dict[str, Any]]) -> None:
    _admit(world)

    _act(world, "invite_person", vendor_id="VEND001", email=ANNA)

    assert invitations[-1]["MessageAction"] == "RESEND"


def test_nothing_is_sent_when_the_person_has_a_password_of_their_own(
    world: World, invitations: list[dict[str, Any]]
) -> None:
    _admit(world)
    world.cognito.admin_set_user_password(
        UserPoolId=USER_POOL_ID, Username=ANNA, Password="Of-her-own-choice-1", Permanent=True
    )

    _act(world, "invite_person", vendor_id="VEND001", email=ANNA)

    assert len(invitations) == 1


def test_person_is_entered_when_the_first_try_ended_after_the_invitation(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = world.functions.access_manager.access

    def fail(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "TransactWriteItems")

    with monkeypatch.context() as patched:
        patched.setattr(table.client, "transact_write_items", fail)
        with pytest.raises(ClientError):
            _admit(world)
    assert world.access.people("VEND001") == []

    _admit(world)

    assert [person.email for person in world.access.people("VEND001")] == [ANNA]


def test_person_stays_where_they_are_when_another_vendor_invites_them(world: World) -> None:
    _admit(world)
    _admit(world, "VEND002", "bert@nordic.example")

    with pytest.raises(Exception, match="signs in for somebody else"):
        _act(world, "invite_person", vendor_id="VEND002", email=ANNA)
    with pytest.raises(Exception, match="signs in for somebody else"):
        _act(world, "invite_operator", email=ANNA)

    assert world.access.person(_subject(world)).vendor_id == "VEND001"


def test_nobody_is_invited_when_the_vendor_is_unknown(world: World) -> None:
    with pytest.raises(LookupError, match="VEND404"):
        _act(world, "invite_person", vendor_id="VEND404", email=ANNA)

    assert world.users() == {}


def test_operator_has_no_vendor_when_invited(world: World) -> None:
    answer = _act(world, "invite_operator", email="ops@techmart.example")

    assert answer == {"invited": "ops@techmart.example", "role": "operator", "vendor_id": None}
    assert world.access.person(_subject(world, "ops@techmart.example")).role == "operator"


def test_person_is_gone_from_both_when_removed(world: World) -> None:
    _admit(world)
    subject = _subject(world)

    assert _act(world, "remove_person", email="ANNA@acme.example") == {"removed": ANNA, "vendor_id": "VEND001"}

    assert world.users() == {}
    assert world.access.person(subject) is None
    assert world.access.people("VEND001") == []


def test_person_is_refused_already_when_the_removal_breaks_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _admit(world)
    subject = _subject(world)

    def fail(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalErrorException"}}, "AdminDeleteUser")

    with monkeypatch.context() as patched:
        patched.setattr(world.functions.access_manager.people.cognito, "admin_delete_user", fail)
        with pytest.raises(ClientError):
            _act(world, "remove_person", email=ANNA)
    assert world.access.person(subject) is None

    _act(world, "remove_person", email=ANNA)

    assert world.users() == {}


def test_removal_is_refused_when_nobody_has_the_address(world: World) -> None:
    with pytest.raises(LookupError, match=r"nobody signs in as nobody@acme\.example"):
        _act(world, "remove_person", email="nobody@acme.example")


def test_key_is_shown_once_when_made(world: World) -> None:
    _admit(world)

    made = _act(world, "create_api_key", vendor_id="VEND001", label="Nightly export")

    assert made["key"].startswith("tm_test_")
    shown = _act(world, "show_vendor", vendor_id="VEND001")
    assert shown["api_keys"] == [{name: value for name, value in made.items() if name != "key"}]
    assert shown["api_keys"][0]["created_by"] == "operations"
    assert shown["people"][0]["email"] == ANNA
    assert made["key"][8:] not in str(shown)


def test_key_is_gone_when_removed(world: World) -> None:
    _admit(world)
    made = _act(world, "create_api_key", vendor_id="VEND001", label="Nightly export")

    assert _act(world, "remove_api_key", vendor_id="VEND001", key_id=made["key_id"])["removed"] is True
    assert _act(world, "remove_api_key", vendor_id="VEND001", key_id=made["key_id"])["removed"] is False

    assert world.access.keys("VEND001") == []


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"action": "grant_everything"},
        {"action": "create_api_key", "vendor_id": "VEND001"},
        {"action": ["show_vendor"]},
    ],
)
def test_event_is_refused_when_it_is_no_action(world: World, event: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no such action"):
        world.functions.access_manager.handler(event, CONTEXT)


def test_log_has_neither_key_nor_address_when_access_changes(world: World, logged: Callable[[], str]) -> None:
    _admit(world)
    key = _act(world, "create_api_key", vendor_id="VEND001", label="Nightly export")["key"]

    assert "access changed" in logged()
    assert key not in logged()
    assert ANNA not in logged()
