"""Each function: what it is told, how long it may take, and what it is traced with."""

import importlib
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from api.services import DATABASE_PATIENCE_SECONDS
from onboarding import config as configuration
from onboarding.stores.database import PATIENCE_SECONDS
from tests.infrastructure.template import Template, mentions

PROJECT = Path(__file__).parent.parent.parent
# Read by libraries, not by our code.
LIBRARY_VARIABLES = {
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "POWERTOOLS_TRACER_CAPTURE_RESPONSE",
    "AWS_RETRY_MODE",
    "AWS_MAX_ATTEMPTS",
}
DATABASE_FUNCTIONS = {
    *("CsvParser", "ProductValidator", "OutcomeRecorder", "Reconciler"),
    *("VendorRegistrar", "SchemaMigrator", "SecretRotator", "AuditPurger", "UploadReverter", "UploadFinder"),
    *("VendorApi", "PortalApi", "AdminApi", "OperatorDesk", "AddressChecker"),
}
API_FUNCTIONS = {"VendorApi", "PortalApi", "AdminApi"}
IMPATIENT_FUNCTIONS = {*API_FUNCTIONS, "UploadFinder"}
"""Somebody waits for them, and comes back when the database sleeps."""


def config_of(function: dict[str, Any]) -> type[Any]:
    """Return the configuration class that the function's module fills from the environment."""
    source = (PROJECT / function["Handler"].replace(".handler", ".py")).read_text()
    found = re.findall(r"from_environment\((\w+)\)", source)
    assert len(found) == 1, function["Handler"]
    return getattr(configuration, found[0])


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_template_sets_every_variable_that_a_function_reads(request: pytest.FixtureRequest, stage: str) -> None:
    template: Template = request.getfixturevalue(stage)

    for name, function in template.functions().items():
        given = set(function["Environment"]["Variables"])
        needed = {field.name.upper() for field in fields(config_of(function)) if field.default is MISSING}
        assert needed <= given, name


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_function_reads_every_variable_that_the_template_sets(request: pytest.FixtureRequest, stage: str) -> None:
    template: Template = request.getfixturevalue(stage)

    for name, function in template.functions().items():
        given = set(function["Environment"]["Variables"]) - LIBRARY_VARIABLES
        read = {field.name.upper() for field in fields(config_of(function))}
        assert given <= read, name


def test_environment_is_read_in_one_place() -> None:
    readers = {
        path.relative_to(PROJECT).as_posix()
        for folder in ("handlers", "api", "onboarding", "rules")
        for path in (PROJECT / folder).rglob("*.py")
        if re.search(r"os\.environ|os\.getenv|from os import", path.read_text())
    }

    assert readers == {"onboarding/config.py"}


def test_every_handler_is_deployed(prod: Template) -> None:
    modules = {path.stem for path in (PROJECT / "handlers").glob("*.py")} - {"__init__"}

    assert {found["Handler"] for found in prod.functions().values()} == {
        f"handlers.{name}.handler".replace("handlers.", "handlers/", 1) for name in modules
    }


def test_function_runs_on_the_runtime_that_its_wheels_are_for(prod: Template) -> None:
    for name, function in prod.functions().items():
        assert function["Runtime"] == "python3.13", name
        assert function["Architectures"] == ["arm64"], name
        reads_files = name in ("CsvParser", "Reconciler", "ErrorProcessor")
        assert function["MemorySize"] == 1024 if reads_files else function["MemorySize"] <= 512, name


def test_function_is_traced(prod: Template) -> None:
    for name, function in prod.functions().items():
        assert function["TracingConfig"] == {"Mode": "Active"}, name
    assert prod.properties("UploadStateMachine")["TracingConfiguration"] == {"Enabled": True}


def test_trace_keeps_no_answer(prod: Template) -> None:
    for name, function in prod.functions().items():
        assert function["Environment"]["Variables"]["POWERTOOLS_TRACER_CAPTURE_RESPONSE"] == "false", name
    # An argument in the code would outrank the variable; metadata would go past it.
    for folder in ("handlers", "onboarding"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            assert not re.search(r"capture_response=(?!False)|put_metadata|capture_method", path.read_text()), path


def test_database_function_waits_for_its_migrations(prod: Template) -> None:
    for name in DATABASE_FUNCTIONS - {"SchemaMigrator"}:
        assert "DatabaseSchema" in prod.resources[f"{name}LambdaFunction"]["DependsOn"], name
    # The other way round for the migrator: the schema is what it makes.
    assert "DatabaseSchema" not in prod.resources["SchemaMigratorLambdaFunction"]["DependsOn"]


@pytest.mark.parametrize(
    ("writer", "readers"),
    [
        ("CsvParser", ["ProductValidator"]),
        ("ProductValidator", ["ErrorProcessor"]),
        ("Reconciler", ["ErrorProcessor", "ProductValidator"]),
    ],
)
def test_readers_are_updated_before_the_function_whose_rows_or_messages_they_read(
    prod: Template, writer: str, readers: list[str]
) -> None:
    waits_for = prod.resources[f"{writer}LambdaFunction"]["DependsOn"]

    assert {f"{reader}LambdaFunction" for reader in readers} <= set(waits_for)


def test_portal_has_its_new_pages_after_the_functions_that_answer_them(prod: Template) -> None:
    waits_for = prod.resources["PortalSiteLambdaFunction"]["DependsOn"]

    assert {"PortalApiLambdaFunction", "AdminApiLambdaFunction"} <= set(waits_for)


def test_database_function_is_inside_the_network_and_no_other(prod: Template) -> None:
    inside = {name for name, function in prod.functions().items() if "VpcConfig" in function}
    uses_database = {
        name
        for name, function in prod.functions().items()
        if issubclass(config_of(function), configuration.DatabaseConfig)
    }

    assert inside == uses_database == DATABASE_FUNCTIONS


def test_function_in_the_network_speaks_ipv6(prod: Template) -> None:
    for name in DATABASE_FUNCTIONS:
        function = prod.functions()[name]
        assert function["VpcConfig"]["Ipv6AllowedForDualStack"] is True, name
        assert function["Environment"]["Variables"]["AWS_USE_DUALSTACK_ENDPOINT"] == "true", name


def test_database_function_outlives_the_wait_for_a_paused_database(prod: Template) -> None:
    for name in DATABASE_FUNCTIONS - IMPATIENT_FUNCTIONS:
        assert prod.functions()[name]["Timeout"] >= PATIENCE_SECONDS + 55, name  # and one statement's time limit


def test_api_function_answers_before_the_gateway_gives_up(prod: Template) -> None:
    for name in API_FUNCTIONS:
        # HTTP APIs wait for 30 s at most (API Gateway developer guide, "Quotas").
        assert DATABASE_PATIENCE_SECONDS < prod.functions()[name]["Timeout"] < 30, name


def test_database_is_verified(prod: Template) -> None:
    for name in DATABASE_FUNCTIONS:
        variables = prod.functions()[name]["Environment"]["Variables"]
        assert variables["DATABASE_SSL_MODE"] == "verify-full", name
        assert variables["DATABASE_CA_BUNDLE"] == "/var/task/resources/rds-ca-bundle.pem", name


def test_local_function_is_outside_any_network(local: Template) -> None:
    assert not [name for name, function in local.functions().items() if "VpcConfig" in function]
    for function in local.functions().values():
        assert function["Environment"]["Variables"].get("AWS_USE_DUALSTACK_ENDPOINT", "false") == "false"


def test_report_api_is_throttled_and_logs_no_token(prod: Template) -> None:
    stage = prod.properties("HttpApiStage")

    assert 0 < stage["DefaultRouteSettings"]["ThrottlingRateLimit"] <= 100
    assert mentions(stage["AccessLogSettings"]["DestinationArn"], "HttpApiLogGroup")
    assert not re.search(r"\$context\.(path|authorizer)|\$request", stage["AccessLogSettings"]["Format"])


def test_purge_runs_every_week_with_a_retention_that_its_code_accepts(prod: Template) -> None:
    audit_trail = importlib.import_module("onboarding.upkeep.purge")
    days = prod.functions()["AuditPurger"]["Environment"]["Variables"]["AUDIT_RETENTION_DAYS"]

    assert audit_trail.retention(days) >= audit_trail.MINIMUM_RETENTION
    rules = prod.of_type("AWS::Events::Rule").values()
    assert any(rule["State"] == "ENABLED" and mentions(rule["Targets"], "AuditPurgerLambdaFunction") for rule in rules)
