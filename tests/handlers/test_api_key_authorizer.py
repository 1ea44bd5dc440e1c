"""API Key Authorizer: a program calls the API."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.handlers.world import CONTEXT, World, sample

REFUSED = {"isAuthorized": False}


def _ask(world: World, authorization: str | None) -> dict[str, Any]:
    event = sample("http_api_authorizer")
    del event["headers"]["authorization"]
    if authorization is not None:
        event["headers"]["authorization"] = authorization
        event["identitySource"] = [authorization]
    return world.functions.api_key_authorizer.handler(event, CONTEXT)


@pytest.fixture
def made(world: World) -> dict[str, Any]:
    """A key of VEND001."""
    from onboarding.access import VendorStatus

    world.access.set_vendor_status("VEND001", VendorStatus.ACTIVE)
    event = {"action": "create_api_key", "vendor_id": "VEND001", "label": "Nightly export"}
    return world.functions.access_manager.handler(event, CONTEXT)


def test_vendor_is_named_when_the_key_is_one(world: World, made: dict[str, Any]) -> None:
    answer = _ask(world, f"Bearer {made['key']}")

    assert answer == {
        "isAuthorized": True,
        "context": {"vendor_id": "VEND001", "key_id": made["key_id"], "label": "Nightly export"},
    }


def test_use_is_noted_when_the_key_is_one(world: World, made: dict[str, Any]) -> None:
    _ask(world, f"Bearer {made['key']}")

    (key,) = world.access.keys("VEND001")
    assert key.last_used_at is not None
    assert (key.last_used_at.minute, key.last_used_at.second) == (0, 0)


def test_key_is_refused_at_the_next_request_when_it_was_removed(world: World, made: dict[str, Any]) -> None:
    assert _ask(world, f"Bearer {made['key']}")["isAuthorized"]

    world.access.remove_key("VEND001", made["key_id"])

    assert _ask(world, f"Bearer {made['key']}") == REFUSED


@pytest.mark.parametrize(
    "form", ["{key}", "Basic {key}", "Bearer {key} {key}", "Bearer {digest}", "Bearer key#{digest}"]
)
def test_key_is_refused_when_it_is_sent_otherwise(world: World, made: dict[str, Any], form: str) -> None:
    from onboarding.api_keys import digest_of

    assert _ask(world, form.format(key=made["key"], digest=digest_of(made["key"]))) == REFUSED


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer garbage", "Bearer " + "é" * 46])
def test_nothing_is_looked_up_when_it_cannot_be_a_key(
    world: World, monkeypatch: pytest.MonkeyPatch, authorization: str | None
) -> None:
    client = world.functions.api_key_authorizer.access.client
    monkeypatch.setattr(client, "get_item", lambda **_: pytest.fail("garbage must cost no look-up"))

    assert _ask(world, authorization) == REFUSED


def test_key_is_refused_when_nobody_made_it(world: World) -> None:
    from onboarding.api_keys import KeyKind, new_key

    assert _ask(world, f"Bearer {new_key(KeyKind.TEST)}") == REFUSED
    assert _ask(world, f"Bearer {new_key(KeyKind.LIVE)}") == REFUSED


def test_failure_is_raised_when_the_table_does_not_answer(
    world: World, made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem")

    monkeypatch.setattr(world.functions.api_key_authorizer.access.client, "get_item", fail)

    with pytest.raises(ClientError):
        _ask(world, f"Bearer {made['key']}")


def test_log_has_no_key_when_a_program_calls(world: World, made: dict[str, Any], logged: Callable[[], str]) -> None:
    from onboarding.api_keys import digest_of

    _ask(world, f"Bearer {made['key']}")
    _ask(world, "Bearer of-bad-news")

    assert made["key_id"] in logged()
    assert made["key"] not in logged()
    assert digest_of(made["key"]) not in logged()
    assert "of-bad-news" not in logged()
