"""The DynamoDB client of the staging table, without the work that items in DynamoDB's own JSON do not need."""

import json
from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(parameter_validation=False, max_pool_connections=16)
"""botocore's check of every attribute costs more than building, signing and sending the request."""
_BATCH_WRITE = "dynamodb.BatchWriteItem"


def dynamodb_client() -> Any:
    """Return a client that sends the items of BatchWriteItem as they are.

    botocore's serializer copies every attribute of every item, only to arrive at what it was given. The two events
    (botocore, "Event system") take the items past it; endpoint, signature and retries remain botocore's.
    """
    client = boto3.client("dynamodb", config=_CONFIG)
    client.meta.events.register(f"provide-client-params.{_BATCH_WRITE}", _set_aside)
    client.meta.events.register(f"before-call.{_BATCH_WRITE}", _write_body)
    return client


def _set_aside(params: dict[str, Any], context: dict[str, Any], **_: Any) -> dict[str, Any]:
    context["parameters"] = params
    return {"RequestItems": dict.fromkeys(params["RequestItems"], ())}


def _write_body(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["body"] = json.dumps(context["parameters"]).encode()
