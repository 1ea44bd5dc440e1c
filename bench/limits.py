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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from botocore.awsrequest import AWSResponse

from bench.files import CATEGORIES, SHARDS, STREAM_BATCH, file_of, product_rules
from bench.results import Part
from bench.staging import answer, answer_instead_of_network
from onboarding.intake.reading import read_products
from onboarding.rows import RowStatus, stage
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.staging import Item, StagingTable, row_of
from onboarding.uploads import Upload
from onboarding.validation.settling import check_row

ROWS = 10_000
GOAL_SECONDS = 7.0
_PARTITIONS = 4
_UNITS_A_SECOND = 1_000
_UNIT_BYTES = 1_024
_ANSWER_SECONDS = 0.005
_VALIDATORS = 16
"""As deployed: four partitions with streamParallelization 4."""
_THROTTLED = b'{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "message": "slow"}'


def measure(*, full: bool) -> Part:
    """Stage and mark one upload over different numbers of partitions; several upload ids fall differently."""
    uploads = 5 if full else 3
    setting = f"{ROWS:,} rows, {_PARTITIONS} partitions of {_UNITS_A_SECOND:,} write units a second each"
    part = Part("limits", "A new table's limits", f"{setting}, {uploads} uploads")
    for shards in (1, 16, SHARDS) if full else (SHARDS,):
        runs = [_run(shards, number) for number in range(uploads if shards == SHARDS else 1)]
        seconds = sorted(run.seconds for run in runs)
        taken = [partition.taken for partition in max(runs, key=lambda run: run.seconds).partitions]
        part.rows.append(
            {
                "shards": shards,
                "s, median": median(seconds),
                "s, longest": seconds[-1],
                "throttled share of writes": sum(run.refused for run in runs) / sum(run.offered for run in runs),
                "requests": sum(run.requests for run in runs) / len(runs),
                "fullest partition": max(taken) / sum(taken),
            }
        )
    part.goal("10,000 rows staged and marked, new table", median(seconds), "at most", GOAL_SECONDS, "s")
    part.notes.append(
        "The fullest partition bounds the time: keys fall on partitions by chance, the more evenly the more there are."
    )
    return part


@dataclass(slots=True)
class Partition:
    """Takes a second's units at once, and no more than that in the long run."""

    units: float = _UNITS_A_SECOND
    filled_at: float = field(default_factory=time.monotonic)
    taken: int = 0

    def take(self, units: int) -> bool:
        now = time.monotonic()
        self.units = min(_UNITS_A_SECOND, self.units + (now - self.filled_at) * _UNITS_A_SECOND)
        self.filled_at = now
        if units > self.units:
            return False
        self.units -= units
        self.taken += units
        return True


class Table:
    """A new table: hashes keys to its partitions, refuses what one cannot take, and hands new rows to its stream."""

    def __init__(self, stream: Callable[[Item], None]) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self.partitions = [Partition() for _ in range(_PARTITIONS)]
        self.outcomes: set[str] = set()
        self.staged: set[str] = set()
        self.offered = self.refused = self.requests = 0
        self.seconds = 0.0

    def answer(self, request: Any) -> AWSResponse:
        """Answer one BatchWriteItem instead of the network."""
        time.sleep(_ANSWER_SECONDS)
        ((name, puts),) = json.loads(request.body)["RequestItems"].items()
        with self._lock:
            left = [put for put in puts if not self._write(put["PutRequest"]["Item"])]
            self.requests += 1
            self.offered += len(puts)
            self.refused += len(left)
        if len(left) == len(puts):
            return answer(request, _THROTTLED, 400)
        return answer(request, json.dumps({"UnprocessedItems": {name: left} if left else {}}).encode())

    def _write(self, item: Item) -> bool:
        key = item["upload_id"]["S"]
        digest = hashlib.md5(key.encode(), usedforsecurity=False).digest()
        size = sum(len(name) + len(str(next(iter(value.values()))).encode()) for name, value in item.items())
        if not self.partitions[digest[0] % _PARTITIONS].take(-(-size // _UNIT_BYTES)):
            return False
        if item["status"]["S"] == RowStatus.PENDING:
            self.staged.add(item["record_id"]["S"])
            self._stream(item)
        else:
            self.outcomes.add(item["record_id"]["S"].rpartition("#")[2])
        return True


def _run(shards: int, number: int) -> Table:
    upload = Upload(f"UPLOAD_20261124_1200{number:02d}_0a1b2c3d", "BENCH", "f.csv", "b", "uploads/BENCH/f.csv", "1", "")
    stream: queue.Queue[Item] = queue.Queue()
    table = Table(stream.put)
    client = dynamodb_client()
    answer_instead_of_network(client, table.answer)
    staging = StagingTable(client, "bench", shards=shards)
    random.seed(number)
    started = time.monotonic()
    with ThreadPoolExecutor(_VALIDATORS + 1) as functions:
        parser = functions.submit(_parse, staging, upload)
        validators = [functions.submit(_validate, staging, batch) for batch in _batches(stream)]
        for function in (parser, *validators):
            function.result()
    table.seconds = time.monotonic() - started
    if not len(table.staged) == len(table.outcomes) == ROWS:
        raise RuntimeError(f"of {ROWS} rows {len(table.staged)} are staged and {len(table.outcomes)} marked")
    return table


def _parse(staging: StagingTable, upload: Upload) -> None:
    rows = read_products(file_of(ROWS), product_rules()).rows
    staging.put_rows(stage(upload, rows), RowStatus.PENDING)


def _batches(stream: queue.Queue[Item]) -> Iterator[list[Item]]:
    """Yield what the event source mapping gathers: up to a full batch, or what came within its window of a second."""
    seen = 0
    while seen < ROWS:
        batch = [stream.get()]
        until = time.monotonic() + 1
        with suppress(queue.Empty):
            while len(batch) < min(STREAM_BATCH, ROWS - seen):
                batch.append(stream.get(timeout=max(0.0, until - time.monotonic())))
        seen += len(batch)
        yield batch


def _validate(staging: StagingTable, items: Sequence[Item]) -> None:
    """Decide rows and mark them, as validator and error processor do."""
    rules = product_rules()
    checked = [check_row(rules, row_of(item), CATEGORIES) for item in items]
    staging.put_rows([row.staged for row in checked if not row.errors], RowStatus.VALIDATED)
    staging.put_rows([row.staged._replace(errors=row.errors) for row in checked if row.errors], RowStatus.ERROR)
