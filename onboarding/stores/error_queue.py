"""The messages between validator, state machine and error processor, and how they are sent."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onboarding.rows import REPORTED_COLUMNS, ProductRow, StagedRow, matching
from onboarding.uploads import UploadMode
from rules import ErrorCode, RowError

_MESSAGE_ROWS = 100
_MESSAGE_BYTES = 90_000
"""Rows share a message up to this size; one row alone may be larger, up to about 130 KB. SQS takes 1 MiB a request."""
_REQUEST_BYTES = 1_000_000
_REQUEST_ENTRIES = 10
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class MessagesNotSentError(RuntimeError):
    """SQS refused some of the messages; all are sent again when the batch is retried."""


@dataclass(frozen=True, slots=True)
class ReportSource:
    """The uploaded file, from which the corrections file is made."""

    bucket: str
    key: str
    version: str
    mode: UploadMode


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """The execution asks for the report of an upload once its error rows are all there."""

    upload_id: str
    vendor_id: str
    error_records: int
    task_token: str
    source: ReportSource | None = None
    """The file, if its corrections file is asked for as well."""


def send_error_rows(client: Any, queue_url: str, rows: Sequence[StagedRow]) -> None:
    """Send rows with their errors, many to a message. Raises MessagesNotSentError."""
    for bodies in _requests(_bodies(rows)):
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        response = client.send_message_batch(QueueUrl=queue_url, Entries=entries)
        if response.get("Failed"):
            reasons = sorted({failure["Code"] for failure in response["Failed"]})
            raise MessagesNotSentError(f"{len(response['Failed'])} of {len(entries)} messages: {', '.join(reasons)}")


def read_message(body: str) -> list[StagedRow] | ReportRequest:
    """Return what a message carries. Raises ValueError for a message that is neither kind."""
    document = json.loads(body)
    match document.get("kind"):
        case "error_rows":
            return _rows_of(document)
        case "report_request":
            return ReportRequest(
                document["upload_id"],
                document["vendor_id"],
                int(document["error_records"]),
                document["task_token"],
                _source_of(document),
            )
        case kind:
            raise ValueError(f"message of unknown kind: {kind!r}")


def _source_of(document: Mapping[str, Any]) -> ReportSource | None:
    """Return the file; executions that began before there were corrections files name none."""
    if not document.get("with_corrections"):
        return None
    return ReportSource(
        document["bucket"], document["s3_key"], document["object_version"], UploadMode(document["mode"])
    )


def _bodies(rows: Sequence[StagedRow]) -> Iterator[str]:
    """Yield messages with the rows. They are encoded many at once; whatever turns out too large is halved."""
    for start in range(0, len(rows), _MESSAGE_ROWS):
        yield from _halved(rows[start : start + _MESSAGE_ROWS])


def _halved(rows: Sequence[StagedRow]) -> Iterator[str]:
    body = _body(rows)
    if len(rows) == 1 or len(body.encode()) <= _MESSAGE_BYTES:
        yield body
    else:
        middle = len(rows) // 2
        yield from _halved(rows[:middle])
        yield from _halved(rows[middle:])


def _body(rows: Sequence[StagedRow]) -> str:
    first = rows[0]
    head = {"kind": "error_rows", "upload_id": first.upload_id, "vendor_id": first.vendor_id}
    body = _encode({**head, "columns": REPORTED_COLUMNS, "rows": [_entry_of(row) for row in rows]})
    # json escapes all other characters that SQS does not take (SQS API reference, "SendMessage")
    return body.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def _requests(bodies: Iterator[str]) -> Iterator[list[str]]:
    request: list[str] = []
    size = 0
    for body in bodies:
        body_size = len(body.encode())
        if request and (len(request) == _REQUEST_ENTRIES or size + body_size > _REQUEST_BYTES):
            yield request
            request, size = [], 0
        request.append(body)
        size += body_size
    if request:
        yield request


def _entry_of(staged: StagedRow) -> list[Any]:
    _, _, row, expires_at, errors = staged
    return [row.row_number, expires_at, row.sent_in(REPORTED_COLUMNS), errors]


def _rows_of(document: Mapping[str, Any]) -> list[StagedRow]:
    upload_id, vendor_id = document["upload_id"], document["vendor_id"]
    if "columns" not in document:
        return [_row_of_0_3(upload_id, vendor_id, entry) for entry in document["rows"]]
    columns = tuple(document["columns"])
    return [
        StagedRow(
            upload_id,
            vendor_id,
            ProductRow(row_number, columns, matching(columns, cells)),
            expires_at,
            tuple([RowError(field, ErrorCode[code], message) for field, code, message in errors]),
        )
        for row_number, expires_at, cells, errors in document["rows"]
    ]


def _row_of_0_3(upload_id: str, vendor_id: str, entry: Mapping[str, Any]) -> StagedRow:
    """Return a row as version 0.3.0 sent it; its messages live for 14 days at most."""
    errors = tuple([RowError(field, ErrorCode[code], message) for field, code, message in entry["errors"]])
    row = ProductRow.of(entry["row_number"], entry["cells"])
    return StagedRow(upload_id, vendor_id, row, entry["expires_at"], errors)
