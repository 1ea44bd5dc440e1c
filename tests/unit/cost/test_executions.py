"""What an execution is billed for, from its history."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cost.errors import CostError
from cost.executions import calls, operation_of, transitions
from cost.prices import Prices

_PROJECT = Path(__file__).parents[3]
_QUEUE = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


def _event(kind: str, resource: str | None = None) -> dict[str, Any]:
    return {"type": kind} | ({"taskScheduledEventDetails": {"resource": resource}} if resource else {})


def test_every_state_entered_is_a_transition() -> None:
    events = [
        _event("ExecutionStarted"),
        _event("TaskStateEntered"),
        _event("TaskScheduled", _QUEUE),
        _event("TaskSucceeded"),
        _event("TaskStateExited"),
        _event("ChoiceStateEntered"),
        _event("ChoiceStateExited"),
        _event("SucceedStateEntered"),
        _event("ExecutionSucceeded"),
    ]

    assert transitions(events) == 3


def test_every_retry_is_a_transition_and_a_call_more() -> None:
    events = [_event("TaskStateEntered"), *[_event("TaskScheduled", _QUEUE), _event("TaskFailed")] * 3]

    assert transitions(events) == 3
    assert calls(events) == {"sqs:SendMessage": 3}


def test_a_state_without_an_attempt_does_not_hide_one() -> None:
    assert transitions([_event("TaskStateEntered")]) == 1


def test_a_resource_that_is_no_call_of_a_service_stops_the_count() -> None:
    with pytest.raises(CostError, match="activity"):
        operation_of("arn:aws:states:us-east-1:123456789012:activity:paint")


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


def test_every_call_of_the_state_machine_has_a_price() -> None:
    machine = yaml.load((_PROJECT / "statemachines" / "upload.asl.yml").read_text(), Loader=_Loader)
    resources = {state["Resource"] for state in machine["States"].values() if state["Type"] == "Task"}

    for resource in resources:
        Prices.load().meter_of(operation_of(resource))

    assert len(resources) > 3
