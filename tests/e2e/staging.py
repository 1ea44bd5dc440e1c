"""What the staging table has of an upload, in all the partitions its rows are spread over."""

from typing import Any

from local.settings import STAGE
from onboarding.stores.staging import shard_of
from operations.scale import read_yaml
from tests.e2e.pipeline import Pipeline

Item = dict[str, dict[str, Any]]

_SHARDS: int = read_yaml(f"stages/{STAGE}.yml")["stagingShards"]


def staged_items(pipeline: Pipeline, upload_id: str) -> list[Item]:
    """Return the upload's rows and their outcomes, without its tracker, in DynamoDB's own JSON, by row number."""
    query = pipeline.client("dynamodb").get_paginator("query")
    items: list[Item] = []
    # A scan would be shorter, and the emulator reads the whole table anew for each of its pages.
    for shard in range(_SHARDS):
        for page in query.paginate(
            TableName=pipeline.environment.output("StagingTableName"),
            KeyConditionExpression="upload_id = :shard",
            ExpressionAttributeValues={":shard": {"S": shard_of(upload_id, shard, _SHARDS)}},
            ConsistentRead=True,
        ):
            items += page["Items"]
    return sorted(items, key=lambda item: (int(item["row_number"]["N"]), item["record_id"]["S"]))
