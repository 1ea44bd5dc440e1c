"""What executions and logs say, and the units of items in the staging table."""

import json
from typing import Any

import pytest

from cost.counting import Run, execution_calls, integration, runs_in, transitions
from cost.dynamodb_units import item_size, read_units, stored_bytes, write_units
from cost.prices import CostError, Prices
from operations.scale import read_yaml
from tests.metrics import metric_lines, series_in

_QUEUE = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


def _event(kind: str, resource: str | None = None) -> dict[str, Any]:
    return {"type": kind} | ({"taskScheduledEventDetails": {"resource": resource}} if resource else {})


def test_every_state_is_a_transition_when_it_is_entered() -> None:
    kinds = ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStateExited", "ChoiceStateEntered"]

    assert transitions([_event(kind, _QUEUE if kind == "TaskScheduled" else None) for kind in kinds]) == 2
    assert transitions([_event("TaskStateEntered")]) == 1


def test_every_attempt_is_a_transition_when_a_task_is_retried() -> None:
    events = [_event("TaskStateEntered"), *[_event("TaskScheduled", _QUEUE), _event("TaskFailed")] * 3]

    assert transitions(events) == 3
    assert execution_calls(events) == {("the execution", "sqs:SendMessage"): 3}


def test_count_stops_when_a_resource_is_no_call_of_a_service() -> None:
    with pytest.raises(CostError, match="activity"):
        integration("arn:aws:states:us-east-1:123456789012:activity:paint")


def test_every_call_has_a_price_when_the_state_machine_makes_it() -> None:
    machine = read_yaml("statemachines/upload.asl.yml")
    resources = {state["Resource"] for state in machine["States"].values() if state["Type"] == "Task"}

    for resource in resources:
        Prices.load().meter_of(integration(resource))

    assert len(resources) > 3


def test_a_run_is_found_when_a_report_line_ends_it() -> None:
    report = "REPORT RequestId: 1\tDuration: 410.20 ms\tBilled Duration: 411 ms\tMemory Size: 512 MB\tMax Memory: 80 MB"

    runs = list(runs_in("csv-parser", ["END RequestId: 1", report]))

    assert runs == [Run("csv-parser", 512, 411)]


def test_a_metric_is_billed_for_each_set_of_dimensions() -> None:
    directive = {"Namespace": "Shop", "Dimensions": [["b", "a"], ["a"]], "Metrics": [{"Name": "Uploads"}]}
    line = json.dumps({"_aws": {"CloudWatchMetrics": [directive]}, "a": "s", "b": "partial"})

    assert [series for each in metric_lines(line) for series in series_in(each)] == [
        "Shop Uploads (a=s, b=partial)",
        "Shop Uploads (a=s)",
    ]
    assert metric_lines("plain text") == []


def _item(record_id: str, **attributes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"upload_id": {"S": "U"}, "record_id": {"S": record_id}, **attributes}


def test_size_counts_names_values_and_what_holds_them_together() -> None:
    item: dict[str, dict[str, Any]] = {
        "é": {"S": "ab"},
        "n": {"N": "12"},
        "l": {"L": [{"S": "x"}]},
        "m": {"M": {"k": {"BOOL": True}}},
    }

    assert item_size(item) == (2 + 2) + (1 + 3) + (1 + 3 + 1 + 1) + (1 + 3 + 1 + 2)


def test_size_is_refused_when_a_type_is_not_known() -> None:
    with pytest.raises(CostError, match="BS"):
        item_size({"a": {"BS": []}})


def test_units_are_those_of_every_item_and_of_every_write_of_the_tracker() -> None:
    rows = [
        _item("00000001", status={"S": "pending_validation"}, name={"S": "x" * 1_100}),
        _item("validated#00000001", status={"S": "validated"}),
        _item("error#00000002", status={"S": "error"}, name={"S": "x" * 5_000}),
    ]

    assert write_units(rows, _item("#upload"), updates=3) == (2 + 1 + 5) + 3 * (3 + 1)
    assert read_units(rows, requests=4) == 4 + 2
    assert stored_bytes(rows) == sum(map(item_size, rows)) + 300
