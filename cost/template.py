"""What the template of a stage holds that costs by its being there, from `sls print`, which resolves all of it."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cost.errors import CostError
from local.settings import Settings

DAYS_A_MONTH = Decimal(365) / 12
_FREE_DASHBOARD_METRICS = 50
_TIMEOUT_SECONDS = 120
_TOOL = {"SLS_TELEMETRY_DISABLED": "1", "SLS_INTERACTIVE_SETUP_ENABLE": "0", "SLS_DEPRECATION_DISABLE": "*"}

Resources = list[tuple[str, str, Mapping[str, Any]]]
"""Logical id, type and properties."""


@dataclass(frozen=True, slots=True)
class Template:
    """What costs by its being there: units by meter, and days that things are kept."""

    units: Mapping[str, int]
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


def has_managed_password(properties: Mapping[str, Any]) -> bool:
    return properties.get("ManageMasterUserPassword") in (True, "true")


def _kept_days(found: Resources, prefix: str) -> int:
    """Return how long an object under the prefix is kept: until it expires, and then as an old version."""
    for _, kind, properties in found:
        if kind == "AWS::S3::Bucket":
            for rule in properties.get("LifecycleConfiguration", {}).get("Rules", []):
                if rule.get("Prefix") == prefix and "ExpirationInDays" in rule:
                    old = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays", 0)
                    return int(rule["ExpirationInDays"]) + int(old)
    raise CostError(f"no bucket in the template lets objects under {prefix} expire")
