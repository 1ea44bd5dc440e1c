"""Messages to the error processor: what they carry, and the sizes that SQS allows."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.rows import REPORTED_COLUMNS, ProductRow, StagedRow, stage
from onboarding.stores.error_queue import (
    MessagesNotSentError,
    ReportRequest,
    ReportSource,
    read_message,
    send_error_rows,
)
from onboarding.uploads import Upload, UploadMode
from rules import ErrorCode, RowError

SQS_BYTES = 1024 * 1024
# Characters a message may have (SQS API reference, SendMessage).
SQS_TEXT = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
rows_with_errors = st.lists(
    st.builds(
        StagedRow,
        upload_id=st.just("UPLOAD_20261121_103045_0a1b2c3d"),
        vendor_id=st.just("VEND001"),
        row=st.builds(
            ProductRow,
            st.integers(1, 10**7),
            st.just(REPORTED_COLUMNS),
            st.tuples(*[text] * len(REPORTED_COLUMNS)),
            st.just({}),
            st.just(()),
            st.just({}),
        ),
        expires_at=st.integers(0, 2**40),
        errors=st.lists(
            st.builds(RowError, st.none() | st.sampled_from(REPORTED_COLUMNS), st.sampled_from(ErrorCode), text),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
    max_size=8,
)


def _read_rows(body: str) -> list[StagedRow]:
    """Return the rows of a message that carries rows."""
    message = read_message(body)
    assert not isinstance(message, ReportRequest)
    return message


class Client:
    """Takes batches as SQS does and remembers them."""

    def __init__(self, fails: str | None = None) -> None:
        self.fails = fails
        self.requests: list[list[str]] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        assert len({entry["Id"] for entry in Entries}) == len(Entries)
        self.requests.append([entry["MessageBody"] for entry in Entries])
        if self.fails:
            return {"Successful": [], "Failed": [{"Id": Entries[-1]["Id"], "Code": self.fails, "SenderFault": False}]}
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    @property
    def rows(self) -> list[StagedRow]:
        return [row for request in self.requests for body in request for row in _read_rows(body)]


def _rows(upload: Upload, sizes: list[int], character: str = "x") -> list[StagedRow]:
    error = RowError("sku", ErrorCode.DUPLICATE_SKU, "Duplicate SKU")
    nothing = dict.fromkeys(REPORTED_COLUMNS, "")
    rows = [ProductRow.of(n, {**nothing, "product_name": character * size}) for n, size in enumerate(sizes, start=1)]
    return [
        StagedRow(staged.upload_id, staged.vendor_id, staged.row, staged.expires_at, (error,))
        for staged in stage(upload, rows)
    ]


@given(rows_with_errors)
@settings(deadline=None, max_examples=200)
def test_rows_are_the_same_when_they_went_through_the_queue(rows: list[StagedRow]) -> None:
    client = Client()

    send_error_rows(client, "queue", rows)

    assert client.rows == rows
    assert all(SQS_TEXT.fullmatch(body) for request in client.requests for body in request)


def test_only_what_the_report_shows_is_sent_when_rows_have_more(upload: Upload) -> None:
    error = RowError("price", ErrorCode.INVALID_PRICE, "Price is odd.")
    row = ProductRow.of(1, {"sku": "S1", "price": "1.5", "description": "x" * 2000}, sent={"price": "1,5"})
    (staged,) = stage(upload, [row])
    client = Client()

    send_error_rows(client, "queue", [staged._replace(errors=(error,))])

    (arrived,) = client.rows
    assert arrived.row.cells == {**dict.fromkeys(REPORTED_COLUMNS, ""), "sku": "S1", "price": "1,5"}
    assert arrived.errors == (error,)


def test_rows_are_read_when_version_0_3_sent_them() -> None:
    entry = {
        **{"row_number": 2, "expires_at": 1000, "cells": {"sku": "S2", "price": "free"}},
        "errors": [["price", "INVALID_PRICE", "Price is odd."], [None, "MALFORMED_ROW", "Short."]],
    }
    body = json.dumps({"kind": "error_rows", "upload_id": "U", "vendor_id": "VEND001", "rows": [entry]})

    errors = (
        RowError("price", ErrorCode.INVALID_PRICE, "Price is odd."),
        RowError(None, ErrorCode.MALFORMED_ROW, "Short."),
    )
    row = ProductRow.of(2, {"sku": "S2", "price": "free"})
    assert _read_rows(body) == [StagedRow("U", "VEND001", row, 1000, errors)]


def test_characters_that_sqs_refuses_are_escaped_when_cells_have_them(upload: Upload) -> None:
    client = Client()
    rows = _rows(upload, [3], "\uffff") + _rows(upload, [3], "\ufffe") + _rows(upload, [3], "\x01")

    send_error_rows(client, "queue", rows)

    assert all(SQS_TEXT.fullmatch(body) for request in client.requests for body in request)
    assert client.rows == rows


def test_nothing_is_sent_when_there_are_no_rows() -> None:
    client = Client()

    send_error_rows(client, "queue", [])

    assert client.requests == []


@pytest.mark.parametrize(
    "sizes",
    [[200] * 500, [4_000] * 200, [89_000] * 30, [250_000] * 9, [10, 250_000, 10, 250_000], [250_000, 250_000, 100]],
)
@pytest.mark.parametrize("character", ["x", "\N{HEADPHONE}", "\x01"])
def test_messages_and_requests_keep_the_limits_when_rows_are_many_or_large(
    upload: Upload, sizes: list[int], character: str
) -> None:
    width = len(json.dumps(character, ensure_ascii=False).encode()) - 2
    rows = _rows(upload, [size // width for size in sizes], character)
    client = Client()

    send_error_rows(client, "queue", rows)

    assert client.rows == rows
    for request in client.requests:
        assert len(request) <= 10
        assert sum(len(body.encode()) for body in request) <= SQS_BYTES


def test_many_rows_share_a_message_when_they_are_small(upload: Upload) -> None:
    client = Client()

    send_error_rows(client, "queue", _rows(upload, [100] * 100))

    assert [len(request) for request in client.requests] == [1]


def test_row_goes_alone_when_it_is_as_large_as_a_row_can_be(upload: Upload) -> None:
    error = RowError("sku", ErrorCode.DUPLICATE_SKU, "Duplicate SKU")
    cells = dict.fromkeys(REPORTED_COLUMNS, "\x01" * 4096)
    (staged,) = stage(upload, [ProductRow.of(1, cells)])
    client = Client()

    send_error_rows(client, "queue", [StagedRow(staged.upload_id, "VEND001", staged.row, staged.expires_at, (error,))])

    ((body,),) = client.requests
    assert 120_000 < len(body.encode()) < SQS_BYTES
    assert _read_rows(body)[0].row.cells == cells


def test_failure_is_raised_when_sqs_refuses_part_of_a_batch(upload: Upload) -> None:
    with pytest.raises(MessagesNotSentError, match="1 of 1 messages: InternalError"):
        send_error_rows(Client(fails="InternalError"), "queue", _rows(upload, [100]))


def test_request_is_read_when_the_state_machine_sends_one() -> None:
    body = {
        "kind": "report_request",
        "upload_id": "UPLOAD_20261121_103045_0a1b2c3d",
        "vendor_id": "VEND001",
        "error_records": 3,
        "task_token": "token",
    }

    request = read_message(json.dumps(body))

    assert request == ReportRequest("UPLOAD_20261121_103045_0a1b2c3d", "VEND001", 3, "token")


def test_request_names_the_file_when_its_corrections_are_asked_for() -> None:
    body = {
        "kind": "report_request",
        "upload_id": "UPLOAD_20261121_103045_0a1b2c3d",
        "vendor_id": "VEND001",
        "error_records": 3,
        "bucket": "bucket",
        "s3_key": "updates/VEND001/changes.csv",
        "object_version": "version",
        "mode": "update",
        "with_corrections": True,
        "task_token": "token",
    }

    request, without = (read_message(json.dumps(body | {"with_corrections": wanted})) for wanted in (True, False))

    source = ReportSource("bucket", "updates/VEND001/changes.csv", "version", UploadMode.UPDATE)
    assert request == ReportRequest("UPLOAD_20261121_103045_0a1b2c3d", "VEND001", 3, "token", source)
    assert without == ReportRequest("UPLOAD_20261121_103045_0a1b2c3d", "VEND001", 3, "token")


@pytest.mark.parametrize("body", ['{"kind": "greeting"}', "{}", "not json"])
def test_message_is_refused_when_it_is_of_no_known_kind(body: str) -> None:
    with pytest.raises(ValueError):
        read_message(body)


@pytest.mark.parametrize("cells", [["P1"], ["P1", "S1", "Mouse", "1", "2", "3"]])
def test_message_is_not_read_when_a_row_has_more_or_fewer_cells_than_columns(cells: list[str]) -> None:
    row = [1, 0, cells, [["sku", "DUPLICATE_SKU", "Duplicate SKU"]]]
    body = {"kind": "error_rows", "upload_id": "U", "vendor_id": "V", "columns": REPORTED_COLUMNS, "rows": [row]}

    with pytest.raises(ValueError, match="cells for 5 columns"):
        read_message(json.dumps(body))
