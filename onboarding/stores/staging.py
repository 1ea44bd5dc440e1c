"""The staging table: rows on their way through the pipeline, what became of each, and one tracker item per upload.

A row as it was staged and its outcome are items of their own (sort keys `00000012` and `error#00000012`). Staging can
therefore never undo an outcome, however late or often one of its writes arrives: it has no key in common with one.

Items are built and read in DynamoDB's own JSON: the resource layer's serializer costs several times the CPU. The cells
of a row are one attribute, and the names of their columns another: an attribute for each cell costs three times the CPU
here, and again wherever a request or an event is put into JSON.
"""

import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import islice
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from onboarding.rows import RETENTION_SECONDS, ProductRow, RowStatus, StagedRow, matching
from onboarding.stores.copying import tabbed, values_of
from onboarding.uploads import Upload
from rules import ErrorCode, RowError

Item = dict[str, dict[str, Any]]

TRACKER_KEY = "#upload"
_KEY_PREFIX = {RowStatus.PENDING: "", RowStatus.VALIDATED: "validated#", RowStatus.ERROR: "error#"}
_OUTCOMES = (RowStatus.VALIDATED, RowStatus.ERROR)
_BATCH_ITEMS = 25
"""Most items one BatchWriteItem takes; its 16 MB are more than 25 rows of full cells (DynamoDB API reference)."""
_WRITERS = 8
_READERS = 16
_THROTTLES = frozenset({"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"})
"""What a request is answered with when none of its items could be written (DynamoDB, "BatchWriteItem")."""
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0
"""`make bench ONLY=limits`: with longer ones the fullest partition idles at the end of an upload."""
_MANY_REFUSED = 0.2
_FEW_REFUSED = 0.1
_FORMAT = {"N": "2"}
"""A number, so that version 0.3.0, to which every unknown attribute is the text of a cell, fails instead of judging."""
_STATUS_CELL = "cell_status"
"""Where version 0.3.0 staged a cell of the column `status`, the name of an attribute of every item."""
_NOT_CELLS = frozenset(
    {
        "upload_id",
        "record_id",
        "vendor_id",
        "row_number",
        "status",
        "expires_at",
        "file_findings",
        "cell_lengths",
        "cells_sent",
        "errors",
    }
)


def shard_of(upload_id: str, row_number: int, shards: int) -> str:
    """Return the partition key of a row. One partition takes 1,000 writes a second, an upload needs more."""
    return f"{upload_id}#{row_number % shards}"


def upload_of(shard: str) -> str:
    """Return the upload that a partition key belongs to."""
    return shard.partition("#")[0]


def record_id(row_number: int, status: RowStatus = RowStatus.PENDING) -> str:
    """Return the sort key of a row or of its outcome; zero-padded so that keys sort as numbers do."""
    return _KEY_PREFIX[status] + str(row_number).zfill(8)


def item_of(staged: StagedRow, status: RowStatus, shards: int) -> Item:
    """Return the DynamoDB item that says this of a row. That a row is valid needs none of its cells."""
    upload_id, vendor_id, row, expires_at, errors = staged
    number = row.row_number
    item: Item = {
        "upload_id": {"S": shard_of(upload_id, number, shards)},
        "record_id": {"S": record_id(number, status)},
        "vendor_id": {"S": vendor_id},
        "row_number": {"N": str(number)},
        "status": {"S": status},
        "expires_at": {"N": str(expires_at)},
    }
    if status is RowStatus.VALIDATED:
        return item
    item["format"] = _FORMAT
    item["columns"] = {"S": "\t".join(row.columns)}
    item["cells"] = {"S": tabbed(row.values)}
    if row.findings:
        item["file_findings"] = {"S": _lines_of(row.findings)}
    if row.lengths:
        item["cell_lengths"] = {"M": {name: {"N": str(length)} for name, length in row.lengths.items()}}
    if row.sent:
        item["cells_sent"] = {"M": {name: {"S": cell} for name, cell in row.sent.items()}}
    if errors:
        item["errors"] = {"S": _lines_of(errors)}
    return item


def row_of(item: Mapping[str, Mapping[str, Any]]) -> StagedRow:
    """Return the row of a DynamoDB item or stream image."""
    lengths, findings, sent, errors = map(item.get, ("cell_lengths", "file_findings", "cells_sent", "errors"))
    row = ProductRow(
        int(item["row_number"]["N"]),
        *_cells_of(item),
        {name: int(value["N"]) for name, value in lengths["M"].items()} if lengths else {},
        _errors_of(findings) if findings else (),
        {name: value["S"] for name, value in sent["M"].items()} if sent else {},
    )
    return StagedRow(
        upload_of(item["upload_id"]["S"]),
        item["vendor_id"]["S"],
        row,
        int(item["expires_at"]["N"]),
        _errors_of(errors) if errors else (),
    )


def _cells_of(item: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return columns and values. Raises ValueError when they do not match."""
    if "format" in item:
        columns = _columns_of(item["columns"]["S"])
        return columns, matching(columns, values_of(item["cells"]["S"])) if columns else ()
    # Staged by version 0.3.0, which gave each cell an attribute of its own.
    cells = {name: value["S"] for name, value in item.items() if name not in _NOT_CELLS}
    if _STATUS_CELL in item:
        cells["status"] = cells.pop(_STATUS_CELL)
    return tuple(cells), tuple(cells.values())


@lru_cache(maxsize=64)
def _columns_of(line: str) -> tuple[str, ...]:
    """Return the names in an item's `columns`: they are the same for nearly all rows of a file."""
    return tuple(line.split("\t")) if line else ()


def _lines_of(errors: Sequence[RowError]) -> str:
    return "\n".join([tabbed((field or "", code, message)) for field, code, message in errors])


def _errors_of(attribute: Mapping[str, Any]) -> tuple[RowError, ...]:
    if "S" in attribute:
        lines = map(values_of, attribute["S"].split("\n"))
        return tuple([RowError(field or None, ErrorCode[code], message) for field, code, message in lines])
    # Staged by version 0.3.0.
    return tuple(
        [
            RowError(entry["field"].get("S"), ErrorCode[entry["error_type"]["S"]], entry["error_message"]["S"])
            for entry in (entry["M"] for entry in attribute["L"])
        ]
    )


class Backlog:
    """What is still to be written. Every writer takes from here and gives back what DynamoDB refused."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._fresh = items
        self._refused: deque[Item] = deque()
        self._lock = Lock()

    def take(self) -> list[Item]:
        """Return the next items of one request, none when nothing is left. New ones first: they spread best."""
        with self._lock:
            batch = list(islice(self._fresh, _BATCH_ITEMS))
            while self._refused and len(batch) < _BATCH_ITEMS:
                batch.append(self._refused.popleft())
            return batch

    def give_back(self, items: Sequence[Item]) -> None:
        with self._lock:
            self._refused.extend(items)


class Pace:
    """How long one writer waits between its requests: longer while DynamoDB refuses much, shorter while it does not.

    The wait is a random part of the pause ("full jitter"), so that writers that were refused together do not come
    back together.
    """

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._pause = 0.0

    def keep(self, refused: float) -> None:
        """Wait as the refused part (0 to 1) of the last request asks for."""
        if refused > _MANY_REFUSED:
            self._pause = min(max(self._pause * 2, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
        elif refused < _FEW_REFUSED:
            self._pause = self._pause / 2 if self._pause > _FIRST_PAUSE_SECONDS / 4 else 0.0
        if self._pause:
            self._sleep(self._pause * random.random())  # noqa: S311 - no secret depends on it


class StagingTable:
    """The table's reads and writes; raises botocore's ClientError when DynamoDB refuses one for more than its pace.

    `shards` is the number of partitions that an upload's rows are spread over. It may change at any time: a row that
    is found in two partitions is one row, and one that is looked for in vain is staged or announced again.
    """

    def __init__(
        self, client: Any, table_name: str, *, shards: int, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._table_name = table_name
        self._shards = shards
        self._sleep = sleep

    def put_rows(self, rows: Sequence[StagedRow], status: RowStatus) -> None:
        """Write that rows have this status. The same call again changes nothing.

        Waits while the table is throttled, for as long as the function may run.
        """
        backlog = Backlog(item_of(row, status, self._shards) for row in rows)
        writers = min(_WRITERS, -(-len(rows) // _BATCH_ITEMS))
        if writers <= 1:
            self._write(backlog)
            return
        with ThreadPoolExecutor(writers) as pool:
            # list() raises the first error of any writer
            list(pool.map(self._write, [backlog] * writers))

    def _write(self, backlog: Backlog) -> None:
        pace = Pace(self._sleep)
        while items := backlog.take():
            refused = self._put(items)
            backlog.give_back(refused)
            pace.keep(len(refused) / len(items))

    def _put(self, items: Sequence[Item]) -> list[Item]:
        """Write items and return those that DynamoDB refused for now: the rest of a batch, or all of it."""
        requests = [{"PutRequest": {"Item": item}} for item in items]
        try:
            response = self._client.batch_write_item(RequestItems={self._table_name: requests})
        except ClientError as error:
            if error.response["Error"]["Code"] not in _THROTTLES:
                raise
            return list(items)
        left = response.get("UnprocessedItems", {}).get(self._table_name, [])
        return [request["PutRequest"]["Item"] for request in left]

    def staged_row_numbers(self, upload_id: str) -> set[int]:
        """Return the numbers of the rows that are staged, whatever became of them."""
        # ':' follows '9': the keys that begin with a digit
        items = self._query(upload_id, "0", ":", ProjectionExpression="row_number")
        return {int(item["row_number"]["N"]) for item in items}

    def error_rows(self, upload_id: str) -> list[StagedRow]:
        """Return the rows that were found to have errors, in order."""
        prefix = _KEY_PREFIX[RowStatus.ERROR]
        rows = {row.row_number: row for row in map(row_of, self._query(upload_id, prefix, f"{prefix}:"))}
        return [rows[number] for number in sorted(rows)]

    def count_items(self, upload_id: str) -> tuple[int, int, int]:
        """Return how many rows are staged, how many outcomes say that a row is valid, and how many that it is not."""
        # From the keys that begin with a digit to those that begin with "validated#".
        items = self._query(upload_id, "0", "w", ProjectionExpression="record_id")
        keys = [item["record_id"]["S"] for item in items]
        validated, error = (sum(key.startswith(_KEY_PREFIX[status]) for key in keys) for status in _OUTCOMES)
        return len(keys) - validated - error, validated, error

    def _query(self, upload_id: str, first: str, last: str, **parameters: Any) -> list[Item]:
        """Return the items of all shards whose sort keys lie between these two."""

        def query(shard: int) -> list[Item]:
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table_name,
                ConsistentRead=True,
                KeyConditionExpression="upload_id = :shard AND record_id BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":shard": {"S": shard_of(upload_id, shard, self._shards)},
                    ":first": {"S": first},
                    ":last": {"S": last},
                },
                **parameters,
            )
            return [item for page in pages for item in page["Items"]]

        with ThreadPoolExecutor(_READERS) as readers:
            return [item for items in readers.map(query, range(self._shards)) for item in items]

    def open_tracker(self, upload: Upload, total_records: int | None) -> None:
        """Write the upload's tracker: what the vendor index shows, and the total once it is known."""
        values: Item = {
            ":vendor": {"S": upload.vendor_id},
            ":file": {"S": upload.file_name},
            ":uploaded": {"S": upload.uploaded_at},
            ":mode": {"S": upload.mode},
            ":preview": {"BOOL": upload.is_preview},
            ":expires": {"N": str(int(time.time()) + RETENTION_SECONDS)},
        }
        expression = (
            "SET tracker_vendor_id = :vendor, file_name = :file, uploaded_at = :uploaded,"
            " #mode = :mode, is_preview = :preview,"
            " expires_at = if_not_exists(expires_at, :expires)"
        )
        if total_records is not None:
            expression += ", total_records = :total"
            values[":total"] = {"N": str(total_records)}
        self._client.update_item(
            TableName=self._table_name,
            Key=_tracker_key(upload.upload_id),
            UpdateExpression=expression,
            ExpressionAttributeNames={"#mode": "mode"},
            ExpressionAttributeValues=values,
        )

    def completion(self, upload_id: str) -> str | None:
        """Return what `complete_tracker` stored, or None while the upload is under way."""
        response = self._client.get_item(TableName=self._table_name, Key=_tracker_key(upload_id), ConsistentRead=True)
        stored: str | None = response.get("Item", {}).get("completion", {}).get("S")
        return stored

    def complete_tracker(self, upload_id: str, completion: str) -> str | None:
        """Mark the upload as complete and return the task token of the execution that waits, if one does.

        The execution stores its token only while `completion` is absent; both sides write the same item,
        so one of them always sees the other.
        """
        response = self._client.update_item(
            TableName=self._table_name,
            Key=_tracker_key(upload_id),
            UpdateExpression="SET completion = :completion",
            ExpressionAttributeValues={":completion": {"S": completion}},
            ReturnValues="ALL_NEW",
        )
        token: str | None = response["Attributes"].get("task_token", {}).get("S")
        return token


def _tracker_key(upload_id: str) -> Item:
    return {"upload_id": {"S": upload_id}, "record_id": {"S": TRACKER_KEY}}
