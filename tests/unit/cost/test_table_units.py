"""DynamoDB's units, from the sizes of items."""

import pytest

from cost.errors import CostError
from cost.table_units import Index, TableReplay, item_size, read_units, write_units

_INDEX = Index(("vendor", "at"), frozenset({"id", "row", "vendor", "at", "total"}))


@pytest.mark.parametrize(("size", "units"), [(1, 1), (1023, 1), (1024, 1), (1025, 2), (2048, 2), (2049, 3)])
def test_a_write_takes_a_unit_for_each_kilobyte_begun(size: int, units: int) -> None:
    assert write_units(size) == units


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1, 1), (4096, 1), (4097, 2), (8192, 2), (8193, 3)])
def test_a_consistent_read_takes_a_unit_for_each_4_kb_begun_and_any_other_half(size: int, units: int) -> None:
    assert read_units(size, consistent=True) == units
    assert read_units(size, consistent=False) == units / 2


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "abc"}, 3),
        ({"S": "Fjällö"}, 8),
        ({"S": ""}, 0),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "100"}, 2),
        ({"N": "123"}, 3),
        ({"N": "-123"}, 4),
        ({"N": "0.05"}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 3 + 2 + 3),
        ({"M": {"k": {"S": "ab"}}}, 3 + 1 + 3),
        ({"SS": ["ab", "c"]}, 3),
    ],
)
def test_the_size_of_an_item_is_that_of_its_names_and_values(value: dict[str, object], size: int) -> None:
    assert item_size({"name": value}) == len("name") + size


def test_an_unknown_type_of_value_has_no_size() -> None:
    with pytest.raises(CostError, match="type X"):
        item_size({"name": {"X": "?"}})


def _item(row: str, text: str = "", **more: str) -> dict[str, dict[str, str]]:
    return {"id": {"S": "U"}, "row": {"S": row}, **({"text": {"S": text}} if text else {})} | {
        name: {"S": value} for name, value in more.items()
    }


def _put(*items: dict[str, dict[str, str]]) -> dict[str, object]:
    return {"RequestItems": {"table": [{"PutRequest": {"Item": item}} for item in items]}}


def test_a_smaller_item_is_billed_as_the_one_it_replaces() -> None:
    replay = TableReplay(("id", "row"))

    replay.request("BatchWriteItem", _put(_item("1", "x" * 1500), _item("2")), {}, 200)
    replay.request("BatchWriteItem", _put(_item("1")), {}, 200)

    assert replay.units["BatchWriteItem"].requests == 2
    assert replay.units["BatchWriteItem"].items == 3
    assert replay.units["BatchWriteItem"].table_writes == 2 + 1 + 2


def test_an_item_that_was_handed_back_is_not_billed() -> None:
    replay = TableReplay(("id", "row"))
    body = _put(_item("1"), _item("2"))
    left_over = {"UnprocessedItems": {"table": [{"PutRequest": {"Item": _item("2")}}]}}

    replay.request("BatchWriteItem", body, left_over, 200)

    assert replay.units["BatchWriteItem"].table_writes == 1


def test_the_index_is_billed_only_when_it_sees_the_change() -> None:
    replay = TableReplay(("id", "row"), [_INDEX])

    replay.request("BatchWriteItem", _put(_item("1"), _item("#", vendor="V", at="1")), {}, 200)
    assert replay.units["BatchWriteItem"].index_writes == 1

    replay.request("UpdateItem", _update("SET token = :t", t="x"), {}, 200)
    assert replay.units["UpdateItem"].index_writes == 0
    replay.request("UpdateItem", _update("SET total = :t", t="5"), {}, 200)
    assert replay.units["UpdateItem"].index_writes == 1
    replay.request("UpdateItem", _update("SET at = :t", t="2"), {}, 200)
    assert replay.units["UpdateItem"].index_writes == 1 + 2


def _update(expression: str, **values: str) -> dict[str, object]:
    return {
        "Key": _item("#"),
        "UpdateExpression": expression,
        "ExpressionAttributeValues": {f":{name}": {"S": value} for name, value in values.items()},
    }


def test_an_update_is_billed_for_the_whole_item_and_for_what_this_replay_does_not_see() -> None:
    replay = TableReplay(("id", "row"), unseen={"token": {"S": "x" * 2048}})

    replay.request("UpdateItem", _update("SET a = :a, b = if_not_exists(b, :b)", a="1", b="2"), {}, 200)

    assert replay.units["UpdateItem"].table_writes == 3
    assert replay.items["U", "#"]["b"] == {"S": "2"}


def test_an_update_whose_condition_fails_is_billed_and_changes_nothing() -> None:
    replay = TableReplay(("id", "row"))
    replay.request("BatchWriteItem", _put(_item("#", "x" * 1500)), {}, 200)
    refusal = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}

    replay.request("UpdateItem", _update("SET text = :t", t="short"), refusal, 400)

    assert replay.units["UpdateItem"].table_writes == 2
    assert replay.items["U", "#"]["text"] == {"S": "x" * 1500}


def test_a_query_is_billed_for_the_sum_of_the_items_it_reads() -> None:
    replay = TableReplay(("id", "row"))
    rows = [_item(f"{number:03d}", "x" * 1000) for number in range(8)]
    replay.request("BatchWriteItem", _put(_item("#", "x" * 9000), *rows), {}, 200)
    body = {
        "KeyConditionExpression": "id = :id AND row >= :first",
        "ExpressionAttributeValues": {":id": {"S": "U"}, ":first": {"S": "0"}},
        "ConsistentRead": True,
    }

    replay.request("Query", body, {"ScannedCount": 8, "Count": 1}, 200)

    assert sum(map(item_size, rows)) == 8 * 1013
    assert replay.units["Query"].reads == 2


def test_a_query_of_several_pages_reads_every_item_once() -> None:
    replay = TableReplay(("id", "row"))
    replay.request("BatchWriteItem", _put(*(_item(str(number)) for number in range(5))), {}, 200)
    body = {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "U"}}}

    replay.request("Query", body, {"ScannedCount": 3}, 200)
    replay.request("Query", {**body, "ExclusiveStartKey": _item("2")}, {"ScannedCount": 2}, 200)

    assert replay.units["Query"].items == 5


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("Scan", {}),
        ("BatchWriteItem", {"RequestItems": {"table": [{"DeleteRequest": {"Key": _item("1")}}]}}),
        ("UpdateItem", _update("ADD count :one", one="1")),
        ("Query", {"KeyConditionExpression": "vendor = :v", "ExpressionAttributeValues": {":v": {"S": "V"}}}),
    ],
)
def test_a_request_whose_units_are_not_known_stops_the_count(operation: str, body: dict[str, object]) -> None:
    with pytest.raises(CostError, match=operation):
        TableReplay(("id", "row")).request(operation, body, {}, 200)
