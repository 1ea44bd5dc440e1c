"""Limits: 10,000 rows staged and marked by the project's own code on a new DynamoDB table that refuses as AWS does.

A new on-demand table has four partitions. Each takes 1,000 write units a second, one unit for each started KB of an
item (DynamoDB developer guide, "Burst and adaptive capacity", "On-demand capacity mode"). Unused capacity of earlier
minutes, which AWS may give back, is left out. The clients are the functions' own; only the network is replaced.
"""

import hashlib
import json
import queue
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from statistics import median
from typing import Any

from botocore.awsrequest import AWSResponse

from bench.files import CATEGORIES, SHARDS, STREAM_BATCH, file_of, product_rules
from bench.results import Part
from bench.staging import answer, answer_instead_of_network
from cost.dynamodb_units import write_units_of
from onboarding.intake.reading import read_products
from onboarding.rows import RowStatus, stage
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.staging import Item, StagingTable, row_of
from onboarding.uploads import Upload
from onboarding.validation.settling import check_rows

_ROWS = 10_000
_PARTITIONS = 4
_UNITS_A_SECOND = 1_000
_ANSWER_SECONDS = 0.005
_VALIDATORS = 16  # as deployed: four partitions with streamParallelization 4
_THROTTLED = b'{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "message": "slow"}'


def measure(*, full: bool) -> Part:
    """Stage and mark one upload over different numbers of partitions; several upload ids fall differently."""
    uploads = 5 if full else 3
    setting = f"{_ROWS:,} rows, {_PARTITIONS} partitions of {_UNITS_A_SECOND:,} write units a second each"
    part = Part("A new table's limits", f"{setting}, {uploads} uploads")
    for shards in (1, 16, SHARDS) if full else (SHARDS,):
        tables = sorted((_run(shards, n) for n in range(uploads if shards == SHARDS else 1)), key=lambda t: t.seconds)
        seconds, fullest = [table.seconds for table in tables], tables[-1].taken
        row = {"shards": shards, "s, median": median(seconds), "s, longest": seconds[-1]}
        row["throttled share of writes"] = sum(table.refused for table in tables) / sum(
            table.offered for table in tables
        )
        row["requests"] = sum(table.requests for table in tables) / len(tables)
        part.rows.append({**row, "fullest partition": max(fullest) / sum(fullest)})
    part.goal(f"{_ROWS:,} rows staged and marked, new table", median(seconds), "at most", 7.0, "s")
    part.notes.append(
        "The fullest partition bounds the time. Keys fall on partitions by chance: the more, the more evenly."
    )
    return part


class Table:
    """A new table: hashes keys to its partitions, refuses what one cannot take, and hands new rows to its stream."""

    def __init__(self) -> None:
        self.stream: queue.Queue[Item] = queue.Queue()
        self.taken = [0] * _PARTITIONS
        self.records: set[str] = set()
        self.offered = self.refused = self.requests = 0
        self.seconds = 0.0
        self._lock = threading.Lock()
        self._units = [float(_UNITS_A_SECOND)] * _PARTITIONS
        self._filled_at = time.monotonic()

    def answer(self, request: Any) -> AWSResponse:
        """Answer one BatchWriteItem instead of the network."""
        time.sleep(_ANSWER_SECONDS)
        ((name, puts),) = json.loads(request.body)["RequestItems"].items()
        with self._lock:
            self._fill()
            left = [put for put in puts if not self._write(put["PutRequest"]["Item"])]
            self.requests += 1
            self.offered += len(puts)
            self.refused += len(left)
        if len(left) == len(puts):
            return answer(request, _THROTTLED, 400)
        return answer(request, json.dumps({"UnprocessedItems": {name: left} if left else {}}).encode())

    def _fill(self) -> None:
        """Give each partition the units of the time since the last request; none keeps more than a second's."""
        now = time.monotonic()
        new = (now - self._filled_at) * _UNITS_A_SECOND
        self._units, self._filled_at = [min(_UNITS_A_SECOND, units + new) for units in self._units], now

    def _write(self, item: Item) -> bool:
        key = item["upload_id"]["S"].encode()
        partition = hashlib.md5(key, usedforsecurity=False).digest()[0] % _PARTITIONS
        units = write_units_of(item)
        if units > self._units[partition]:
            return False
        self._units[partition] -= units
        self.taken[partition] += units
        self.records.add(item["record_id"]["S"])
        if item["status"]["S"] == RowStatus.PENDING:
            self.stream.put(item)
        return True


def _run(shards: int, number: int) -> Table:
    upload = Upload(f"UPLOAD_20261124_1200{number:02d}_0a1b2c3d", "BENCH", "f.csv", "b", "uploads/BENCH/f.csv", "1", "")
    table, client = Table(), dynamodb_client()
    answer_instead_of_network(client, table.answer)
    staging = StagingTable(client, "bench", shards=shards)
    random.seed(number)
    started = time.monotonic()
    with ThreadPoolExecutor(_VALIDATORS + 1) as functions:
        rows = read_products(file_of(_ROWS), product_rules()).rows
        parser = functions.submit(staging.put_rows, stage(upload, rows), RowStatus.PENDING)
        validators = [functions.submit(_validate, staging, batch) for batch in _batches(table.stream)]
        for function in (parser, *validators):
            function.result()
    table.seconds = time.monotonic() - started
    if len(table.records) != 2 * _ROWS:
        raise RuntimeError(f"{len(table.records)} items for {_ROWS} rows: each has one, and one for its outcome")
    return table


def _batches(stream: queue.Queue[Item]) -> Iterator[list[Item]]:
    """Yield what the event source mapping gathers: up to a full batch, or what came within its window of a second."""
    seen = 0
    while seen < _ROWS:
        batch = [stream.get()]
        until = time.monotonic() + 1
        with suppress(queue.Empty):
            while len(batch) < min(STREAM_BATCH, _ROWS - seen):
                batch.append(stream.get(timeout=max(0.0, until - time.monotonic())))
        seen += len(batch)
        yield batch


def _validate(staging: StagingTable, items: Sequence[Item]) -> None:
    """Decide rows and mark them, as validator and error processor do."""
    found = check_rows(product_rules(), [row_of(item) for item in items], CATEGORIES)
    staging.put_rows([row.staged for row in found if not row.errors], RowStatus.VALIDATED)
    staging.put_rows([row.staged.with_errors(row.errors) for row in found if row.errors], RowStatus.ERROR)
