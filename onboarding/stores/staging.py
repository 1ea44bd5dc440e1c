"""The staging table: rows on their way through the pipeline, and one tracker item per upload.

Items are built and read in DynamoDB's own JSON: the resource layer's serializer costs several times the CPU.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from onboarding.rows import RETENTION_SECONDS, ProductRow, RowStatus, StagedRow
from onboarding.uploads import Upload
from rules import ErrorCode, RowError

Item = dict[str, dict[str, Any]]

TRACKER_KEY = "#upload"
_BATCH_ITEMS = 25
"""Most items one BatchWriteItem takes; its 16 MB are more than 25 rows of full cells (DynamoDB API reference)."""
_WRITERS = 8
_MAX_BACKOFF_SECONDS = 5.0
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


def record_id(row_number: int) -> str:
    """Return a row's sort key; zero-padded so that keys sort as numbers do."""
    return f"{row_number:08d}"


def item_of(staged: StagedRow, status: RowStatus) -> Item:
    """Return the DynamoDB item of a row."""
    row = staged.row
    item: Item = {name: {"S": cell} for name, cell in row.cells.items()}
    item["upload_id"] = {"S": staged.upload_id}
    item["record_id"] = {"S": record_id(row.row_number)}
    item["vendor_id"] = {"S": staged.vendor_id}
    item["row_number"] = {"N": str(row.row_number)}
    item["status"] = {"S": status}
    item["expires_at"] = {"N": str(staged.expires_at)}
    if row.findings:
        item["file_findings"] = _errors_attribute(row.findings)
    if row.lengths:
        item["cell_lengths"] = {"M": {name: {"N": str(length)} for name, length in row.lengths.items()}}
    if row.sent:
        item["cells_sent"] = {"M": {name: {"S": cell} for name, cell in row.sent.items()}}
    if staged.errors:
        item["errors"] = _errors_attribute(staged.errors)
    return item


def row_of(item: Mapping[str, Mapping[str, Any]]) -> StagedRow:
    """Return the row of a DynamoDB item or stream image."""
    lengths = item.get("cell_lengths", {"M": {}})["M"]
    sent = item.get("cells_sent", {"M": {}})["M"]
    return StagedRow(
        upload_id=item["upload_id"]["S"],
        vendor_id=item["vendor_id"]["S"],
        row=ProductRow(
            row_number=int(item["row_number"]["N"]),
            cells={name: value["S"] for name, value in item.items() if name not in _NOT_CELLS},
            lengths={name: int(value["N"]) for name, value in lengths.items()} if lengths else {},
            findings=_errors_of(item.get("file_findings")),
            sent={name: value["S"] for name, value in sent.items()} if sent else {},
        ),
        expires_at=int(item["expires_at"]["N"]),
        errors=_errors_of(item.get("errors")),
    )


def _errors_attribute(errors: Sequence[RowError]) -> dict[str, Any]:
    return {
        "L": [
            {
                "M": {
                    "field": {"S": error.field} if error.field else {"NULL": True},
                    "error_type": {"S": error.code},
                    "error_message": {"S": error.message},
                }
            }
            for error in errors
        ]
    }


def _errors_of(attribute: Mapping[str, Any] | None) -> tuple[RowError, ...]:
    if not attribute:
        return ()
    return tuple(
        RowError(
            field=entry["M"]["field"].get("S"),
            code=ErrorCode(entry["M"]["error_type"]["S"]),
            message=entry["M"]["error_message"]["S"],
        )
        for entry in attribute["L"]
    )


class StagingTable:
    """The table's reads and writes; raises botocore's ClientError when DynamoDB refuses one."""

    def __init__(self, client: Any, table_name: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._table_name = table_name
        self._sleep = sleep

    def put_rows(self, rows: Sequence[StagedRow], status: RowStatus) -> None:
        """Write rows with this status, replacing what is there. The same call again changes nothing."""
        batches = list(_batches(rows))
        if len(batches) <= 1:
            for batch in batches:
                self._write([item_of(row, status) for row in batch])
            return
        with ThreadPoolExecutor(_WRITERS) as writers:
            # list() raises the first error of any writer
            list(writers.map(lambda batch: self._write([item_of(row, status) for row in batch]), batches))

    def _write(self, items: Sequence[Item]) -> None:
        requests = [{"PutRequest": {"Item": item}} for item in items]
        backoff = 0.05
        while requests:
            response = self._client.batch_write_item(RequestItems={self._table_name: requests})
            # A throttled table accepts a part of the batch and hands back the rest (DynamoDB, "BatchWriteItem").
            requests = response.get("UnprocessedItems", {}).get(self._table_name, [])
            if requests:
                self._sleep(backoff)
                backoff = min(backoff * 2, _MAX_BACKOFF_SECONDS)

    def staged_row_numbers(self, upload_id: str) -> set[int]:
        """Return the numbers of the rows that are staged, whatever their status."""
        items = self._query(upload_id, ProjectionExpression="row_number")
        return {int(item["row_number"]["N"]) for item in items}

    def error_rows(self, upload_id: str) -> list[StagedRow]:
        """Return the rows that are marked with their errors, in order."""
        items = self._query(
            upload_id,
            FilterExpression="#status = :error",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":error": {"S": RowStatus.ERROR}},
        )
        return [row_of(item) for item in items]

    def _query(self, upload_id: str, **parameters: Any) -> Iterator[Item]:
        values = parameters.pop("ExpressionAttributeValues", {})
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table_name,
            ConsistentRead=True,
            # '#', the tracker's first character, sorts before every digit
            KeyConditionExpression="upload_id = :upload_id AND record_id >= :first",
            ExpressionAttributeValues={":upload_id": {"S": upload_id}, ":first": {"S": "0"}, **values},
            **parameters,
        )
        for page in pages:
            yield from page["Items"]

    def open_tracker(self, upload: Upload, total_records: int | None) -> None:
        """Write the upload's tracker: what the vendor index shows, and the total once it is known."""
        values: Item = {
            ":vendor": {"S": upload.vendor_id},
            ":file": {"S": upload.file_name},
            ":uploaded": {"S": upload.uploaded_at},
            ":expires": {"N": str(int(time.time()) + RETENTION_SECONDS)},
        }
        expression = (
            "SET tracker_vendor_id = :vendor, file_name = :file, uploaded_at = :uploaded,"
            " expires_at = if_not_exists(expires_at, :expires)"
        )
        if total_records is not None:
            expression += ", total_records = :total"
            values[":total"] = {"N": str(total_records)}
        self._client.update_item(
            TableName=self._table_name,
            Key=_tracker_key(upload.upload_id),
            UpdateExpression=expression,
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


def _batches(rows: Sequence[StagedRow]) -> Iterator[Sequence[StagedRow]]:
    """Yield the rows in batches that one BatchWriteItem takes."""
    for start in range(0, len(rows), _BATCH_ITEMS):
        yield rows[start : start + _BATCH_ITEMS]
