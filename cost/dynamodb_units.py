"""What DynamoDB bills on the staging table: the sizes of items, and the units they take."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cost.prices import CostError

Item = Mapping[str, Mapping[str, Any]]

_WRITE_UNIT_BYTES = 1024
_READ_UNIT_BYTES = 4096
_STORED_ITEM_OVERHEAD_BYTES = 100  # that storage adds (DynamoDB developer guide, "Best practices: item sizes")
_TASK_TOKEN = {"task_token": {"S": "x" * 2048}}  # the longest one (Step Functions API reference)


def write_units(rows: Sequence[Item], tracker: Item, updates: int) -> int:
    """Return the write units of one upload, from the items it has left.

    Rows and outcomes are items of their own, so that each was written once. The tracker was written by every update;
    it counts at its largest, and twice, because its index is written, too.
    """
    tracker_units = write_units_of({**tracker, **_TASK_TOKEN}) + 1
    return sum(map(write_units_of, rows)) + updates * tracker_units


def read_units(rows: Sequence[Item], requests: int) -> int:
    """Return the read units of one upload: one for each request, and those of the error rows, which queries read."""
    read = sum(item_size(item) for item in error_items(rows))
    return requests + max(1, -(-read // _READ_UNIT_BYTES))


def error_items(rows: Iterable[Item]) -> list[Item]:
    """Return the items that say what is wrong with a row."""
    return [item for item in rows if item["status"] == {"S": "error"}]


def stored_bytes(items: Iterable[Item]) -> int:
    """Return what storage bills for items."""
    return sum(item_size(item) + _STORED_ITEM_OVERHEAD_BYTES for item in items)


def write_units_of(item: Item) -> int:
    """Return what the writing of an item takes: a unit for each KB that is begun."""
    return -(-item_size(item) // _WRITE_UNIT_BYTES)


def item_size(item: Item) -> int:
    """Return an item's bytes as DynamoDB counts them: names and values, in UTF-8."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    match dict(value):
        case {"S": text}:
            return len(text.encode())
        case {"N": digits}:  # a byte for two digits and one more: its text is never shorter
            return len(digits) + 1
        case {"BOOL": _} | {"NULL": _}:
            return 1
        case {"L": elements}:
            return 3 + sum(1 + _value_size(element) for element in elements)
        case {"M": entries}:
            return 3 + len(entries) + item_size(entries)
    raise CostError(f"the size of the DynamoDB value {value} is not known to cost/dynamodb_units.py")
