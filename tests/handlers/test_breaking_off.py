"""A function is killed between any two of its calls, and what it was given comes again: nothing else comes of it."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from botocore.client import BaseClient

from onboarding.stores.database import Database
from tests.handlers.world import CONTEXT, NAME, World, csv_of, product, sqs_event

# A function that has seen its rows before has nothing to count.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

Ask = Callable[[World, str], Any]


class KilledError(BaseException):
    """No handler catches it, as nothing in a function hears that it is killed."""


class Killer:
    """Breaks off once this call of AWS, or this transaction, is done; those that are watched are counted from 0."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._calls = itertools.count()
        self.has_struck = False

    def runs(self, work: Callable[[], Any]) -> bool:
        """Run the work and return whether it came to its end."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(BaseClient, "_make_api_call", self._breaking(BaseClient._make_api_call))
            patched.setattr(Database, "run", self._breaking(Database.run))
            try:
                work()
            except KilledError:
                self.has_struck = True
        return not self.has_struck

    def _breaking(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def broken(*arguments: Any) -> Any:
            answer = call(*arguments)
            if next(self._calls) == self._last:
                raise KilledError
            return answer

        return broken


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

    for call in itertools.count():
        vendor_id = known_vendor()
        if Killer(call).runs(lambda: ASKED_FOR[what](world, vendor_id)):  # noqa: B023 - run at once
            assert call > 1  # it makes that many calls, and was killed after each
            return
        ASKED_FOR[what](world, vendor_id)
        assert state_of(world, vendor_id) == wanted, f"killed after call {call}"


##### Uploads


def follow(world: World, vendor_id: str, key: str, rows: Sequence[dict[str, str]], killer: Killer) -> Any:
    """Take a file through the functions and return the upload; what the killer breaks off comes once more."""
    functions = world.functions

    def deliver(work: Callable[[], Any]) -> None:
        if killer.has_struck or not killer.runs(work):
            work()

    event = world.put(csv_of(rows), key)
    upload = world.upload_of(event)
    batch = world.queued_event(event)
    deliver(lambda: functions.csv_parser.handler(batch, CONTEXT))
    world.wait_for_validation(upload, f"token of {vendor_id}")
    items = world.staged(upload)
    deliver(lambda: world.validate(items[:3]))
    deliver(lambda: world.validate(items[2:]))
    bodies = world.queued()
    deliver(lambda: world.process_errors(sqs_event(bodies)))
    completion = world.completion(upload)
    deliver(lambda: world.request_report(upload, completion["error_records"]))
    files = {
        f"{name}_s3_key": f"errors/{vendor_id}/{upload.upload_id}_{file}.csv"
        for name, file in (("error_file", "errors"), ("corrections_file", "corrections"))
    }
    recorded = {"upload": upload.as_execution_input(), "completion": completion, **files}
    deliver(lambda: functions.outcome_recorder.handler(recorded, CONTEXT))
    return upload


def outcome_of(world: World, upload: Any) -> str:
    """Return all that has come of an upload, wherever it is kept, with its id and its vendor's left out."""

    def rows(columns: str, tables: str, condition: str) -> Any:
        return world.database.execute(f"SELECT {columns} FROM {tables} WHERE {condition} ORDER BY 1, 2")

    this, ours = f"upload_id = '{upload.upload_id}'", f"vendor_id = '{upload.vendor_id}'"
    counts = "total_records, valid_records, error_records, changed_records, unchanged_records, superseded_records"
    state = (
        rows(f"status, is_preview, codes, {counts}, changed_fields::text", "upload_history", this),
        rows("sku, price, category, status", "products", ours),
        rows("row_number, error_type, field, error_message", "validation_errors", this),
        rows("row_number, fields, old_values::text, new_values::text", "product_changes", this),
        rows("uploads, failed, total_rows, valid_rows, error_rows", "daily_uploads", ours),
        rows("code, field, uploads, rows", "daily_causes", ours),
        rows("vendor_id, sum(uploads)", "daily_durations", f"{ours} GROUP BY vendor_id"),
        sorted(world.statuses(upload).items()),
        world.report(upload),
        world.corrections(upload),
        world.executions().count(upload.upload_id),
        # The execution may be answered twice, and with the same.
        {repr(output) for token, output in world.callbacks.succeeded if token == f"token of {upload.vendor_id}"},
    )
    return repr(state).replace(upload.upload_id, "").replace(upload.vendor_id, "")


@pytest.mark.parametrize("folder", ["uploads/", "updates/"])
def test_upload_ends_the_same_when_a_function_is_killed_anywhere(world: World, folder: str) -> None:
    numbers = itertools.count(100)

    def end(killer: Killer) -> str:
        vendor_id = f"VEND{next(numbers)}"
        world.database.execute(
            "INSERT INTO vendors (vendor_id, vendor_name, email) VALUES (%s, 'Acme', 'anna@acme.example')", vendor_id
        )
        listed = [product(n, sku=f"{vendor_id}-{n}") for n in range(1, 5)]
        if folder == "updates/":
            world.validate(world.staged(world.stage(listed, f"uploads/{vendor_id}/listed.csv")))
            world.database.execute(
                "UPDATE upload_history SET upload_timestamp = upload_timestamp - interval '1 minute'"
            )
            world.queued()
        wanted = [each | {"price": "17.50"} for each in listed]
        wanted[1]["price"] = "free"
        wanted[3]["category"] = "Adio"
        return outcome_of(world, follow(world, vendor_id, f"{folder}{vendor_id}/products.csv", wanted, killer))

    undisturbed = end(Killer(-1))

    for call in itertools.count():
        killer = Killer(call)
        assert end(killer) == undisturbed, f"killed after call {call}"
        if not killer.has_struck:
            assert call > 20  # the functions make that many calls, and were killed after each
            return
