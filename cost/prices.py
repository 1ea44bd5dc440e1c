"""The price file: meters, their prices, what is free, and the operations that move them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from local.errors import LocalStackError

PRICE_FILE = Path(__file__).with_name("prices.toml")


class CostError(LocalStackError):
    """Something was seen that cannot be priced. The message says what, and where to add it."""


@dataclass(frozen=True, slots=True)
class Meter:
    """One thing that AWS bills: dollars a unit, and units a month that are free for good."""

    service: str
    unit: str
    price: Decimal
    free: int


@dataclass(frozen=True, slots=True)
class Prices:
    """All of the price file. `operations` names the meter of an operation; empty when it is billed otherwise."""

    meters: Mapping[str, Meter]
    operations: Mapping[str, str]

    @classmethod
    def load(cls, path: Path = PRICE_FILE) -> Self:
        """Return what the file says. Raises CostError for a price file that contradicts itself."""
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        meters = {
            name: Meter(service, unit, Decimal(price), free)
            for name, (service, unit, price, free, *_) in document["meters"].items()
        }
        operations: dict[str, Any] = document["operations"]
        otherwise: dict[str, list[str]] = operations.pop("otherwise")
        if missing := sorted(set(operations) - set(meters)):
            raise CostError(f"{path.name}: operations use meters that have no price: {', '.join(missing)}")
        charged = {operation: meter for meter, listed in operations.items() for operation in listed}
        free = dict.fromkeys((operation for listed in otherwise.values() for operation in listed), "")
        return cls(meters, charged | free)

    def meter_of(self, operation: str) -> str:
        """Return the meter that one request moves. Raises CostError for what is not listed: it is not free."""
        if operation not in self.operations:
            raise CostError(
                f"{operation} was counted, but [operations] in cost/prices.toml does not say how it is billed."
            )
        return self.operations[operation]


@dataclass(frozen=True, slots=True)
class Cost:
    """Dollars at list price, and less what is free for good in an account that uses it for nothing else."""

    list_price: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)


Usage = Mapping[str, Decimal]
"""Units of a month, by meter."""


def total(prices: Prices, usage: Usage) -> Cost:
    """Return a month's cost."""
    meters = [(prices.meters[name], quantity) for name, quantity in usage.items()]
    list_prices = (quantity * meter.price for meter, quantity in meters)
    paid = (max(Decimal(0), quantity - meter.free) * meter.price for meter, quantity in meters)
    return Cost(sum(list_prices, Decimal(0)), sum(paid, Decimal(0)))


def by_service(prices: Prices, usage: Usage) -> dict[str, Cost]:
    """Return a month's cost by service, the dearest first."""
    found: dict[str, dict[str, Decimal]] = {}
    for name, quantity in usage.items():
        found.setdefault(prices.meters[name].service, {})[name] = quantity
    costs = {service: total(prices, used) for service, used in found.items()}
    return dict(sorted(costs.items(), key=lambda entry: (-entry[1].list_price, entry[0])))


def plus(*usages: Usage) -> Usage:
    """Return usages added up."""
    meters = {meter: None for usage in usages for meter in usage}
    return {meter: sum((usage.get(meter, Decimal(0)) for usage in usages), Decimal(0)) for meter in meters}
