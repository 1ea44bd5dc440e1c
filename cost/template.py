"""What the template of a stage holds that costs by its being there, from `sls print`, which resolves all of it."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cost.errors import CostError
from local.settings import Settings

DAYS_A_MONTH = Decimal(365) / 12
_MANAGED_ROTATION_DAYS = 7
"""How often RDS rotates a password that it manages (RDS user guide, "Password management with Secrets Manager")."""
_FREE_DASHBOARD_METRICS = 50
_TIMEOUT_SECONDS = 120
_TOOL = {"SLS_TELEMETRY_DISABLED": "1", "SLS_INTERACTIVE_SETUP_ENABLE": "0", "SLS_DEPRECATION_DISABLE": "*"}

Resources = list[tuple[str, str, Mapping[str, Any]]]
"""Logical id, type and properties."""


@dataclass(frozen=True, slots=True)
class Template:
    """What costs by its being there: units by meter, runs a month by what wakes the database, days things are kept."""

    units: Mapping[str, int]
    schedules: Mapping[str, Decimal]
    upload_days: int
    report_days: int
    log_days: int


def read_template(settings: Settings, stage: str) -> Template:
    """Return the counts of a stage. Raises CostError when the template cannot be resolved or read."""
    return template_of(resolve(settings, stage))


def resolve(settings: Settings, stage: str) -> dict[str, Any]:
    """Return the service of a stage with every variable filled in. Raises CostError when that is not possible."""
    command = [str(settings.project / "node_modules" / ".bin" / "sls"), "print", "--stage", stage, "--format", "json"]
    environment = settings.tool_environment(**_TOOL, NO_COLOR="1", CI="1")
    result = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        cwd=settings.project,
        env=environment,
    )
    if result.returncode != 0:
        raise CostError(f"The template of stage {stage} cannot be resolved:\n{(result.stdout + result.stderr)[-2000:]}")
    service: dict[str, Any] = json.loads(result.stdout)
    return service


def template_of(service: Mapping[str, Any]) -> Template:
    """Return the counts of a resolved service. Resources under a condition are counted as if it held."""
    found = [
        (name, resource.get("Type", ""), resource.get("Properties") or {})
        for name, resource in service["resources"]["Resources"].items()
    ]

    def of_type(kind: str) -> list[Mapping[str, Any]]:
        return [properties for _, type_, properties in found if type_ == kind]

    dashboards = [dashboard_metrics(properties) for properties in of_type("AWS::CloudWatch::Dashboard")]
    endpoints = [one for one in of_type("AWS::EC2::VPCEndpoint") if one.get("VpcEndpointType") == "Interface"]
    managed_passwords = sum(has_managed_password(properties) for _, _, properties in found)
    return Template(
        units={
            "alarms": sum(map(alarm_metrics, of_type("AWS::CloudWatch::Alarm"))),
            "composite-alarms": len(of_type("AWS::CloudWatch::CompositeAlarm")),
            "dashboards": sum(size <= _FREE_DASHBOARD_METRICS for size in dashboards),
            "large-dashboards": sum(size > _FREE_DASHBOARD_METRICS for size in dashboards),
            "secrets": len(of_type("AWS::SecretsManager::Secret")) + managed_passwords,
            "kms-keys": len(of_type("AWS::KMS::Key")),
            "nat-hours": 730 * len(of_type("AWS::EC2::NatGateway")),
            "ipv4-hours": 730 * len(of_type("AWS::EC2::NatGateway")),
            "endpoint-hours": 730 * sum(len(one.get("SubnetIds") or ["one"]) for one in endpoints),
        },
        schedules=dict(_schedules(service["functions"], found)),
        upload_days=_kept_days(found, "uploads/"),
        report_days=_kept_days(found, "errors/"),
        log_days=int(service["provider"]["logRetentionInDays"]),
    )


def alarm_metrics(properties: Mapping[str, Any]) -> int:
    """Return how many metrics an alarm is billed for; one that detects anomalies counts for two more."""
    metrics = sum("MetricStat" in query for query in properties.get("Metrics") or [])
    return max(1, metrics) + (2 if "ThresholdMetricId" in properties else 0)


def dashboard_metrics(properties: Mapping[str, Any]) -> int:
    """Return how many metrics a dashboard shows; those that are computed from others do not count."""
    body = properties["DashboardBody"]
    if isinstance(body, Mapping):
        body = body["Fn::Sub"]
        body = body if isinstance(body, str) else body[0]
    rows = [row for widget in json.loads(body)["widgets"] for row in widget.get("properties", {}).get("metrics", [])]
    return sum(not (isinstance(row[0], Mapping) and "expression" in row[0]) for row in rows)


def runs_a_month(expression: str) -> Decimal:
    """Return how often a schedule runs. Raises CostError unless it is a rate, or daily, weekly or monthly."""
    if match := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression):
        a_day = {"minute": Decimal(1440), "hour": Decimal(24), "day": Decimal(1)}[match[2]]
        return DAYS_A_MONTH * a_day / Decimal(match[1])
    if match := re.fullmatch(r"cron\(\d+ \d+ (\S+) \* (\S+) \*\)", expression):
        if re.fullmatch(r"\d+|L", match[1]):
            return Decimal(1)
        if re.fullmatch(r"\w+", match[2]):
            return DAYS_A_MONTH / 7
        if {match[1], match[2]} <= {"*", "?"}:
            return DAYS_A_MONTH
    raise CostError(f"the schedule {expression!r} cannot be read by cost/template.py")


def has_managed_password(properties: Mapping[str, Any]) -> bool:
    return properties.get("ManageMasterUserPassword") in (True, "true")


def _schedules(functions: Mapping[str, Any], found: Resources) -> Iterator[tuple[str, Decimal]]:
    for name, function in functions.items():
        for event in function.get("events") or []:
            if "schedule" in event and "DATABASE_SECRET_ARN" in (function.get("environment") or {}):
                schedule = event["schedule"]
                rates = schedule["rate"] if isinstance(schedule, Mapping) else schedule
                yield name, sum(map(runs_a_month, rates if isinstance(rates, list) else [rates]), Decimal(0))
    for name, kind, properties in found:
        if kind == "AWS::SecretsManager::RotationSchedule":
            yield name, runs_a_month(properties["RotationRules"]["ScheduleExpression"])
        elif kind in ("AWS::Events::Rule", "AWS::Scheduler::Schedule") and "ScheduleExpression" in properties:
            yield name, runs_a_month(properties["ScheduleExpression"])
        if has_managed_password(properties):
            yield f"{name}'s managed password", DAYS_A_MONTH / _MANAGED_ROTATION_DAYS


def _kept_days(found: Resources, prefix: str) -> int:
    """Return how long an object under the prefix is kept: until it expires, and then as an old version."""
    for _, kind, properties in found:
        if kind == "AWS::S3::Bucket":
            for rule in properties.get("LifecycleConfiguration", {}).get("Rules", []):
                if rule.get("Prefix") == prefix and "ExpirationInDays" in rule:
                    old = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays", 0)
                    return int(rule["ExpirationInDays"]) + int(old)
    raise CostError(f"no bucket in the template lets objects under {prefix} expire")
