"""What the template of a stage holds that costs by its being there, from `sls print`, which resolves all of it."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cost.prices import CostError
from local.settings import Settings

DAYS_A_MONTH = Decimal(365) / 12
_TOOL = dict.fromkeys(("SLS_TELEMETRY_DISABLED", "NO_COLOR", "CI"), "1") | {"SLS_DEPRECATION_DISABLE": "*"}


@dataclass(frozen=True, slots=True)
class Template:
    """What costs by its being there: units by meter, and days that things are kept."""

    units: Mapping[str, int]
    upload_days: int
    report_days: int
    log_days: int


def read_template(settings: Settings, stage: str) -> Template:
    """Return the counts of a stage. Raises CostError when the template cannot be resolved or read."""
    command = [str(settings.project / "node_modules/.bin/sls"), "print", "--stage", stage, "--format", "json"]
    environment = settings.tool_environment(**_TOOL)
    result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=settings.project, env=environment)
    if result.returncode != 0:
        raise CostError(f"The template of stage {stage} cannot be resolved:\n{(result.stdout + result.stderr)[-2000:]}")
    return template_of(json.loads(result.stdout))


def template_of(service: Mapping[str, Any]) -> Template:
    """Return the counts of a resolved service. Resources under a condition are counted as if it held."""
    resources = service["resources"]["Resources"].values()

    def of_type(kind: str) -> list[Mapping[str, Any]]:
        return [one.get("Properties") or {} for one in resources if one.get("Type") == kind]

    own_secrets = [(one.get("Properties") or {}).get("ManageMasterUserPassword") in (True, "true") for one in resources]
    endpoints = [one for one in of_type("AWS::EC2::VPCEndpoint") if one.get("VpcEndpointType") == "Interface"]
    buckets = of_type("AWS::S3::Bucket")
    rules = [rule for one in buckets for rule in one.get("LifecycleConfiguration", {}).get("Rules", [])]
    return Template(
        units={
            "alarms": sum(map(alarm_metrics, of_type("AWS::CloudWatch::Alarm"))),
            "composite-alarms": len(of_type("AWS::CloudWatch::CompositeAlarm")),
            "dashboards": len(of_type("AWS::CloudWatch::Dashboard")),
            "secrets": len(of_type("AWS::SecretsManager::Secret")) + sum(own_secrets),
            "kms-keys": len(of_type("AWS::KMS::Key")),
            "nat-hours": 730 * len(of_type("AWS::EC2::NatGateway")),
            "ipv4-hours": 730 * len(of_type("AWS::EC2::NatGateway")),
            "endpoint-hours": 730 * sum(len(one.get("SubnetIds") or ["one"]) for one in endpoints),
        },
        upload_days=_kept_days(rules, "uploads/"),
        report_days=_kept_days(rules, "errors/"),
        log_days=int(service["provider"]["logRetentionInDays"]),
    )


def alarm_metrics(properties: Mapping[str, Any]) -> int:
    """Return how many metrics an alarm is billed for; one that detects anomalies counts for two more."""
    metrics = sum("MetricStat" in query for query in properties.get("Metrics") or [])
    return max(1, metrics) + (2 if "ThresholdMetricId" in properties else 0)


def _kept_days(rules: Sequence[Mapping[str, Any]], prefix: str) -> int:
    """Return how long an object under the prefix is kept: until it expires, and then as an old version."""
    for rule in rules:
        if rule.get("Prefix") == prefix and "ExpirationInDays" in rule:
            old = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays", 0)
            return int(rule["ExpirationInDays"]) + int(old)
    raise CostError(f"no bucket in the template lets objects under {prefix} expire")
