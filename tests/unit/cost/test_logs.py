"""What the functions' logs say: how long they ran, and which custom metrics they sent."""

import json

from cost.measure import invocation_of, metric_series
from cost.measurement import Invocation

_REPORT = (
    "REPORT RequestId: 1\tDuration: 410.20 ms\tBilled Duration: 411 ms\tMemory Size: 512 MB\tMax Memory Used: 80 MB"
)


def test_a_report_line_is_an_invocation() -> None:
    group = "/aws/lambda/product-onboarding-local-csv-parser"

    assert invocation_of(group, _REPORT) == Invocation("csv-parser", 512, 411)
    assert invocation_of(group, "END RequestId: 1") is None


def test_each_set_of_dimensions_is_a_metric_of_its_own() -> None:
    line = json.dumps(
        {
            "_aws": {
                "CloudWatchMetrics": [
                    {
                        "Namespace": "Shop",
                        "Dimensions": [["service", "status"], ["service"]],
                        "Metrics": [{"Name": "Uploads"}],
                    }
                ]
            },
            "service": "s",
            "status": "partial",
            "Uploads": [1.0],
        }
    )

    assert list(metric_series(line)) == ["Shop Uploads (service=s, status=partial)", "Shop Uploads (service=s)"]
    assert list(metric_series("plain text")) == []
