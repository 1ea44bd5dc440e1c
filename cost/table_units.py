"""What DynamoDB bills for requests on the staging table: the sizes of items, and the units they take."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cost.errors import CostError

Item = Mapping[str, Mapping[str, Any]]

WRITE_UNIT_BYTES = 1024
READ_UNIT_BYTES = 4096
_ELEMENT_BYTES = 1
_CONTAINER_BYTES = 3
_LARGEST_NUMBER_BYTES = 21
STORED_ITEM_OVERHEAD_BYTES = 100
"""What storage adds to each item (DynamoDB developer guide, "Best practices: item sizes")."""


def item_size(item: Item) -> int:
    """Return an item's bytes as DynamoDB counts them: names and values, in UTF-8."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def write_units(size: int) -> int:
    """Return the units to write an item of this many bytes: one for each kilobyte begun."""
    return max(1, -(-size // WRITE_UNIT_BYTES))


def read_units(size: int, *, consistent: bool) -> float:
    """Return the units to read this many bytes: one for each 4 KB begun, half of it when eventually consistent."""
    return max(1, -(-size // READ_UNIT_BYTES)) * (1 if consistent else 0.5)


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_size(content)
        case "B":
            return len(content) * 3 // 4  # base64 on the wire
        case "BOOL" | "NULL":
            return 1
        case "SS":
            return sum(len(member.encode()) for member in content)
        case "NS":
            return sum(map(_number_size, content))
        case "L":
            return _CONTAINER_BYTES + sum(_ELEMENT_BYTES + _value_size(element) for element in content)
        case "M":
            return _CONTAINER_BYTES + len(content) * _ELEMENT_BYTES + item_size(content)
        case _:
            raise CostError(f"the size of a DynamoDB value of type {kind} is not known to cost/table_units.py")


def _number_size(text: str) -> int:
    """One byte for each two significant digits, one more, and one for a minus sign ("Item sizes and formats")."""
    digits = re.sub(r"[eE].*", "", text).lstrip("+-").replace(".", "").strip("0")
    return min(_LARGEST_NUMBER_BYTES, -(-len(digits) // 2) + 1 + text.startswith("-"))


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index: its key, the table's key, and what else is copied into it."""

    keys: tuple[str, ...]
    attributes: frozenset[str]

    def projection(self, item: Item | None) -> Item | None:
        """Return what the index holds of an item; None when the item lacks a key of the index, and so is not in it."""
        if item is None or any(key not in item for key in self.keys):
            return None
        return {name: value for name, value in item.items() if name in self.attributes}

    def units(self, before: Item | None, after: Item | None) -> int:
        """Return the write units of a change: none if the index sees nothing of it, two writes if its key changes."""
        old, new = self.projection(before), self.projection(after)
        if old == new:
            return 0
        if old and new and any(old[key] != new[key] for key in self.keys):
            return write_units(item_size(old)) + write_units(item_size(new))
        return write_units(max(item_size(old or {}), item_size(new or {})))


@dataclass(slots=True)
class Units:
    """Units that a number of requests took."""

    requests: int = 0
    items: int = 0
    table_writes: int = 0
    index_writes: int = 0
    reads: float = 0

    @property
    def writes(self) -> int:
        return self.table_writes + self.index_writes


@dataclass(slots=True)
class TableReplay:
    """Follows the requests on one table, in order, and adds up the units by operation.

    `unseen` are attributes that an item created by UpdateItem is taken to have from the start, because somebody
    writes them past this replay: it can only make the item look larger than it was.
    """

    keys: tuple[str, str]
    indexes: Sequence[Index] = ()
    unseen: Item = field(default_factory=dict)
    items: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    units: dict[str, Units] = field(default_factory=dict)

    def request(self, operation: str, body: Mapping[str, Any], answer: Mapping[str, Any], status: int) -> None:
        """Add one request. Raises CostError for one whose units are not known here."""
        units = self.units.setdefault(operation, Units())
        units.requests += 1
        match operation:
            case "BatchWriteItem":
                self._batch(units, body, answer)
            case "UpdateItem":
                self._update(units, body, failed_condition=_error(answer) == "ConditionalCheckFailedException")
            case "GetItem":
                item = self.items.get(self._key(body["Key"]), {})
                units.items += 1
                units.reads += read_units(item_size(item), consistent=body.get("ConsistentRead", False))
            case "Query":
                self._query(units, body, answer)
            case _:
                raise CostError(f"dynamodb:{operation} (status {status}): its units are not known")

    def _batch(self, units: Units, body: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        left_over = [json.dumps(r, sort_keys=True) for rs in answer.get("UnprocessedItems", {}).values() for r in rs]
        for request in (request for requests in body["RequestItems"].values() for request in requests):
            if json.dumps(request, sort_keys=True) in left_over:
                continue
            if "PutRequest" not in request:
                raise CostError(f"BatchWriteItem: the units of {', '.join(request)} are not known")
            item = request["PutRequest"]["Item"]
            self._change(units, self._key(item), item)

    def _update(self, units: Units, body: Mapping[str, Any], *, failed_condition: bool) -> None:
        key = self._key(body["Key"])
        before = self.items.get(key)
        if failed_condition:  # billed for the item as it is
            units.items += 1
            units.table_writes += write_units(item_size(before or {}))
            return
        start = before if before is not None else {**body["Key"], **self.unseen}
        self._change(units, key, {**start, **_assignments(body, start)})

    def _change(self, units: Units, key: tuple[str, str], after: dict[str, Any]) -> None:
        before = self.items.get(key)
        units.items += 1
        units.table_writes += write_units(max(item_size(before or {}), item_size(after)))
        units.index_writes += sum(index.units(before, after) for index in self.indexes)
        self.items[key] = after

    def _query(self, units: Units, body: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        match = re.fullmatch(
            rf"{self.keys[0]} = (:\w+)(?: AND {self.keys[1]} >= (:\w+))?", body["KeyConditionExpression"]
        )
        if match is None or "IndexName" in body:
            raise CostError(f"Query: the units of {body['KeyConditionExpression']!r} are not known")
        values = body["ExpressionAttributeValues"]
        partition, first = values[match[1]]["S"], values[match[2]]["S"] if match[2] else ""
        after = body.get("ExclusiveStartKey", {}).get(self.keys[1], {}).get("S")
        found = sorted(
            sort for part, sort in self.items if part == partition and sort >= first and (after is None or sort > after)
        )
        read = found[: answer.get("ScannedCount", len(found))]
        size = sum(item_size(self.items[partition, sort]) for sort in read)
        units.items += len(read)
        units.reads += read_units(size, consistent=body.get("ConsistentRead", False))

    def _key(self, item: Item) -> tuple[str, str]:
        return item[self.keys[0]]["S"], item[self.keys[1]]["S"]


def indexes_of(description: Mapping[str, Any]) -> list[Index]:
    """Return the indexes of a table from DescribeTable's answer."""
    table_keys = [key["AttributeName"] for key in description["KeySchema"]]
    indexes = []
    for index in description.get("GlobalSecondaryIndexes", []):
        keys = tuple(key["AttributeName"] for key in index["KeySchema"])
        projection = index["Projection"]
        if projection["ProjectionType"] == "ALL":
            raise CostError(f"index {index['IndexName']}: projection ALL is not supported by cost/table_units.py")
        indexes.append(Index(keys, frozenset([*table_keys, *keys, *projection.get("NonKeyAttributes", [])])))
    return indexes


def stored_bytes(items: Iterable[Item]) -> int:
    """Return what storage bills for the items, without indexes."""
    return sum(item_size(item) + STORED_ITEM_OVERHEAD_BYTES for item in items)


def _assignments(body: Mapping[str, Any], before: Item) -> dict[str, Any]:
    """Return what `SET a = :a, b = if_not_exists(b, :b)` sets. Raises CostError for other expressions."""
    expression = body["UpdateExpression"].strip()
    if not expression.startswith("SET "):
        raise CostError(f"UpdateItem: the units of {expression!r} are not known")
    names = body.get("ExpressionAttributeNames", {})
    values = body["ExpressionAttributeValues"]
    found = {}
    for clause in re.split(r",(?![^(]*\))", expression.removeprefix("SET ")):
        match = re.fullmatch(r"\s*([#\w]+)\s*=\s*(?:if_not_exists\(\s*([#\w]+)\s*,\s*(:\w+)\s*\)|(:\w+))\s*", clause)
        if match is None:
            raise CostError(f"UpdateItem: the units of {expression!r} are not known")
        target, kept, default, value = match.groups()
        existing = before.get(names.get(kept, kept)) if kept else None
        found[names.get(target, target)] = existing or values[value or default]
    return found


def _error(answer: Mapping[str, Any]) -> str:
    return str(answer.get("__type", "")).rpartition("#")[2]
