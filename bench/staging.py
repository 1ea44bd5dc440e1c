"""Staging: what the client's processor does for each 1,000 rows written to DynamoDB, with the network taken out."""

import io
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from bench.files import SHARDS, rows_of, staged
from bench.measure import interleave
from bench.results import Part
from onboarding.rows import RowStatus
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.staging import StagingTable, item_of

_OURS, _PEER = "ours", "Table.batch_writer"


def measure(*, full: bool) -> Part:
    """Measure processor seconds for each 1,000 rows; the peer's have an attribute for each cell, as is usual."""
    rows = staged("BENCH", rows_of(4_000 if full else 1_000, error_rate=0))
    client, peer = dynamodb_client(), boto3.resource("dynamodb").Table("bench")
    for each in (client, peer.meta.client):
        answer_instead_of_network(each, lambda request: answer(request, b'{"UnprocessedItems": {}}'))
    ours = StagingTable(client, "bench", shards=SHARDS)

    def batch_writer() -> None:
        with peer.batch_writer() as batch:
            for row in rows:
                item = item_of(row, RowStatus.VALIDATED, SHARDS)
                said = {name: int(value["N"]) if "N" in value else str(value["S"]) for name, value in item.items()}
                batch.put_item(Item={**row.row.cells, **said})

    works = {_OURS: lambda: ours.put_rows(rows, RowStatus.PENDING), _PEER: batch_writer}
    timings = interleave(works, 15 if full else 7, clock=time.process_time)
    part = Part("Staging, client CPU", f"{len(rows):,} rows of 14 cells, requests answered without network")
    for name in works:
        cpu, ratio = 1e6 * timings.median(name) / len(rows), timings.ratio(name, _PEER)
        part.rows.append({"client": name, "CPU ms for 1,000 rows": cpu, "÷ batch_writer": ratio})
    part.goal("Staging CPU ÷ Table.batch_writer", timings.ratio(_OURS, _PEER), "at most", 0.35)
    return part


def answer(request: Any, body: bytes, status: int = 200) -> AWSResponse:
    """Return an answer of DynamoDB."""
    raw = HTTPResponse(io.BytesIO(body), preload_content=False)
    return AWSResponse(request.url, status, {"Content-Type": "application/x-amz-json-1.0"}, raw)


def answer_instead_of_network(client: Any, answered: Callable[[Any], AWSResponse]) -> None:
    """Let a client's requests end before the network, all else done for them."""
    client.meta.events.register("before-send", lambda request, **_: answered(request))
