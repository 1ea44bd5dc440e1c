"""The price file: meters, their prices and free tiers, and the operations that move them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from cost.errors import CostError

PRICE_FILE = Path(__file__).with_name("prices.toml")

_EVIDENCE = ("page", "looked up", "memory")


@dataclass(frozen=True, slots=True)
class Meter:
    """One thing that AWS bills: dollars a unit, and units a month that are free, for good or in the first year."""

    name: str
    service: str
    unit: str
    price: Decimal
    source: str
    evidence: str
    free: Decimal = Decimal(0)
    first_year: Decimal = Decimal(0)
    free_evidence: str = ""

    def cost(self, quantity: Decimal, free: Decimal = Decimal(0)) -> Decimal:
        """Return the dollars for a month's quantity, of which so many units are free."""
        return max(Decimal(0), quantity - free) * self.price


@dataclass(frozen=True, slots=True)
class Prices:
    """All of the price file. `operations` names the meter of an operation that is billed by the request."""

    date: str
    region: str
    meters: Mapping[str, Meter]
    operations: Mapping[str, str]
    billed_by_item: frozenset[str]
    not_billed: frozenset[str]

    @classmethod
    def load(cls, path: Path = PRICE_FILE) -> Self:
        """Return what the file says. Raises CostError for a price file that contradicts itself."""
        with path.open("rb") as file:
            document: dict[str, Any] = tomllib.load(file, parse_float=Decimal)
        operations = document["operations"]
        prices = cls(
            date=document["date"],
            region=document["region"],
            meters={name: _meter(name, entry) for name, entry in document["meters"].items()},
            operations=operations["meters"],
            billed_by_item=frozenset(operations["items"]),
            not_billed=frozenset(operations["none"]),
        )
        if missing := sorted(set(prices.operations.values()) - set(prices.meters)):
            raise CostError(f"{path.name}: operations use meters that have no price: {', '.join(missing)}")
        return prices

    def meter(self, name: str) -> Meter:
        """Return a meter. Raises CostError when it has no price."""
        try:
            return self.meters[name]
        except KeyError:
            raise CostError(f"{name} has no price. Add it to cost/prices.toml.") from None

    def meter_of(self, operation: str) -> Meter | None:
        """Return the meter that one request moves; None when the operation is billed in another way or not at all.

        Raises CostError for an operation that the price file does not know: what is not known is not free.
        """
        if operation in self.operations:
            return self.meter(self.operations[operation])
        if operation in self.billed_by_item or operation in self.not_billed:
            return None
        raise CostError(
            f"{operation} was counted, but cost/prices.toml does not say how it is billed. Add it to [operations]."
        )


def _meter(name: str, entry: Mapping[str, Any]) -> Meter:
    evidence = [entry["evidence"]]
    if "free" in entry or "first_year" in entry:
        evidence.append(entry.get("free_evidence"))
    if unknown := [word for word in evidence if word not in _EVIDENCE]:
        raise CostError(f"{name}: evidence is one of {', '.join(_EVIDENCE)}, not {unknown[0]}")
    return Meter(
        name=name,
        service=entry["service"],
        unit=entry["unit"],
        price=Decimal(entry["price"]),
        source=entry["source"],
        evidence=entry["evidence"],
        free=Decimal(entry.get("free", 0)),
        first_year=Decimal(entry.get("first_year", 0)),
        free_evidence=entry.get("free_evidence", ""),
    )
