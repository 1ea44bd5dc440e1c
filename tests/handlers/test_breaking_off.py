"""What an operator asks for breaks off between any two calls, as when a function is killed, and is asked for again."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient

from onboarding.stores.database import Database
from tests.handlers.world import CONTEXT, NAME, World

Ask = Callable[[World, str], Any]


class KilledError(BaseException):
    """No handler catches it, as nothing in a function hears that it is killed."""


@contextmanager
def killed_at(wanted: int, *, done: bool) -> Iterator[None]:
    """Break off at this call of AWS or transaction, counted from 0: just before it, or just after it is `done`."""
    calls = itertools.count()

    def breaking(call: Callable[..., Any]) -> Callable[..., Any]:
        def broken(*arguments: Any) -> Any:
            is_last = next(calls) == wanted
            if is_last and not done:
                raise KilledError
            answer = call(*arguments)
            if is_last:
                raise KilledError
            return answer

        return broken

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", breaking(BaseClient._make_api_call))
        patched.setattr(Database, "run", breaking(Database.run))
        yield


def register(world: World, vendor_id: str, name: str = "Acme", at: str = "first") -> Any:
    event = {"vendor_id": vendor_id, "vendor_name": name, "email": f"{at}@{vendor_id.lower()}.example"}
    return world.functions.vendor_registrar.handler(event, CONTEXT)


def ask_registrar(world: World, vendor_id: str, **event: str) -> Any:
    return world.functions.vendor_registrar.handler({"vendor_id": vendor_id, **event}, CONTEXT)


def ask_desk(world: World, action: str, **event: str) -> Any:
    return world.functions.operator_desk.handler({"action": action, **event}, CONTEXT)


def remove_key(world: World, vendor_id: str) -> Any:
    for key in world.access.keys(vendor_id):
        ask_desk(world, "remove_api_key", vendor_id=vendor_id, key_id=key.key_id)


def remove_first_person(world: World, vendor_id: str) -> Any:
    try:
        return ask_desk(world, "remove_person", email=f"first@{vendor_id.lower()}.example")
    except RuntimeError as error:
        if "nobody signs in as" not in str(error):
            raise
        return None  # the first time it was done, and nobody heard so


ASKED_FOR: dict[str, Ask] = {
    "registered": register,
    "another address": lambda world, vendor: register(world, vendor, name="Acme Ltd", at="second"),
    "suspended": lambda world, vendor: ask_registrar(world, vendor, status="suspended"),
    "confirmation sent": lambda world, vendor: ask_registrar(world, vendor, action="send_confirmation"),
    "person invited": lambda world, vendor: ask_desk(
        world, "invite_person", vendor_id=vendor, email=f"bert@{vendor.lower()}.example"
    ),
    "person removed": remove_first_person,
    "key removed": remove_key,
}


def state_of(world: World, vendor_id: str) -> Any:
    """Return all that is known of a vendor, wherever it is kept, with its id left out."""
    topic = f"arn:aws:sns:us-east-1:123456789012:{NAME}-vendor-{vendor_id}"
    found = world.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    domain = f"@{vendor_id.lower()}.example"
    state = (
        world.database.execute(f"SELECT vendor_name, email, status FROM vendors WHERE vendor_id = '{vendor_id}'"),
        sorted((each["Protocol"], each["Endpoint"]) for each in found),
        world.access.vendor_status(vendor_id),
        [person.email for person in world.access.people(vendor_id)],
        [key.label for key in world.access.keys(vendor_id)],
        sorted((email, status) for email, status in world.users().items() if email.endswith(domain)),
    )
    return repr(state).replace(domain, "").replace(vendor_id, "")


@pytest.mark.parametrize("what", ASKED_FOR)
def test_vendor_ends_the_same_when_a_request_breaks_off_anywhere_and_comes_again(world: World, what: str) -> None:
    numbers = itertools.count(100)

    def known_vendor() -> str:
        vendor_id = f"VEND{next(numbers)}"
        if what != "registered":
            register(world, vendor_id)
            ask_desk(world, "create_api_key", vendor_id=vendor_id, label="Nightly")
        return vendor_id

    undisturbed = known_vendor()
    ASKED_FOR[what](world, undisturbed)
    wanted = state_of(world, undisturbed)

    for call, done in ((call, done) for call in itertools.count() for done in (False, True)):
        vendor_id = known_vendor()
        try:
            with killed_at(call, done=done):
                ASKED_FOR[what](world, vendor_id)
        except KilledError:
            ASKED_FOR[what](world, vendor_id)
            assert state_of(world, vendor_id) == wanted, f"call {call}, {done=}"
        else:
            assert call > 1  # it has made that many calls, and broken off at each
            return
