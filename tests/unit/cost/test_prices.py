"""The price file: complete, dated, and strict about what it does not know."""

from decimal import Decimal
from pathlib import Path

import pytest

from cost.errors import CostError
from cost.prices import PRICE_FILE, Meter, Prices


def test_every_price_is_dated_and_says_where_it_comes_from() -> None:
    prices = Prices.load()

    assert (prices.date, prices.region) == ("November 2026", "us-east-1")
    for meter in prices.meters.values():
        assert meter.price > 0
        assert meter.source
        assert meter.unit


@pytest.mark.parametrize("operation", ["dynamodb:TransactWriteItems", "s3:DeleteObject", "kms:Decrypt", ""])
def test_an_operation_that_is_not_listed_is_an_error_and_not_free(operation: str) -> None:
    with pytest.raises(CostError, match="does not say how it is billed"):
        Prices.load().meter_of(operation)


def test_an_operation_is_billed_in_one_way_only() -> None:
    prices = Prices.load()

    assert not prices.operations.keys() & prices.billed_by_item
    assert not prices.operations.keys() & prices.not_billed
    assert not prices.billed_by_item & prices.not_billed


def test_a_meter_that_is_not_listed_is_an_error() -> None:
    with pytest.raises(CostError, match="tea has no price"):
        Prices.load().meter("tea")


def test_a_file_whose_operations_use_an_unknown_meter_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(PRICE_FILE.read_text().replace('"s3:PutObject" = "s3-writes"', '"s3:PutObject" = "s3-rights"'))

    with pytest.raises(CostError, match="s3-rights"):
        Prices.load(path)


@pytest.mark.parametrize(("quantity", "dollars"), [(0, 0), (999, 0), (1_000, 0), (1_001, 2), (1_500, 1_000)])
def test_only_what_exceeds_the_free_units_costs(quantity: int, dollars: int) -> None:
    meter = Meter("m", "Service", "unit", Decimal(2), "source", "page")

    assert meter.cost(Decimal(quantity), free=Decimal(1_000)) == dollars


def test_a_free_tier_without_evidence_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(PRICE_FILE.read_text().replace('free_evidence = "page"\n', "", 1))

    with pytest.raises(CostError, match="evidence is one of"):
        Prices.load(path)
