"""Staging: what the client's processor does for each 1,000 rows written to DynamoDB, with the network taken out."""

import io
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials

from bench.files import SHARDS, batches, rows_of, staged
from bench.measure import interleave
from bench.results import Part
from onboarding.rows import RowStatus, StagedRow
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.staging import StagingTable, item_of

_KEYS = {"region_name": "us-east-1", "aws_access_key_id": "AKIABENCH", "aws_secret_access_key": "bench"}
_FLOOR, _OURS, _PEER = "JSON and signing (the floor)", "ours", "Table.batch_writer"

Write = Callable[[Sequence[StagedRow]], object]


def measure(*, full: bool) -> Part:
    """Measure processor seconds for each 1,000 rows; the same items leave by every way."""
    rows = staged("BENCH", rows_of(4_000 if full else 1_000, error_rate=0))
    table = unanswered_table()
    writers: dict[str, Write] = {
        _FLOOR: _floor(),
        _OURS: lambda rows: table.put_rows(rows, RowStatus.PENDING),
        _PEER: _batch_writer(),
    }
    works = {name: lambda write=write: write(rows) for name, write in writers.items()}
    timings = interleave(works, 15 if full else 7, clock=time.process_time)
    setting = f"{len(rows):,} rows of 14 cells, requests answered without network"
    part = Part("staging", "Staging, client CPU", setting)
    part.rows = [
        {
            "client": name,
            "CPU ms for 1,000 rows": 1000 * timings.median(name) / len(rows) * 1000,
            "÷ batch_writer": timings.ratio(name, _PEER),
            "÷ floor": timings.ratio(name, _FLOOR),
        }
        for name in writers
    ]
    part.goal("Staging CPU ÷ Table.batch_writer", timings.ratio(_OURS, _PEER), "at most", 0.35)
    return part


class Answer(io.BytesIO):
    """The body of a response as botocore's HTTP session hands it over."""

    def stream(self, **_: Any) -> Any:
        yield self.read()


def unanswered_table() -> StagingTable:
    """Return the staging table with a client whose requests end before the network, all else done for them."""
    client = dynamodb_client()
    _end_before_network(client)
    return StagingTable(client, "bench", shards=SHARDS)


def _end_before_network(client: Any) -> None:
    def answered(request: Any, **_: Any) -> AWSResponse:
        headers = {"Content-Type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 200, headers, Answer(b'{"UnprocessedItems": {}}'))

    client.meta.events.register("before-send", answered)


def _batch_writer() -> Write:
    table = boto3.resource("dynamodb", **_KEYS).Table("bench")
    _end_before_network(table.meta.client)

    def write(rows: Sequence[StagedRow]) -> None:
        with table.batch_writer() as batch:
            for row in rows:
                item = item_of(row, RowStatus.PENDING, SHARDS)
                batch.put_item(Item={k: int(v["N"]) if "N" in v else str(v["S"]) for k, v in item.items()})

    return write


def _floor() -> Write:
    keys = Credentials(_KEYS["aws_access_key_id"], _KEYS["aws_secret_access_key"])
    signer = SigV4Auth(keys, "dynamodb", "us-east-1")

    def write(rows: Sequence[StagedRow]) -> None:
        for some in batches([item_of(row, RowStatus.PENDING, SHARDS) for row in rows], 25):
            body = json.dumps({"RequestItems": {"bench": [{"PutRequest": {"Item": item}} for item in some]}}).encode()
            headers = {"X-Amz-Target": "DynamoDB_20120810.BatchWriteItem"}
            request = AWSRequest("POST", "https://dynamodb.us-east-1.amazonaws.com/", headers=headers, data=body)
            signer.add_auth(request)

    return write
