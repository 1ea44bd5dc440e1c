"""A vendor's people look after its API keys, and see who else may come in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.handlers.api_client import ApiClient, Reply
from tests.handlers.world import CONTEXT, sample

ANNA = {"jwt": {"claims": {"sub": "sub-anna", "token_use": "access"}, "scopes": None}}
BERT = {"jwt": {"claims": {"sub": "sub-bert", "token_use": "access"}, "scopes": None}}


@pytest.fixture
def api(api: ApiClient) -> ApiClient:
    """VEND001 and VEND002 with a person each."""
    from onboarding.access import Person, Role

    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    api.world.access.add_person(Person("sub-anna", Role.VENDOR, "VEND001", "anna@acme.example", now))
    api.world.access.add_person(Person("sub-bert", Role.VENDOR, "VEND002", "bert@nordic.example", now))
    return api


def _ask(api: ApiClient, method: str, path: str, body: Any = None, who: dict[str, Any] = ANNA) -> Reply:
    if body is None:
        return api.ask(method, path, prefix="/portal/v1", authorizer=who)
    return api.send(method, path, body, prefix="/portal/v1", authorizer=who)


def _opens(api: ApiClient, key: str) -> bool:
    event = sample("http_api_authorizer")
    event["headers"]["authorization"] = f"Bearer {key}"
    return api.world.functions.api_key_authorizer.handler(event, CONTEXT)["isAuthorized"]


def test_key_opens_the_api_and_is_listed_without_itself_when_made(api: ApiClient) -> None:
    made = _ask(api, "POST", "/api-keys", {"label": " shop system "})

    assert made.status == 201
    assert made.json["label"] == "shop system"
    assert made.json["created_by"] == "anna@acme.example"
    assert _opens(api, made.json["key"])
    listed = _ask(api, "GET", "/api-keys")
    assert listed.json["most"] == 2
    (shown,) = listed.json["data"]
    assert shown.pop("last_used_at") is not None
    assert shown == {name: value for name, value in made.json.items() if name not in ("key", "last_used_at")}
    assert made.json["key"] not in listed.text


def test_third_key_is_refused_until_one_is_removed(api: ApiClient) -> None:
    first = _ask(api, "POST", "/api-keys", {"label": "one"}).json
    _ask(api, "POST", "/api-keys", {"label": "two"})

    third = _ask(api, "POST", "/api-keys", {"label": "three"})

    assert (third.status, third.problem) == (409, "too-many-api-keys")
    assert _ask(api, "DELETE", f"/api-keys/{first['key_id']}").status == 204
    assert not _opens(api, first["key"])
    assert _ask(api, "POST", "/api-keys", {"label": "three"}).status == 201


def test_key_is_not_found_when_removed_twice_or_of_another_vendor(api: ApiClient) -> None:
    made = _ask(api, "POST", "/api-keys", {"label": "one"}).json

    foreign = _ask(api, "DELETE", f"/api-keys/{made['key_id']}", who=BERT)

    assert (foreign.status, foreign.problem) == (404, "not-found")
    assert _opens(api, made["key"])
    assert [_ask(api, "DELETE", f"/api-keys/{made['key_id']}").status for _ in range(2)] == [204, 404]


@pytest.mark.parametrize("label", ["", "   ", "x" * 61, "two\nlines", "\x9f", 7, None])
def test_label_is_refused_with_its_field_when_it_is_not_allowed(api: ApiClient, label: object) -> None:
    reply = _ask(api, "POST", "/api-keys", {"label": label})

    assert (reply.status, reply.problem) == (422, "invalid-request")
    assert [error["field"] for error in reply.json["errors"]] == ["body.label"]


@pytest.mark.parametrize("label", ["Überseehandel", "鍵", "a\u200bb", "x" * 60, "\u3000"])
def test_label_is_kept_when_it_can_be_written(api: ApiClient, label: str) -> None:
    reply = _ask(api, "POST", "/api-keys", {"label": label})

    assert (reply.status, reply.json["label"]) == (201, label)


def test_people_of_the_own_vendor_are_listed_when_a_person_asks(api: ApiClient) -> None:
    listed = _ask(api, "GET", "/people")

    assert listed.json == {"data": [{"email": "anna@acme.example", "created_at": "2026-11-21T12:00:00Z"}]}
