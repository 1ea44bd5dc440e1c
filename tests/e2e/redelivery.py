"""Events that arrive again, made of what the stack itself has kept of them."""

import json
from datetime import datetime
from typing import Any

from tests.e2e.pipeline import Pipeline


def end_of_stream(pipeline: Pipeline) -> str:
    """Return an iterator of the staging table's stream that gives what comes from now on."""
    client = pipeline.client("dynamodbstreams")
    (stream,) = client.list_streams(TableName=pipeline.environment.output("StagingTableName"))["Streams"]
    (shard,) = client.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
    iterator: str = client.get_shard_iterator(
        StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="LATEST"
    )["ShardIterator"]
    return iterator


def staged_since(pipeline: Pipeline, iterator: str, upload_id: str) -> list[dict[str, Any]]:
    """Return the records of the upload's rows as they were staged: what the stream sends the validator."""
    client = pipeline.client("dynamodbstreams")
    found: list[dict[str, Any]] = []
    while (page := client.get_records(ShardIterator=iterator))["Records"]:
        found += page["Records"]
        iterator = page["NextShardIterator"]
    return [_as_sent(record) for record in found if _is_staged_row(record, upload_id)]


def everything_about(pipeline: Pipeline, upload_id: str, vendor_id: str) -> dict[str, Any]:
    """Return all that is stored about an upload, in order to see whether something changes it."""
    key = f"errors/{vendor_id}/{upload_id}_errors.csv"
    versions = pipeline.client("s3").list_object_versions(
        Bucket=pipeline.environment.output("UploadBucketName"), Prefix=key
    )
    return {
        "history": pipeline.query("SELECT * FROM upload_history WHERE upload_id = %s", upload_id),
        "products": pipeline.query("SELECT * FROM products WHERE upload_id = %s ORDER BY row_number", upload_id),
        "errors": pipeline.query("SELECT * FROM validation_errors WHERE upload_id = %s ORDER BY error_id", upload_id),
        "reports": [version["ETag"] for version in versions.get("Versions", [])],
        "emails": pipeline.mailbox.about(upload_id, pipeline.topic_of(vendor_id)),
        "tracker": pipeline.tracker(upload_id),
        "execution": pipeline.execution(upload_id),
    }


def _is_staged_row(record: dict[str, Any], upload_id: str) -> bool:
    keys = record["dynamodb"]["Keys"]
    return (
        record["eventName"] == "INSERT"
        and keys["upload_id"]["S"].startswith(f"{upload_id}#")
        and record["dynamodb"]["NewImage"]["status"]["S"] == "pending_validation"
    )


def _as_sent(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record as Lambda gets it: its time in seconds."""

    def seconds(value: datetime) -> float:
        return value.timestamp()

    document: dict[str, Any] = json.loads(json.dumps(record, default=seconds))
    return document
