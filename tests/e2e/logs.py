"""What functions and state machine have logged, read from CloudWatch Logs."""

import json
from typing import Any

from local.settings import SERVICE, STAGE
from tests.e2e.pipeline import Pipeline


def logged(pipeline: Pipeline, since: float) -> dict[str, list[str]]:
    """Return the lines of each log group of the service since then, by the name of the function or state machine."""
    logs = pipeline.client("logs")
    groups: dict[str, list[str]] = {}
    for prefix in (f"/aws/lambda/{SERVICE}-{STAGE}-", f"/aws/vendedlogs/states/{SERVICE}-{STAGE}-"):
        for group in logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]:
            name = group["logGroupName"]
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=int(since * 1000))
            messages = [event["message"] for page in pages for event in page["events"]]
            groups[name.removeprefix(prefix)] = [line for message in messages for line in message.splitlines()]
    return groups


def structured(lines: list[str]) -> list[dict[str, Any]]:
    """Return what our own logger has written: neither the lines of Lambda itself nor metrics."""
    documents = [json.loads(line) for line in lines if line.startswith("{")]
    return [document for document in documents if "level" in document]
