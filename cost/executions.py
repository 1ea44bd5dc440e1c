"""What an execution of the state machine did, read from its history."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from cost.errors import CostError

_INTEGRATION = re.compile(r"arn:aws:states:::(?:aws-sdk:)?(\w+):(\w+?)(?:\.(?:sync|waitForTaskToken)(?::\d)?)?")
_SERVICES = {"sfn": "states"}


def transitions(events: Iterable[Mapping[str, Any]]) -> int:
    """Return the state transitions that Standard workflows bill: every state entered and every retry of a task."""
    kinds = Counter(event["type"] for event in events)
    entered = sum(count for kind, count in kinds.items() if kind.endswith("StateEntered"))
    attempts = sum(count for kind, count in kinds.items() if kind.endswith("Scheduled"))
    return entered + max(0, attempts - kinds["TaskStateEntered"])


def calls(events: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return how often the execution called each `service:Operation`, retries included."""
    found: Counter[str] = Counter()
    for event in events:
        if event["type"] == "TaskScheduled":
            found[operation_of(event["taskScheduledEventDetails"]["resource"])] += 1
    return found


def operation_of(resource: str) -> str:
    """Return `service:Operation` for the resource of a Task state. Raises CostError when it names none."""
    match = _INTEGRATION.fullmatch(resource)
    if match is None:
        raise CostError(f"the state machine calls {resource}, which cost/executions.py does not know")
    service, action = match.groups()
    return f"{_SERVICES.get(service, service)}:{action[0].upper()}{action[1:]}"
