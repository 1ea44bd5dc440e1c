"""Vendor Registrar: an operator registers a vendor."""

from dataclasses import replace
from typing import Any

import pytest

from tests.handlers.world import CONTEXT, MAILBOX_ARN, NAME, World, csv_of, product, sample

TOPIC_ARN = f"arn:aws:sns:us-east-1:123456789012:{NAME}-vendor-VEND042"
EVENT = {**sample("vendor_registration"), "vendor_id": "VEND042"}


def _register(world: World, **changed: Any) -> dict[str, str]:
    return world.functions.vendor_registrar.handler({**EVENT, **changed}, CONTEXT)


def _vendor(world: World) -> list[tuple[Any, ...]]:
    return world.database.execute(
        "SELECT vendor_name, email, status, notification_topic_arn FROM vendors WHERE vendor_id = 'VEND042'"
    )


def _readers(world: World) -> list[tuple[str, str]]:
    found = world.sns.list_subscriptions_by_topic(TopicArn=TOPIC_ARN)["Subscriptions"]
    return sorted((each["Protocol"], each["Endpoint"]) for each in found)


def test_vendor_can_upload_when_it_is_registered(world: World) -> None:
    answer = _register(world)

    assert answer == {
        "vendor_id": "VEND042",
        "status": "active",
        "topic_arn": TOPIC_ARN,
        "upload_prefix": "uploads/VEND042/",
        "invitation": "sent",
        "next": "the vendor has to confirm the subscription in the e-mail that was sent",
    }
    assert _vendor(world) == [("Acme Peripherals", "catalogue@acme.example", "active", TOPIC_ARN)]
    event = world.put(csv_of([product(1)]), "uploads/VEND042/products.csv")
    world.parse(event)
    assert len(world.staged(world.upload_of(event))) == 1


def test_vendor_and_mailbox_are_subscribed_when_a_copy_queue_is_configured(world: World) -> None:
    _register(world)

    assert _readers(world) == [("email", "catalogue@acme.example"), ("sqs", MAILBOX_ARN)]


def test_vendor_alone_is_subscribed_when_no_copy_queue_is_configured(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = world.functions.vendor_registrar
    monkeypatch.setattr(module, "registrar", replace(module.registrar, copy_queue_arn=""))

    _register(world)

    assert _readers(world) == [("email", "catalogue@acme.example")]


def test_nothing_changes_when_a_vendor_is_registered_twice(world: World) -> None:
    first = _register(world)
    before = (_vendor(world), _readers(world))

    second = _register(world)

    assert second == {**first, "invitation": "not sent: the vendor has people already, or is suspended"}
    assert (_vendor(world), _readers(world)) == before
    assert world.database.execute("SELECT count(*) FROM vendors") == [(3,)]


def test_vendor_is_updated_when_it_is_registered_differently(world: World) -> None:
    _register(world)
    ((created, updated),) = world.database.execute(
        "SELECT created_at, updated_at FROM vendors WHERE vendor_id = 'VEND042'"
    )

    _register(world, vendor_name="Acme Ltd", status="suspended")

    assert _vendor(world) == [("Acme Ltd", "catalogue@acme.example", "suspended", TOPIC_ARN)]
    ((created_then, updated_then),) = world.database.execute(
        "SELECT created_at, updated_at FROM vendors WHERE vendor_id = 'VEND042'"
    )
    assert created_then == created
    assert updated_then > updated


def test_vendor_is_registered_when_the_database_crashed_since_the_last_one(world: World) -> None:
    _register(world, vendor_id="VEND043", email="other@vendors.example")
    world.database.crash(world.functions.vendor_registrar.registrar.database._connection)

    _register(world)

    assert _vendor(world) == [("Acme Peripherals", "catalogue@acme.example", "active", TOPIC_ARN)]


def test_vendors_do_not_share_a_topic_when_two_are_registered(world: World) -> None:
    other = _register(world, vendor_id="VEND043", email="other@vendors.example")
    _register(world)

    assert other["topic_arn"] != TOPIC_ARN
    assert ("email", "other@vendors.example") not in _readers(world)


def test_nothing_is_created_when_the_registration_is_invalid(world: World) -> None:
    topics = world.sns.list_topics()["Topics"]

    # By name: the modules of a handler may be loaded more than once.
    with pytest.raises(ValueError, match=r"^vendor_id: .*; email: an e-mail address$"):
        _register(world, vendor_id="no/folder", email="nobody")

    assert world.sns.list_topics()["Topics"] == topics
    assert world.database.execute("SELECT count(*) FROM vendors") == [(2,)]


def test_log_has_no_address_when_a_vendor_is_registered(world: World, caplog: pytest.LogCaptureFixture) -> None:
    _register(world)

    assert "acme.example" not in caplog.text


def test_first_person_is_invited_when_a_vendor_is_registered(world: World) -> None:
    _register(world)

    assert world.users() == {"catalogue@acme.example": "FORCE_CHANGE_PASSWORD"}
    assert world.access.vendor_status("VEND042") == "active"
    assert [person.email for person in world.access.people("VEND042")] == ["catalogue@acme.example"]


def test_vendor_is_kept_out_everywhere_when_suspended_and_let_in_when_resumed(world: World) -> None:
    _register(world)
    registrar = world.functions.vendor_registrar

    for status in ("suspended", "suspended", "active"):
        answer = registrar.handler({"vendor_id": "VEND042", "status": status}, CONTEXT)

        assert answer == {"vendor_id": "VEND042", "status": status}
        assert _vendor(world) == [("Acme Peripherals", "catalogue@acme.example", status, TOPIC_ARN)]
        assert world.access.vendor_status("VEND042") == status


def test_vendor_stays_suspended_when_it_is_registered_again(world: World) -> None:
    _register(world)
    world.functions.vendor_registrar.handler({"vendor_id": "VEND042", "status": "suspended"}, CONTEXT)

    answer = _register(world, vendor_name="Acme Ltd")

    assert answer["status"] == "suspended"
    assert _vendor(world) == [("Acme Ltd", "catalogue@acme.example", "suspended", TOPIC_ARN)]
    assert world.access.vendor_status("VEND042") == "suspended"


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"vendor_id": "VEND404", "status": "suspended"}, "VEND404 is not registered"),
        ({"vendor_id": "VEND042", "status": "asleep"}, "status: one of active, suspended"),
    ],
)
def test_status_stays_when_it_cannot_be_changed(world: World, event: dict[str, str], message: str) -> None:
    _register(world)

    with pytest.raises((LookupError, ValueError), match=message):
        world.functions.vendor_registrar.handler(event, CONTEXT)

    assert world.access.vendor_status("VEND404") is None
    assert world.access.vendor_status("VEND042") == "active"


def test_registration_fails_when_the_access_manager_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _register(world, vendor_id="VEND041", email="taken@acme.example")

    with pytest.raises(ValueError, match="signs in for somebody else: invite another person"):
        _register(world, email="taken@acme.example")
