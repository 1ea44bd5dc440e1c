"""What costs by being in the template."""

from typing import Any

import pytest

from cost.template import alarm_metrics, template_of

_METRIC = {"Id": "m", "MetricStat": {}}


def _service(**resources: dict[str, Any]) -> dict[str, Any]:
    rule = {"ExpirationInDays": 90, "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "LifecycleConfiguration": {"Rules": [{"Prefix": "uploads/", **rule}, {"Prefix": "errors/", **rule}]}
        },
    }
    return {
        "provider": {"logRetentionInDays": 90},
        "resources": {"Resources": {"Bucket": bucket, **resources}},
    }


@pytest.mark.parametrize(
    ("properties", "metrics"),
    [
        ({"MetricName": "Errors"}, 1),
        ({"Metrics": [_METRIC, _METRIC, {"Id": "sum", "Expression": "m + m"}]}, 2),
        ({"Metrics": [_METRIC, {"Id": "band"}], "ThresholdMetricId": "band"}, 3),
    ],
)
def test_an_alarm_is_billed_for_each_metric_it_reads(properties: dict[str, Any], metrics: int) -> None:
    assert alarm_metrics(properties) == metrics


def test_the_template_is_counted() -> None:
    service = _service(
        Alarm={"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [_METRIC, _METRIC]}},
        Dashboard={"Type": "AWS::CloudWatch::Dashboard"},
        Secret={"Type": "AWS::SecretsManager::Secret"},
        Cluster={"Type": "AWS::RDS::DBCluster", "Properties": {"ManageMasterUserPassword": True}},
        Gateway={"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcEndpointType": "Gateway"}},
        Interface={
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b"]},
        },
    )

    template = template_of(service)

    found = {name: units for name, units in template.units.items() if units}
    assert found == {"alarms": 2, "dashboards": 1, "secrets": 2, "endpoint-hours": 1_460}
    assert (template.upload_days, template.report_days, template.log_days) == (120, 120, 90)
