"""Undelivered Uploads: the parser gave an event up; its upload still ends."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.handlers.world import CONTEXT, World, csv_of, product, sample, sqs_event

ROWS = [product(1), product(2, price="free")]


def _deliver(world: World, *bodies: str) -> Any:
    return world.functions.undelivered_uploads.handler(sqs_event(bodies), CONTEXT)


def _kept(world: World) -> list[str]:
    return world.queued(world.undelivered_upload_queue_url)


def test_upload_has_its_execution_when_the_parser_never_started_it(world: World) -> None:
    event = world.put(csv_of(ROWS))

    answer = _deliver(world, json.dumps(event))

    assert answer == {"batchItemFailures": []}
    assert world.executions() == [world.upload_of(event).upload_id]
    assert _kept(world) == [json.dumps(event)]


def test_upload_is_finished_from_its_file_when_its_execution_gives_up_waiting(world: World) -> None:
    event = world.put(csv_of(ROWS))
    _deliver(world, json.dumps(event))
    started = world.execution_input(world.upload_of(event))

    completion = world.functions.reconciler.handler({"upload": started}, CONTEXT)

    assert (completion["valid_records"], completion["error_records"]) == (1, 1)


def test_only_the_event_is_kept_when_the_upload_has_its_execution(world: World) -> None:
    event = world.put(csv_of(ROWS))
    world.parse(event)

    _deliver(world, json.dumps(event))

    assert world.executions() == [world.upload_of(event).upload_id]
    assert _kept(world) == [json.dumps(event)]


@pytest.mark.parametrize("body", ["", "hello", "[]", "{}", '{"Records": [{}]}', '{"Records": 1}'])
def test_message_is_kept_when_it_is_no_event_of_s3(world: World, body: str) -> None:
    answer = _deliver(world, body or " ")

    assert answer == {"batchItemFailures": []}
    assert world.executions() == []
    assert _kept(world) == [body or " "]


def test_test_event_of_s3_starts_nothing_when_it_comes_here(world: World) -> None:
    _deliver(world, json.dumps(sample("s3_test_event")))

    assert world.executions() == []


def test_event_stays_in_the_dead_letter_queue_when_the_execution_cannot_be_started(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = world.put(csv_of(ROWS)), world.put(csv_of(ROWS), "uploads/VEND002/products.csv")
    step_functions = world.functions.undelivered_uploads.undelivered.executions.step_functions
    start, failing = step_functions.start_execution, world.upload_of(bad).upload_id

    def fail(**request: Any) -> Any:
        if request["name"] == failing:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "StartExecution")
        return start(**request)

    monkeypatch.setattr(step_functions, "start_execution", fail)
    answer = _deliver(world, json.dumps(good), json.dumps(bad))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert _kept(world) == [json.dumps(good)]
