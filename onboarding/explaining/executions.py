"""Reads executions of an upload from Step Functions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from onboarding.explaining.facts import ExecutionFacts, Step

_FAILURES = (
    "taskFailedEventDetails",
    "taskTimedOutEventDetails",
    "taskSubmitFailedEventDetails",
    "taskStartFailedEventDetails",
    "evaluationFailedEventDetails",
)
_NO_FAILURES = [
    ("Await Validation", f"{service}.ConditionalCheckFailedException") for service in ("DynamoDb", "DynamoDB")
]
"""How a state hears that there is nothing to wait for: the upload was complete before its execution waited."""
_CAUSE_CHARACTERS = 500
_MOST_REDRIVES = 100
_MOST_LISTED = 1000


@dataclass(slots=True)
class _Stay:
    state: str
    entered_at: datetime
    left_at: datetime | None = None
    tries: int = 0
    causes: list[str] = field(default_factory=list)

    def as_step(self) -> Step:
        return Step(self.state, self.entered_at, self.left_at, self.tries, tuple(self.causes))


def read_executions(step_functions: Any, state_machine_arn: str, upload_id: str) -> Iterator[ExecutionFacts]:
    """Yield the upload's execution and its redrives, in order."""
    prefix = state_machine_arn.replace(":stateMachine:", ":execution:")
    for number in range(_MOST_REDRIVES):
        name = upload_id if number == 0 else f"{upload_id}_redrive_{number}"
        try:
            described = step_functions.describe_execution(executionArn=f"{prefix}:{name}")
        except step_functions.exceptions.ExecutionDoesNotExist:
            if number:
                return
            continue  # the first one is forgotten 90 days after it ended
        yield _execution(step_functions, described)


def find_upload_id(step_functions: Any, state_machine_arn: str, digest: str) -> str | None:
    """Return the upload id with this digest at its end, among the latest executions."""
    pages = step_functions.get_paginator("list_executions").paginate(
        stateMachineArn=state_machine_arn, PaginationConfig={"MaxItems": _MOST_LISTED}
    )
    for page in pages:
        for execution in page["executions"]:
            if execution["name"].endswith(f"_{digest}"):
                return str(execution["name"])
    return None


def wait_seconds(step_functions: Any, state_machine_arn: str) -> int | None:
    """Return how long an execution that starts now would wait for its rows."""
    definition = json.loads(step_functions.describe_state_machine(stateMachineArn=state_machine_arn)["definition"])
    seconds = definition["States"].get("Await Validation", {}).get("TimeoutSeconds")
    return seconds if isinstance(seconds, int) else None


def _execution(step_functions: Any, described: Mapping[str, Any]) -> ExecutionFacts:
    steps, recorded = _history(step_functions, described["executionArn"])
    stopped = described.get("stopDate")
    return ExecutionFacts(
        name=described["name"],
        arn=described["executionArn"],
        status=described["status"],
        started_at=_utc(described["startDate"]),
        stopped_at=None if stopped is None else _utc(stopped),
        error=described.get("error") or None,
        cause=described.get("cause") or None,
        input=_mapping(described.get("input")),
        output={**recorded, **_mapping(described.get("output"))},
        steps=tuple(stay.as_step() for stay in steps),
    )


def _history(step_functions: Any, arn: str) -> tuple[list[_Stay], Mapping[str, Any]]:
    """Return the states that the execution was in, and what the last `Record Outcome` gave."""
    stays: list[_Stay] = []
    recorded: Mapping[str, Any] = {}
    for page in step_functions.get_paginator("get_execution_history").paginate(executionArn=arn):
        for event in page["events"]:
            if entered := event.get("stateEnteredEventDetails"):
                stays.append(_Stay(entered["name"], _utc(event["timestamp"])))
            elif stays:
                _note(stays[-1], event)
                left = event.get("stateExitedEventDetails")
                if left and left["name"] == "Record Outcome":
                    recorded = _mapping(left.get("output"))
    return stays, recorded


def _note(stay: _Stay, event: Mapping[str, Any]) -> None:
    if event["type"] == "TaskScheduled":
        stay.tries += 1
    elif "stateExitedEventDetails" in event:
        stay.left_at = _utc(event["timestamp"])
    for name in _FAILURES:
        if (failed := event.get(name)) and (stay.state, failed.get("error")) not in _NO_FAILURES:
            stay.causes.append(f"{failed.get('error', '')} {failed.get('cause', '')}".strip()[:_CAUSE_CHARACTERS])


def _mapping(text: str | None) -> Mapping[str, Any]:
    """Return a JSON object; empty for any other value."""
    value = json.loads(text or "null")
    return value if isinstance(value, dict) else {}


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
