"""The price file: complete, dated, and strict about what it does not know."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from cost.prices import PRICE_FILE, Cost, CostError, Prices, by_service, total


def test_every_price_is_dated_and_says_where_it_comes_from() -> None:
    document = tomllib.loads(PRICE_FILE.read_text(encoding="utf-8"))

    assert (document["date"], document["region"]) == ("November 2026", "us-east-1")
    for service, unit, price, _, source, evidence in document["meters"].values():
        assert price > 0
        assert service and unit and source
        assert evidence in ("page", "looked up", "memory")


@pytest.mark.parametrize("operation", ["dynamodb:TransactWriteItems", "s3:DeleteObject", "kms:Decrypt", ""])
def test_an_operation_is_an_error_and_not_free_when_it_is_not_listed(operation: str) -> None:
    with pytest.raises(CostError, match="does not say how it is billed"):
        Prices.load().meter_of(operation)


def test_a_file_is_refused_when_an_operation_moves_a_meter_without_price(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(PRICE_FILE.read_text().replace('s3-writes = ["s3:PutObject"', 's3-rights = ["s3:PutObject"'))

    with pytest.raises(CostError, match="s3-rights"):
        Prices.load(path)


def test_free_units_are_deducted_once_from_the_month() -> None:
    usage = {"step-functions-transitions": Decimal(9_000), "s3-writes": Decimal(3_000), "alarms": Decimal(5)}

    costs = by_service(Prices.load(), usage)

    assert costs["Step Functions"] == Cost(Decimal("0.225"), Decimal("0.125"))
    assert costs["S3"] == Cost(Decimal("0.015"), Decimal("0.015"))
    assert costs["CloudWatch"] == Cost(Decimal("0.5"), Decimal(0))
    assert list(costs) == ["CloudWatch", "Step Functions", "S3"]
    assert total(Prices.load(), usage) == Cost(Decimal("0.740"), Decimal("0.140"))
