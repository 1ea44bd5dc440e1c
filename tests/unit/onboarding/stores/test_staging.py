"""Rows as DynamoDB items, and how they are written."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.rows import RETENTION_SECONDS, ProductRow, RowStatus, StagedRow, stage
from onboarding.stores.staging import StagingTable, item_of, record_id, row_of, shard_of, upload_of
from onboarding.uploads import Upload
from rules import ErrorCode, ProductRules, RowError
from tests.unit.onboarding.conftest import Product

COLUMNS = ProductRules.load().columns
SHARDS = 8

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
row_errors = st.lists(
    st.builds(RowError, field=st.none() | st.sampled_from(COLUMNS), code=st.sampled_from(ErrorCode), message=text),
    max_size=3,
).map(tuple)
staged_rows = st.builds(
    StagedRow,
    upload_id=st.just("UPLOAD_20261121_103045_0a1b2c3d"),
    vendor_id=st.text("abcXYZ019_-", min_size=1, max_size=50),
    row=st.builds(
        ProductRow.of,
        row_number=st.integers(1, 99_999_999),
        cells=st.dictionaries(st.sampled_from(COLUMNS), text | st.text("\\tnr\t\n\r", max_size=6)),
        sent=st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=5), max_size=2),
        lengths=st.dictionaries(st.sampled_from(COLUMNS), st.integers(4097, 10_485_760), max_size=2),
        findings=row_errors,
    ),
    expires_at=st.integers(0, 2**40),
    errors=row_errors,
)


class Client:
    """Answers BatchWriteItem from a list of what it refuses: some of the items, or the request with an error."""

    def __init__(self, *refusals: int | str) -> None:
        self._refusals = list(refusals)
        self.requests: list[list[dict[str, Any]]] = []

    def batch_write_item(self, RequestItems: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:  # noqa: N803
        (requests,) = RequestItems.values()
        self.requests.append(requests)
        refusal = self._refusals.pop(0) if self._refusals else 0
        if isinstance(refusal, str):
            raise ClientError({"Error": {"Code": refusal, "Message": "no"}}, "BatchWriteItem")
        return {"UnprocessedItems": {"staging": requests[:refusal]} if refusal else {}}


def _rows(upload: Upload, count: int, **cells: str) -> list[StagedRow]:
    return stage(upload, [ProductRow.of(n, {"sku": f"S{n}", **cells}) for n in range(1, count + 1)], now=0)


def _written(client: Client) -> list[str]:
    return [put["PutRequest"]["Item"]["record_id"]["S"] for request in client.requests for put in request]


@given(staged_rows, st.sampled_from([RowStatus.PENDING, RowStatus.ERROR]), st.integers(1, 200))
@settings(deadline=None, max_examples=200)
def test_row_is_the_same_when_it_went_through_an_item(staged: StagedRow, status: RowStatus, shards: int) -> None:
    item = item_of(staged, status, shards)

    assert row_of(item) == staged
    assert item["status"] == {"S": str(status)}


@given(staged_rows, st.integers(1, 200))
def test_outcome_has_a_key_of_its_own_when_its_row_is_staged_again(staged: StagedRow, shards: int) -> None:
    items = [item_of(staged, status, shards) for status in RowStatus]

    assert len({item["upload_id"]["S"] for item in items}) == 1
    assert len({item["record_id"]["S"] for item in items}) == len(RowStatus)


def test_no_cells_are_written_again_when_a_row_is_valid(upload: Upload, product: Product) -> None:
    (staged,) = stage(upload, [ProductRow.of(7, product(7))], now=0)

    item = item_of(staged, RowStatus.VALIDATED, SHARDS)

    assert set(item) == {"upload_id", "record_id", "vendor_id", "row_number", "status", "expires_at"}
    assert item["record_id"] == {"S": "validated#00000007"}


def test_rows_are_spread_evenly_when_they_follow_each_other(upload: Upload) -> None:
    shards = [shard_of(upload.upload_id, number, SHARDS) for number in range(1, 10 * SHARDS + 1)]

    assert {shards.count(shard) for shard in set(shards)} == {10}
    assert len(set(shards[:SHARDS])) == SHARDS
    assert {upload_of(shard) for shard in shards} == {upload.upload_id}


def test_cells_are_one_attribute_when_a_row_is_staged(upload: Upload) -> None:
    (staged,) = stage(upload, [ProductRow.of(7, {"sku": "S7", "brand": "", "price": "1\t2\\n\n"})], now=1_000.9)

    item = item_of(staged, RowStatus.PENDING, SHARDS)

    assert item == {
        "format": {"N": "2"},
        "columns": {"S": "sku\tbrand\tprice"},
        "cells": {"S": "S7\t\t1\\t2\\\\n\\n"},
        "upload_id": {"S": f"{upload.upload_id}#7"},
        "record_id": {"S": "00000007"},
        "vendor_id": {"S": "VEND001"},
        "row_number": {"N": "7"},
        "status": {"S": "pending_validation"},
        "expires_at": {"N": str(1_000 + RETENTION_SECONDS)},
    }


def test_item_is_no_row_when_its_cells_do_not_match_its_columns(upload: Upload) -> None:
    (staged,) = stage(upload, [ProductRow.of(7, {"sku": "S7", "price": "1"})], now=0)
    item = item_of(staged, RowStatus.PENDING, SHARDS)

    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        row_of({**item, "cells": {"S": "S7"}})


def test_row_is_read_when_version_0_3_staged_it(upload: Upload) -> None:
    said = {
        "field": {"S": "price"},
        "error_type": {"S": "INVALID_PRICE"},
        "error_message": {"S": "Price is odd."},
    }
    malformed = {"field": {"NULL": True}, "error_type": {"S": "MALFORMED_ROW"}, "error_message": {"S": "Short."}}
    item: dict[str, dict[str, Any]] = {
        **{"upload_id": {"S": f"{upload.upload_id}#7"}, "record_id": {"S": "error#00000007"}},
        **{"vendor_id": {"S": "VEND001"}, "row_number": {"N": "7"}, "status": {"S": "error"}},
        **{"expires_at": {"N": "1000"}, "sku": {"S": "S7"}, "price": {"S": "1"}, "cell_status": {"S": "active"}},
        "file_findings": {"L": [{"M": malformed}]},
        "errors": {"L": [{"M": said}]},
    }

    assert row_of(item) == StagedRow(
        upload.upload_id,
        "VEND001",
        ProductRow.of(
            7,
            {"sku": "S7", "price": "1", "status": "active"},
            findings=(RowError(None, ErrorCode.MALFORMED_ROW, "Short."),),
        ),
        1000,
        (RowError("price", ErrorCode.INVALID_PRICE, "Price is odd."),),
    )


@given(st.lists(st.integers(1, 10_485_760)))
def test_sort_keys_sort_as_row_numbers_do_when_compared_as_text(numbers: list[int]) -> None:
    assert sorted(map(record_id, numbers)) == [record_id(number) for number in sorted(numbers)]


@pytest.mark.parametrize("count", [0, 1, 25, 26, 51, 60])
def test_batches_have_at_most_25_rows_when_many_are_put(upload: Upload, count: int) -> None:
    client = Client()

    StagingTable(client, "staging", shards=SHARDS).put_rows(_rows(upload, count), RowStatus.PENDING)

    assert all(0 < len(request) <= 25 for request in client.requests)
    assert sorted(_written(client)) == [record_id(n) for n in range(1, count + 1)]


def test_request_stays_below_the_limit_when_all_cells_are_as_long_as_they_may_be(upload: Upload) -> None:
    client = Client()
    cells = dict.fromkeys(COLUMNS, "\N{HEADPHONE}" * 4096)

    StagingTable(client, "staging", shards=SHARDS).put_rows(_rows(upload, 25, **cells), RowStatus.PENDING)

    for request in client.requests:
        sizes = [sum(len(a.get("S", "").encode()) for a in put["PutRequest"]["Item"].values()) for put in request]
        assert max(sizes) < 400_000
        assert sum(sizes) < 16 * 1024 * 1024


def test_rest_is_put_again_when_dynamodb_leaves_some_unprocessed(upload: Upload) -> None:
    client = Client(20, 20, 7)
    waits: list[float] = []

    StagingTable(client, "staging", shards=SHARDS, sleep=waits.append).put_rows(_rows(upload, 25), RowStatus.PENDING)

    assert [len(request) for request in client.requests] == [25, 20, 20, 7]
    assert set(_written(client)) == {record_id(n) for n in range(1, 26)}
    assert len(waits) >= 3


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_batch_is_put_again_when_dynamodb_refuses_all_of_it(upload: Upload, code: str) -> None:
    client = Client(code, code)
    waits: list[float] = []

    StagingTable(client, "staging", shards=SHARDS, sleep=waits.append).put_rows(_rows(upload, 3), RowStatus.PENDING)

    assert [len(request) for request in client.requests] == [3, 3, 3]
    assert len(waits) >= 2


def test_failure_is_raised_when_it_is_no_throttling(upload: Upload) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        StagingTable(Client("AccessDeniedException"), "staging", shards=SHARDS).put_rows(
            _rows(upload, 1), RowStatus.PENDING
        )


def test_wait_grows_to_its_ceiling_when_the_table_stays_throttled(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: 1.0)
    client = Client(*[1] * 20)
    waits: list[float] = []

    StagingTable(client, "staging", shards=SHARDS, sleep=waits.append).put_rows(_rows(upload, 1), RowStatus.PENDING)

    refused = waits[:20]
    assert refused == sorted(refused)
    assert (refused[0], refused[-1]) == (0.05, 1.0)
    assert len(client.requests) == 21


def test_waits_differ_when_writers_are_refused_together(upload: Upload) -> None:
    waits: list[float] = []

    for _ in range(20):
        client = Client("ThrottlingException")
        StagingTable(client, "staging", shards=SHARDS, sleep=waits.append).put_rows(_rows(upload, 1), RowStatus.PENDING)

    assert all(0 <= wait <= 0.05 for wait in waits)
    assert len(set(waits)) > 20


def test_writer_does_not_wait_when_nothing_is_refused(upload: Upload) -> None:
    waits: list[float] = []

    StagingTable(Client(), "staging", shards=SHARDS, sleep=waits.append).put_rows(_rows(upload, 300), RowStatus.PENDING)

    assert waits == []


def test_row_counts_once_when_the_number_of_shards_was_changed(upload: Upload) -> None:
    class Table:
        """Has the same error row in the partitions that 4 and 8 shards give it."""

        def get_paginator(self, operation: str) -> "Table":
            assert operation == "query"
            return self

        def paginate(self, ExpressionAttributeValues: dict[str, Any], **_: Any) -> list[dict[str, Any]]:  # noqa: N803
            (row,) = stage(upload, [ProductRow.of(6, {"sku": "S6"})], now=0)
            items = [item_of(row, RowStatus.ERROR, shards) for shards in (4, 8)]
            shard = ExpressionAttributeValues[":shard"]
            return [{"Items": [item for item in items if item["upload_id"] == shard]}]

    rows = StagingTable(Table(), "staging", shards=8).error_rows(upload.upload_id)

    assert [row.row_number for row in rows] == [6]


def test_failure_is_raised_when_one_of_several_batches_fails(upload: Upload) -> None:
    class Failing(Client):
        def batch_write_item(self, RequestItems: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:  # noqa: N803
            if any(put["PutRequest"]["Item"]["record_id"]["S"] == record_id(60) for put in RequestItems["staging"]):
                raise ConnectionError("reset by peer")
            return super().batch_write_item(RequestItems)

    with pytest.raises(ConnectionError):
        StagingTable(Failing(), "staging", shards=SHARDS).put_rows(_rows(upload, 100), RowStatus.PENDING)
