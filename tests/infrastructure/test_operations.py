"""Dashboard, alarms, saved queries, outputs."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.template import Template, mentions

PROJECT = Path(__file__).parent.parent.parent
RUNBOOK = PROJECT / "docs" / "runbook.md"
RUNBOOK_SECTIONS = {
    "error-dead-letter-queue",
    "undelivered-uploads",
    "upload-event-queue-age",
    "stalled-uploads",
    "unknown-vendors",
    "unreachable-vendors",
    "unconfirmed-addresses",
    "corrections-not-built",
    "unannounced-end",
    "failed-executions",
    "function-errors",
    "iterator-age",
    "error-queue-age",
    "database-capacity",
    "database-connections",
}


def test_alarm_reaches_operations_and_says_where_to_read_on(prod: Template) -> None:
    alarms = prod.of_type("AWS::CloudWatch::Alarm")

    sections = set()
    for name, alarm in alarms.items():
        assert mentions(alarm["AlarmActions"], "OperationsTopic"), name
        assert alarm["TreatMissingData"] == "notBreaching", name
        address = r" \$\{HttpApi\.ApiEndpoint\}/portal/runbook\.html#([a-z-]+)$"
        link = re.search(address, alarm["AlarmDescription"]["Fn::Sub"])
        assert link, name
        assert alarm["AlarmName"].endswith(link[1]), name
        sections.add(link[1])
    assert sections == RUNBOOK_SECTIONS


def test_runbook_has_a_section_for_every_alarm() -> None:
    headings = re.findall(r"^#+ (.*)$", RUNBOOK.read_text(), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}

    assert anchors >= RUNBOOK_SECTIONS | {"database-storage"}  # the last one for an instance only


def test_every_function_is_in_one_alarm_on_errors(prod: Template) -> None:
    counted = []
    for part in ("Pipeline", "Doors", "Upkeep"):
        metrics = prod.properties(f"{part}FunctionErrorsAlarm")["Metrics"]
        names = [each["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for each in metrics if "MetricStat" in each]
        assert len(names) <= 10, part  # CloudWatch's limit for one alarm
        assert metrics[0]["Expression"].count("FILL(") == len(names), part
        counted += names

    assert sorted(counted) == sorted(function["FunctionName"] for function in prod.functions().values())


def test_packaging_stops_when_a_part_has_more_functions_than_an_alarm_takes() -> None:
    program = """
        const { pipelineErrors } = require('./resources/monitoring/alarm-metrics.js');
        const functions = Object.fromEntries([...Array(11).keys()].map((n) => [`f${n}`, { name: `f${n}` }]));
        pipelineErrors({ resolveVariable: async () => functions }).catch((error) => console.log(error.message));
    """

    result = subprocess.run(["node", "-e", program], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert result.stdout.startswith(
        "functions/pipeline.yml has 11 functions, but the alarm on their errors takes at most 10."
    )


def test_nothing_but_alarms_writes_to_operations(prod: Template) -> None:
    # One message for each execution would make SNS suspend the address.
    assert not any(mentions(reference, "OperationsTopic") for reference in prod.state_machine_references())
    for owner, statement in prod.identity_statements():
        assert not mentions(statement["Resource"], "OperationsTopic"), owner


def test_custom_metrics_of_stages_stay_apart(prod: Template) -> None:
    alarm = prod.properties("StalledUploadsAlarm")
    variables = prod.functions()["Reconciler"]["Environment"]["Variables"]

    assert alarm["Namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": variables["POWERTOOLS_SERVICE_NAME"]}]
    assert "prod" in variables["POWERTOOLS_SERVICE_NAME"]


@pytest.fixture(scope="session")
def dashboard(prod: Template) -> list[dict[str, Any]]:
    return json.loads(prod.properties("Dashboard")["DashboardBody"]["Fn::Sub"][0])["widgets"]


def test_dashboard_shows_what_operators_ask_for(dashboard: list[dict[str, Any]]) -> None:
    titles = {widget["properties"]["title"] for widget in dashboard}

    assert titles >= {
        *("Uploads by outcome", "Rows by verdict", "Time from upload to outcome", "Executions by status"),
        *("Dead letters", "Oldest waiting: queues (s)", "Oldest waiting: staged rows (ms)"),
        *("Function errors", "Function throttles", "Function duration p95 (ms)"),
        *("Database connections", "Database capacity"),
    }
    stats = {
        metric[-1]["stat"]
        for widget in dashboard
        if widget["properties"]["title"] == "Time from upload to outcome"
        for metric in widget["properties"]["metrics"]
    }
    assert stats == {"p50", "p95"}


def test_dashboard_widgets_do_not_overlap(dashboard: list[dict[str, Any]]) -> None:
    places = {(widget["x"], widget["y"]) for widget in dashboard}

    assert len(places) == len(dashboard)
    assert all(widget["x"] + widget["width"] <= 24 for widget in dashboard)  # CloudWatch's grid


def test_dashboard_names_exist(prod: Template, dashboard: list[dict[str, Any]]) -> None:
    text = json.dumps(dashboard)
    variables = prod.properties("Dashboard")["DashboardBody"]["Fn::Sub"][1]
    functions = {function["FunctionName"] for function in prod.functions().values()}
    queues = {queue["QueueName"] for queue in prod.of_type("AWS::SQS::Queue").values()}

    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(variables)
    assert set(re.findall(r'"FunctionName", "([^"]+)"', text)) <= functions
    assert set(re.findall(r'"QueueName", "([^"]+)"', text)) <= queues


def test_dashboard_shows_metrics_that_functions_emit(dashboard: list[dict[str, Any]]) -> None:
    shown = [metric for widget in dashboard for metric in widget["properties"]["metrics"]]
    handlers = "".join(path.read_text() for path in Path("handlers").glob("*.py"))

    own = {metric[1] for metric in shown if metric[0] == "ProductOnboarding"}
    assert len(own) >= 6
    assert all(f'"{name}"' in handlers for name in own)
    assert len(shown) <= 50  # a larger dashboard costs $3 a month (CloudWatch pricing)


def test_saved_query_reads_log_groups_of_the_stack(prod: Template) -> None:
    queries = prod.of_type("AWS::Logs::QueryDefinition")
    groups = prod.of_type("AWS::Logs::LogGroup")

    assert len(queries) >= 4
    for query in queries.values():
        assert {each["Ref"] for each in query["LogGroupNames"]} <= set(groups)


def test_email_of_operations_is_subscribed_when_given(prod: Template) -> None:
    assert prod.resources["OperationsEmail"]["Condition"] == "HasOperationsEmail"
    assert prod.properties("OperationsEmail")["Protocol"] == "email"


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_stack_has_the_outputs_that_others_rely_on(request: pytest.FixtureRequest, stage: str) -> None:
    template: Template = request.getfixturevalue(stage)

    assert set(template.outputs) >= {
        *("UploadBucketName", "StagingTableName", "ErrorQueueUrl", "ErrorDeadLetterQueueUrl"),
        *("UploadStateMachineArn", "DatabaseSecretArn", "OperationsTopicArn", "ApiUrl"),
    }
