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


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that wakes the database by itself, and how often a month."""

    name: str
    runs: Decimal


@dataclass(frozen=True, slots=True)
class Template:
    """The counts. Days are how long something is kept."""

    alarm_metrics: int
    composite_alarms: int
    dashboards: int
    large_dashboards: int
    """Those with more metrics than the free tier allows a dashboard."""
    secrets: int
    keys: int
    nat_gateways: int
    interface_endpoints: int
    """One for each zone that an endpoint stands in."""
    schedules: tuple[Schedule, ...]
    upload_days: int
    report_days: int
    log_days: int


def read_template(settings: Settings, stage: str) -> Template:
    """Return the counts of a stage. Raises CostError when the template cannot be resolved or read."""
    serverless = settings.project / "node_modules" / ".bin" / "sls"
    if not serverless.exists():
        raise CostError("The deployment tools are not installed. Run `make install` first.")
    result = subprocess.run(
        [str(serverless), "print", "--stage", stage, "--format", "json"],
        check=False,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        cwd=settings.project,
        env=settings.tool_environment(
            SLS_TELEMETRY_DISABLED="1",
            SLS_INTERACTIVE_SETUP_ENABLE="0",
            SLS_DEPRECATION_DISABLE="*",
            NO_COLOR="1",
            CI="1",
        ),
    )
    if result.returncode != 0:
        raise CostError(f"The template of stage {stage} cannot be resolved:\n{(result.stdout + result.stderr)[-2000:]}")
    return template_of(json.loads(result.stdout))


def template_of(service: Mapping[str, Any]) -> Template:
    """Return the counts of a resolved service. Resources under a condition are counted as if it held."""
    resources = service["resources"]["Resources"]
    kinds = [(name, resource.get("Type", ""), resource.get("Properties") or {}) for name, resource in resources.items()]

    def count(kind: str) -> int:
        return sum(found == kind for _, found, _ in kinds)

    dashboards = [dashboard_metrics(entry[2]) for entry in kinds if entry[1] == "AWS::CloudWatch::Dashboard"]
    return Template(
        alarm_metrics=sum(
            alarm_metrics(properties) for _, kind, properties in kinds if kind == "AWS::CloudWatch::Alarm"
        ),
        composite_alarms=count("AWS::CloudWatch::CompositeAlarm"),
        dashboards=sum(size <= _FREE_DASHBOARD_METRICS for size in dashboards),
        large_dashboards=sum(size > _FREE_DASHBOARD_METRICS for size in dashboards),
        secrets=count("AWS::SecretsManager::Secret") + sum(_has_managed_password(entry) for entry in kinds),
        keys=count("AWS::KMS::Key"),
        nat_gateways=count("AWS::EC2::NatGateway"),
        interface_endpoints=sum(
            len(properties.get("SubnetIds") or ["one"])
            for _, kind, properties in kinds
            if kind == "AWS::EC2::VPCEndpoint" and properties.get("VpcEndpointType") == "Interface"
        ),
        schedules=tuple(_schedules(service["functions"], kinds)),
        upload_days=_kept_days(kinds, "uploads/"),
        report_days=_kept_days(kinds, "errors/"),
        log_days=int(service["provider"]["logRetentionInDays"]),
    )


def alarm_metrics(properties: Mapping[str, Any]) -> int:
    """Return how many metrics an alarm is billed for; one that detects anomalies counts for three."""
    queries = properties.get("Metrics")
    if queries is None:
        return 1
    metrics = sum("MetricStat" in query for query in queries)
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
        day_of_month, day_of_week = match.groups()
        if re.fullmatch(r"\d+|L", day_of_month):
            return Decimal(1)
        if re.fullmatch(r"\w+", day_of_week):
            return DAYS_A_MONTH / 7
        if {day_of_month, day_of_week} <= {"*", "?"}:
            return DAYS_A_MONTH
    raise CostError(f"the schedule {expression!r} cannot be read by cost/template.py")


def _has_managed_password(entry: tuple[str, str, Mapping[str, Any]]) -> bool:
    return entry[2].get("ManageMasterUserPassword") in (True, "true")


def _schedules(functions: Mapping[str, Any], kinds: list[tuple[str, str, Mapping[str, Any]]]) -> Iterator[Schedule]:
    for name, function in functions.items():
        if "DATABASE_SECRET_ARN" not in (function.get("environment") or {}):
            continue
        for event in function.get("events") or []:
            if "schedule" in event:
                schedule = event["schedule"]
                rates = schedule["rate"] if isinstance(schedule, Mapping) else schedule
                for rate in rates if isinstance(rates, list) else [rates]:
                    yield Schedule(name, runs_a_month(rate))
    for name, kind, properties in kinds:
        if kind in ("AWS::Events::Rule", "AWS::Scheduler::Schedule") and "ScheduleExpression" in properties:
            yield Schedule(name, runs_a_month(properties["ScheduleExpression"]))
        if kind == "AWS::SecretsManager::RotationSchedule":
            rules = properties["RotationRules"]
            if "ScheduleExpression" in rules:
                yield Schedule(name, runs_a_month(rules["ScheduleExpression"]))
            else:
                yield Schedule(name, DAYS_A_MONTH / Decimal(rules["AutomaticallyAfterDays"]))
        if _has_managed_password((name, kind, properties)):
            yield Schedule(f"{name}'s managed password", DAYS_A_MONTH / _MANAGED_ROTATION_DAYS)


def _kept_days(kinds: list[tuple[str, str, Mapping[str, Any]]], prefix: str) -> int:
    """Return how long an object under the prefix is kept: until it expires, and then as an old version."""
    for _, kind, properties in kinds:
        if kind == "AWS::S3::Bucket":
            for rule in properties.get("LifecycleConfiguration", {}).get("Rules", []):
                if rule.get("Prefix") == prefix and "ExpirationInDays" in rule:
                    old = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays", 0)
                    return int(rule["ExpirationInDays"]) + int(old)
    raise CostError(f"no bucket in the template lets objects under {prefix} expire")
