"""What DynamoDB bills on the staging table: the sizes of items, and the units they take."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cost.prices import CostError

Item = Mapping[str, Mapping[str, Any]]

TRACKER = "#upload"
_WRITE_UNIT_BYTES = 1024
_READ_UNIT_BYTES = 4096
_STORED_ITEM_OVERHEAD_BYTES = 100
"""What storage adds to each item (DynamoDB developer guide, "Best practices: item sizes")."""
_TASK_TOKEN = {"task_token": {"S": "x" * 2048}}
"""The longest task token (Step Functions API reference); the emulator's are shorter."""


@dataclass(frozen=True, slots=True)
class Units:
    """Write and read units, and how many items were written for them."""

    items: int
    writes: int
    reads: int


def item_size(item: Item) -> int:
    """Return an item's bytes as DynamoDB counts them: names and values, in UTF-8."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind in ("S", "N"):  # a number takes a byte for two digits and one more: its text is never shorter
        return len(content.encode()) + (kind == "N")
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "L":
        return 3 + sum(1 + _value_size(element) for element in content)
    if kind == "M":
        return 3 + len(content) + item_size(content)
    raise CostError(f"the size of a DynamoDB value of type {kind} is not known to cost/dynamodb_units.py")


def units(size: int, unit_bytes: int) -> int:
    """Return the units of so many bytes: one for each that is begun."""
    return max(1, -(-size // unit_bytes))


def staging_units(items: Sequence[Item], calls: Counter[tuple[str, str]]) -> Units:
    """Return the units of one upload, from the items it has left and the requests that were counted.

    Rows and outcomes are items of their own, so that each was written once. The tracker was written by every
    UpdateItem; it counts at its largest, and twice, because its index is written, too. Queries read the error rows.
    """
    rows = [item for item in items if item["record_id"]["S"] != TRACKER]
    tracker = next(item for item in items if item["record_id"]["S"] == TRACKER)
    operations: Counter[str] = Counter()
    for (_, operation), times in calls.items():
        operations[operation] += times
    updates = operations["dynamodb:UpdateItem"]
    writes = sum(units(item_size(item), _WRITE_UNIT_BYTES) for item in rows)
    writes += updates * (units(item_size({**tracker, **_TASK_TOKEN}), _WRITE_UNIT_BYTES) + 1)
    reads = operations["dynamodb:GetItem"] + operations["dynamodb:Query"]
    reads += units(sum(map(item_size, error_items(items))), _READ_UNIT_BYTES)
    return Units(len(rows) + updates, writes, reads)


def error_items(items: Iterable[Item]) -> list[Item]:
    """Return those of an upload's items that say what is wrong with a row."""
    return [item for item in items if item.get("status") == {"S": "error"}]


def stored_bytes(items: Iterable[Item]) -> int:
    """Return what storage bills for items."""
    return sum(item_size(item) + _STORED_ITEM_OVERHEAD_BYTES for item in items)
