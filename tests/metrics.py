"""Metrics as functions send them: log lines in CloudWatch's embedded metric format."""

import json
from collections.abc import Iterator
from typing import Any


def metric_lines(log: str) -> list[dict[str, Any]]:
    """Return the lines of a log that carry metrics."""
    return [json.loads(line) for line in log.splitlines() if '"_aws"' in line]


def series_in(line: dict[str, Any]) -> Iterator[str]:
    """Yield what CloudWatch bills for such a line: each metric once for each set of dimensions."""
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for dimensions in directive["Dimensions"]:
            values = ", ".join(f"{name}={line[name]}" for name in sorted(dimensions))
            for metric in directive["Metrics"]:
                yield f"{directive['Namespace']} {metric['Name']} ({values})"
