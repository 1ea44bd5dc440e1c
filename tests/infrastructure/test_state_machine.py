"""The definition: every state says what it is, every wait ends, every failure goes somewhere."""

import re
from typing import Any

import pytest

from tests.infrastructure.template import Template

States = dict[str, dict[str, Any]]
_SMALL_WORDS = {"It", "of", "to", "by", "and"}


@pytest.fixture(scope="session")
def machine(prod: Template) -> dict[str, Any]:
    return prod.state_machine()


@pytest.fixture(scope="session")
def states(machine: dict[str, Any]) -> States:
    return machine["States"]


def successors(state: dict[str, Any]) -> set[str]:
    branches = [state, *state.get("Choices", []), *state.get("Catch", [])]
    return {branch[key] for branch in branches for key in ("Next", "Default") if key in branch}


def test_state_has_a_comment_and_a_title(machine: dict[str, Any], states: States) -> None:
    assert machine["Comment"]
    for name, state in states.items():
        assert state.get("Comment"), name
        for word in name.rstrip("?").split():
            assert word[0].isupper() or word in _SMALL_WORDS, name


def test_choice_is_a_question(states: States) -> None:
    for name, state in states.items():
        assert name.endswith("?") == (state["Type"] == "Choice"), name


def test_task_ends_is_repeated_and_its_failure_is_caught(states: States) -> None:
    for name, state in states.items():
        if state["Type"] != "Task":
            continue
        assert state["Retry"], name
        assert any("States.ALL" in catch["ErrorEquals"] for catch in state["Catch"]), name
        assert 0 < state["TimeoutSeconds"] <= 3600, name


def test_function_has_time_to_end_before_its_state(prod: Template, states: States) -> None:
    functions = prod.functions()

    assert states["Record Outcome"]["TimeoutSeconds"] > functions["OutcomeRecorder"]["Timeout"]
    for name in ("Recover Stalled Upload", "Restore Error Rows"):
        assert states[name]["TimeoutSeconds"] > functions["Reconciler"]["Timeout"]


def test_lambda_task_is_repeated_when_lambda_has_no_room(states: States) -> None:
    for name, state in states.items():
        if state.get("Resource", "").endswith("lambda:invoke"):
            repeated = {error for retry in state["Retry"] for error in retry["ErrorEquals"]}
            assert {"Lambda.TooManyRequestsException", "Lambda.ServiceException", "States.ALL"} <= repeated, name


def test_every_state_is_reached_and_leads_to_an_end(machine: dict[str, Any], states: States) -> None:
    reached, waiting = set(), [machine["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += successors(states[name])

    assert reached == set(states)
    ends = {name for name, state in states.items() if state["Type"] in ("Succeed", "Fail")}
    leads_to_end = set(ends)
    while more := {name for name in states if name not in leads_to_end and successors(states[name]) & leads_to_end}:
        leads_to_end |= more
    assert leads_to_end == set(states)
    assert not [name for name, state in states.items() if state.get("End")]


def test_end_states_are_those_of_the_runbook(states: States) -> None:
    failures = {name for name, state in states.items() if state["Type"] == "Fail"}

    assert failures == {
        *("Stalled Upload Closed", "Stalled Upload Abandoned", "Error Report Missing"),
        *("Outcome Not Recorded", "Vendor Not Notified"),
    }
    for name in failures:
        assert states[name]["Error"] == name.replace(" ", "")
        section = name.lower().replace(" ", "-")
        assert f"${{HttpApi.ApiEndpoint}}/portal/runbook.html#{section}'" in states[name]["Cause"]


def test_callback_of_the_first_wait_is_conditional(states: States) -> None:
    wait = states["Await Validation"]

    assert wait["Resource"].endswith("aws-sdk:dynamodb:updateItem.waitForTaskToken")
    assert wait["Arguments"]["ConditionExpression"] == "attribute_not_exists(completion)"
    caught = {error for catch in wait["Catch"] for error in catch["ErrorEquals"]}
    assert {"DynamoDb.ConditionalCheckFailedException", "DynamoDB.ConditionalCheckFailedException"} <= caught


def test_machine_is_standard_and_logs_no_data(prod: Template) -> None:
    found = prod.properties("UploadStateMachine")

    assert found["StateMachineType"] == "STANDARD"
    assert found["LoggingConfiguration"]["Level"] == "ALL"
    assert found["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_names_fit_what_the_console_shows(states: States) -> None:
    for name in states:
        assert len(name) <= 80, name  # Step Functions' limit
        assert re.fullmatch(r"[A-Za-z ]+\??", name), name
