"""An execution as an operator sees it: its input, and what went into and came out of each state."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Visit:
    """One time that a state was entered; `output` is None for a state that was never left."""

    state: str
    input: Any
    output: Any


@dataclass(frozen=True, slots=True)
class Execution:
    arn: str
    name: str
    status: str
    input: Any
    output: Any
    cause: str
    visits: tuple[Visit, ...]

    @property
    def states(self) -> list[str]:
        return [visit.state for visit in self.visits]

    @property
    def ended_in(self) -> str:
        return self.visits[-1].state

    def output_of(self, state: str) -> Any:
        """Return what the state gave when it was last left."""
        return [visit.output for visit in self.visits if visit.state == state][-1]


def read_execution(step_functions: Any, arn: str) -> Execution | None:
    """Return the execution of this ARN, or None when nothing has started one."""
    try:
        described = step_functions.describe_execution(executionArn=arn)
    except step_functions.exceptions.ExecutionDoesNotExist:
        return None
    return Execution(
        arn=arn,
        name=described["name"],
        status=described["status"],
        input=json.loads(described["input"]),
        output=json.loads(described.get("output") or "null"),
        cause=described.get("cause") or "",
        visits=_visits(step_functions, arn),
    )


def _visits(step_functions: Any, arn: str) -> tuple[Visit, ...]:
    visits: list[Visit] = []
    for page in step_functions.get_paginator("get_execution_history").paginate(executionArn=arn):
        for event in page["events"]:
            if entered := event.get("stateEnteredEventDetails"):
                visits.append(Visit(entered["name"], json.loads(entered["input"]), None))
            elif left := event.get("stateExitedEventDetails"):
                visits[-1] = Visit(visits[-1].state, visits[-1].input, json.loads(left["output"]))
    return tuple(visits)
