"""What the staging table has of an upload, whatever the number of partitions its rows are spread over."""

from typing import Any

from tests.e2e.pipeline import Pipeline

Item = dict[str, dict[str, Any]]


def staged_items(pipeline: Pipeline, upload_id: str) -> list[Item]:
    """Return the upload's rows and their outcomes, without its tracker, in DynamoDB's own JSON, by row number."""
    pages = (
        pipeline.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=pipeline.environment.output("StagingTableName"),
            FilterExpression="begins_with(upload_id, :shards)",
            ExpressionAttributeValues={":shards": {"S": f"{upload_id}#"}},
            ConsistentRead=True,
        )
    )
    items: list[Item] = [item for page in pages for item in page["Items"]]
    return sorted(items, key=lambda item: (int(item["row_number"]["N"]), item["record_id"]["S"]))
