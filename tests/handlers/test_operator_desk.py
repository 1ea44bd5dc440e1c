"""The operators' commands that are recorded, and the check of addresses once a day."""

from typing import Any

import pytest

from tests.handlers.test_operators_commands import run as run  # noqa: PLC0414 - the fixture
from tests.handlers.world import CONTEXT, World


def recorded(world: World) -> list[tuple[Any, ...]]:
    return world.database.execute("SELECT action, subject FROM operator_actions ORDER BY action_id")


def test_category_is_managed_and_recorded_when_commands_say_so(world: World, run: Any) -> None:
    # The function, run in this process, logs to the same output.
    assert run("category", "add", "--name", "Garden")[1].endswith("Garden: active\n")
    renamed = run("category", "rename", "--name", "garden", "--new-name", "Gardens")[1]
    assert renamed.endswith("Gardens: active, formerly Garden\n")
    assert run("category", "retire", "--name", "Gardens")[1].endswith("Gardens: retired, formerly Garden\n")
    assert run("category", "restore", "--name", "Gardens")[0] == 0
    assert run("category", "add", "--name", "audio")[2] == "There is a category Audio already.\n"
    assert "Audio: active, 0 products" in run("category", "list")[1]

    assert recorded(world) == [
        ("add_category", "Garden"),
        ("rename_category", "Gardens"),
        ("retire_category", "Gardens"),
        ("restore_category", "Gardens"),
    ]


def test_commands_are_recorded_under_the_identity_that_they_run_with(world: World, run: Any) -> None:
    run("register", "--vendor", "VEND042", "--name", "Acme", "--email", "anna@acme.example")
    run("api-key", "--vendor", "VEND042", "--label", "Nightly")
    run("confirm-address", "--vendor", "VEND042")
    run("suspend", "--vendor", "VEND042")

    assert recorded(world) == [
        ("register_vendor", "VEND042"),
        ("create_api_key", "VEND042"),
        ("suspend_vendor", "VEND042"),
    ]
    assert world.database.execute("SELECT DISTINCT actor FROM operator_actions") == [
        (world.functions.client("sts").get_caller_identity()["Arn"],)
    ]


def test_unconfirmed_vendors_are_counted_and_asked_about_first(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.database.execute("UPDATE vendors SET email_asked_at = now() - interval '3 days'")
    topic = world.database.execute("SELECT notification_topic_arn FROM vendors WHERE vendor_id = 'VEND001'")[0][0]
    world.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="vend001@vendors.example")

    answer = world.functions.address_checker.handler(
        {}, type("Context", (), {**vars(CONTEXT), "get_remaining_time_in_millis": lambda self: 900_000})()
    )

    assert answer == {"checked": 2, "overdue": 1}
    assert world.database.execute(
        "SELECT vendor_id, email_confirmed_at IS NOT NULL, email_checked_at IS NOT NULL FROM vendors ORDER BY 1"
    ) == [("VEND001", True, True), ("VEND002", False, True)]
    assert '"VendorsUnconfirmed":[1.0]' in capsys.readouterr().out
