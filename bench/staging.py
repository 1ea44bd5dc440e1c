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

from bench.files import SHARDS, rows_of, staged
from bench.measure import interleave
from bench.results import Part
from onboarding.rows import RowStatus, StagedRow
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.staging import StagingTable, item_of

_BATCH_ITEMS = 25
_KEYS = {"region_name": "us-east-1", "aws_access_key_id": "AKIABENCH", "aws_secret_access_key": "bench"}
_HOST = "https://dynamodb.us-east-1.amazonaws.com/"


def measure(*, full: bool) -> Part:
    """Measure processor seconds for each 1,000 rows; the same items leave by every way."""
    rows = staged("BENCH", rows_of(4_000 if full else 1_000, error_rate=0))
    writers: dict[str, Callable[[Sequence[StagedRow]], object]] = {
        "JSON and signing (the floor)": _floor(),
        "ours": _ours(),
        "Table.batch_writer": _batch_writer(),
    }
    timings = interleave(
        {name: lambda write=write: write(rows) for name, write in writers.items()},
        rounds=15 if full else 7,
        clock=time.process_time,
    )
    part = Part("staging", "Staging, client CPU", f"{len(rows):,} rows of 14 cells, requests answered without network")
    for name in writers:
        part.add(
            {
                "client": name,
                "CPU ms for 1,000 rows": 1000 * timings.median(name) / len(rows) * 1000,
                "÷ batch_writer": timings.ratio(name, "Table.batch_writer"),
                "÷ floor": timings.ratio(name, "JSON and signing (the floor)"),
            }
        )
    part.goal("Staging CPU ÷ Table.batch_writer", timings.ratio("ours", "Table.batch_writer"), "at most", 0.35)
    part.plot("CPU of staging 1,000 rows", bars="client", value="CPU ms for 1,000 rows")
    return part


class Answer(io.BytesIO):
    """The body of a response as botocore's HTTP session hands it over."""

    def stream(self, **_: Any) -> Any:
        yield self.read()


def answer_without_network(client: Any, document: bytes = b'{"UnprocessedItems": {}}') -> None:
    """Make a client's requests end before the network, after everything else has been done for them."""

    def answered(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, {"Content-Type": "application/x-amz-json-1.0"}, Answer(document))

    client.meta.events.register("before-send", answered)


def _ours() -> Callable[[Sequence[StagedRow]], object]:
    client = dynamodb_client()
    answer_without_network(client)
    table = StagingTable(client, "bench", shards=SHARDS)
    return lambda rows: table.put_rows(rows, RowStatus.PENDING)


def _batch_writer() -> Callable[[Sequence[StagedRow]], object]:
    table = boto3.resource("dynamodb", **_KEYS).Table("bench")
    answer_without_network(table.meta.client)

    def write(rows: Sequence[StagedRow]) -> None:
        with table.batch_writer() as batch:
            for row in rows:
                batch.put_item(Item=_document(row))

    return write


def _floor() -> Callable[[Sequence[StagedRow]], object]:
    signer = SigV4Auth(Credentials(_KEYS["aws_access_key_id"], _KEYS["aws_secret_access_key"]), "dynamodb", "us-east-1")

    def write(rows: Sequence[StagedRow]) -> None:
        items = [item_of(row, RowStatus.PENDING, SHARDS) for row in rows]
        for start in range(0, len(items), _BATCH_ITEMS):
            requests = [{"PutRequest": {"Item": item}} for item in items[start : start + _BATCH_ITEMS]]
            body = json.dumps({"RequestItems": {"bench": requests}}).encode()
            request = AWSRequest("POST", _HOST, headers={"X-Amz-Target": "DynamoDB_20120810.BatchWriteItem"}, data=body)
            signer.add_auth(request)

    return write


def _document(row: StagedRow) -> dict[str, Any]:
    """Return the item in Python types, as users of the resource layer write it."""
    return {name: _plain(value) for name, value in item_of(row, RowStatus.PENDING, SHARDS).items()}


def _plain(value: dict[str, Any]) -> Any:
    return int(value["N"]) if "N" in value else str(value["S"])
