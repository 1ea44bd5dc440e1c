"""Answers CloudFormation on behalf of a custom resource, whatever happens."""

import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger

logger = Logger(child=True)

_REASON_LENGTH = 1000
_ANSWER_TIMEOUT_SECONDS = 30


def answer(event: Mapping[str, Any], physical_id: str, work: Callable[[], Mapping[str, Any]]) -> None:
    """Run `work` and send its result, or its failure, to the URL in the event.

    A resource that never answers blocks its stack for an hour, so a failure is an answer too
    (CloudFormation user guide, "Custom resource response objects").
    """
    try:
        document = {"Status": "SUCCESS", "Data": dict(work())}
    except Exception as error:
        logger.exception("custom resource failed")
        document = {"Status": "FAILED", "Reason": f"{type(error).__name__}: {error}"[:_REASON_LENGTH]}
    document |= {
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(
        event["ResponseURL"], data=json.dumps(document).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=_ANSWER_TIMEOUT_SECONDS):
        logger.info("answered CloudFormation", status=document["Status"])
