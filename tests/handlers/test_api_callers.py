"""Every route by every caller who got past the gateway: what comes back, and that nothing of another vendor does."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from api.openapi import ROUTES
from api.routing import Route, Who
from tests.callers import (
    PLACES,
    ROWS,
    Expected,
    ToOthers,
    refused,
    refused_program,
    row_of,
    to_another,
    to_operator,
    to_person,
    to_program,
)
from tests.handlers.api_client import UPLOAD_ID, ApiClient, Reply, add_error, add_product, add_upload
from tests.handlers.world import BUCKET

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRETS = ("VEND001", UPLOAD_ID, "secret-file", "PRODUCT-OF-1", "SKU-7", "key-of-1", "anna@acme.example")
"""What stands in VEND001's things and must not reach anybody else."""


@pytest.fixture
def api(api: ApiClient) -> ApiClient:
    """A program of VEND001, which has an upload with errors, a product, people and a key."""
    from onboarding.access import Person, Role, VendorStatus

    report, corrections = f"errors/VEND001/{UPLOAD_ID}_errors.csv", f"errors/VEND001/{UPLOAD_ID}_corrections.csv"
    for key in (report, corrections):
        api.world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"Row Number\r\n7\r\n")
    columns: dict[str, Any] = {
        "error_file_s3_key": report,
        "corrections_file_s3_key": corrections,
        "file_name": "secret-file.csv",
    }
    add_upload(api.world, **columns)
    add_error(api.world, 7)
    add_product(api.world, "PRODUCT-OF-1")
    access = api.world.access
    access.set_vendor_status("VEND003", VendorStatus.SUSPENDED)
    people = {"anna": "VEND001", "bert": "VEND002", "carl": "VEND003", "olga": None, "gone": "VEND001"}
    for name, vendor_id in people.items():
        role = Role.VENDOR if vendor_id else Role.OPERATOR
        access.add_person(Person(f"sub-{name}", role, vendor_id, f"{name}@acme.example", NOW))
    access.remove_person(access.person("sub-gone"))
    return api


@pytest.fixture
def key_id(api: ApiClient) -> str:
    from onboarding.api_keys import KeyKind, new_key, record_of

    record = record_of(new_key(KeyKind.TEST), "VEND001", "key-of-1", "anna@acme.example", NOW)
    api.world.access.add_key(record)
    return record.key_id


def program(vendor_id: str) -> dict[str, Any]:
    return {"lambda": {"vendor_id": vendor_id, "key_id": "key_1", "label": "shop system"}}


def person(subject: str, token_use: str = "access") -> dict[str, Any]:
    return {"jwt": {"claims": {"sub": subject, "token_use": token_use}, "scopes": None}}


CALLERS: dict[str, tuple[dict[str, Any], Callable[[Route], Expected]]] = {
    "operator": (person("sub-olga"), to_operator),
    "person-of-another-vendor": (person("sub-bert"), lambda route: to_another(route, is_person=True)),
    "program-of-another-vendor": (program("VEND002"), lambda route: to_another(route, is_person=False)),
    "person-of-suspended-vendor": (person("sub-carl"), lambda route: refused(route, "account-suspended")),
    "program-of-suspended-vendor": (program("VEND003"), lambda route: refused_program(route, "account-suspended")),
    "program-of-unregistered-vendor": (program("VEND404"), lambda route: refused_program(route, "not-allowed")),
    "removed-person": (person("sub-gone"), lambda route: refused(route, "not-allowed")),
    "person-never-entered": (person("sub-nobody"), lambda route: refused(route, "not-allowed")),
    "identity-token": (person("sub-anna", "id"), lambda route: refused(route, "not-allowed")),
    "program": (program("VEND001"), to_program),
    "person": (person("sub-anna"), to_person),
}
STRANGERS = [name for name in CALLERS if name not in ("person", "program")]


def ask(api: ApiClient, route: Route, caller: str, key_id: str) -> Reply:
    names = {
        **PLACES,
        "upload_id": UPLOAD_ID,
        "recorded_id": UPLOAD_ID,
        "vendor_product_id": "PRODUCT-OF-1",
        "key_id": key_id,
    }
    authorizer, _ = CALLERS[caller]
    prefix = "/v1" if "lambda" in authorizer else "/portal/v1"
    body = row_of(route).body
    path = route.path.format(**names)
    if body is None:
        return api.ask(route.method, path, prefix=prefix, authorizer=authorizer)
    return api.send(route.method, path, body, prefix=prefix, authorizer=authorizer)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_route_answers_as_the_matrix_says_whoever_asks(api: ApiClient, key_id: str, route: Route) -> None:
    # Those who may do something come last: what they do must not be what the others fail on.
    callers = [(caller, expected_of(route)) for caller, (_, expected_of) in CALLERS.items()]
    for caller, expected in sorted(callers, key=lambda each: each[1].problem is None):
        reply = ask(api, route, caller, key_id)

        assert (reply.status, caller) == (expected.status, caller), reply.text
        if expected.problem:
            assert (reply.problem, caller) == (expected.problem, caller)
        if caller in STRANGERS and not (route.who is Who.OPERATOR and caller == "operator"):
            assert (secrets_in(route, reply), caller) == ([], caller)


def secrets_in(route: Route, reply: Reply) -> list[str]:
    """Return what an answer to a stranger holds of VEND001."""
    # What the stranger named may be named back; descriptions have examples that look like the tests' own names.
    is_description = row_of(route).to_others is ToOthers.THE_SAME
    harmless = (UPLOAD_ID, "VEND001", "anna@acme.example") if is_description else (UPLOAD_ID, "PRODUCT-OF-1")
    return [each for each in SECRETS if each in reply.text and each not in harmless]


def test_nothing_of_the_caller_is_another_vendors_when_it_asks_who_it_is(api: ApiClient) -> None:
    reply = api.ask("GET", "/me", prefix="/portal/v1", authorizer=person("sub-bert"))

    assert (reply.json["vendor_id"], reply.json["label"]) == ("VEND002", "bert@acme.example")


def test_matrix_has_a_row_for_each_route_and_no_other() -> None:
    assert {route.name for route in ROUTES} == set(ROWS)
