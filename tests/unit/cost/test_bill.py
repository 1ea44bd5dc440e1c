"""From counts to units, and how long the database is awake."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from cost import bill
from cost.assumptions import Assumptions
from cost.counting import Count, Run
from cost.prices import CostError, Prices, total
from cost.template import Template

_ASSUMPTIONS = Assumptions()
_WORK = 2 + 0.4 * (1769 / 512 - 1)
_TAIL = 375


def test_work_takes_longer_when_a_function_has_a_part_of_a_core(count: Count) -> None:
    small = replace(count, runs=(Run("f", 512, 1_000),), cpu_milliseconds={"f": 400})
    large = replace(count, runs=(Run("f", 2_048, 1_000),), cpu_milliseconds={"f": 400})

    seconds = 0.6 + 0.4 * 1769 / 512
    assert float(bill.gb_seconds(small, _ASSUMPTIONS)) == pytest.approx(seconds / 2)
    assert bill.gb_seconds(large, _ASSUMPTIONS) == 2


def test_work_is_not_billed_when_no_run_covers_it(count: Count) -> None:
    idling = replace(count, runs=(Run("f", 512, 100), Run("f", 512, 300)), cpu_milliseconds={"f": 9_000})

    assert float(bill.gb_seconds(idling, _ASSUMPTIONS)) == pytest.approx(0.4 * 1769 / 1024)


def test_usage_has_everything_when_it_was_counted(count: Count, template: Template) -> None:
    usage = bill.upload_usage(count, template, Prices.load(), _ASSUMPTIONS)

    assert [usage[f"dynamodb-{what}"] for what in ("writes", "reads")] == [2_002, 150]
    assert [usage[meter] for meter in ("s3-writes", "s3-reads", "sqs-requests")] == [1, 1, 6]
    assert [usage[meter] for meter in ("sns-requests", "sns-emails", "step-functions-transitions")] == [1, 1, 9]
    assert [usage[meter] for meter in ("lambda-requests", "traces")] == [2, 3]
    assert usage["transfer-out"] == Decimal(2**10) / 2**30
    assert usage["logs"] == Decimal(4_000 + 28 * 700) / 2**30
    stored = (2**20 * 120 + 2**10 * 97) / 2**30 / (365 / 12)
    assert float(usage["s3-storage"]) == pytest.approx(stored)


def test_bill_stops_when_an_operation_has_no_price(count: Count, template: Template) -> None:
    unknown = replace(count, calls=Counter({("csv-parser", "kms:Decrypt"): 1}))

    with pytest.raises(CostError, match="kms:Decrypt"):
        bill.upload_usage(unknown, template, Prices.load(), _ASSUMPTIONS)


def test_month_adds_uploads_and_what_is_always_there(count: Count, template: Template) -> None:
    usage = bill.month_usage(count, template, Prices.load(), _ASSUMPTIONS)

    assert usage["step-functions-transitions"] == 9_000
    assert usage["sqs-requests"] == 6_000 + 730 * 60 * 3 * 5
    assert [usage[meter] for meter in ("metrics", "alarms", "secrets")] == [8, 12, 3]


@pytest.mark.parametrize(
    ("uploads", "nightly", "hours"),
    [
        (1_000, False, (_WORK + _TAIL) * 1_000 / 3_600),
        (100_000, False, 220),
        (1_000, True, (_WORK * 1_000 + _TAIL * 30) / 3_600),
        (10_000_000, True, 730),
    ],
    ids=["each upload wakes it", "no longer than business hours", "once a night", "no longer than a month"],
)
def test_database_is_awake_when_uploads_come(count: Count, uploads: int, nightly: bool, hours: float) -> None:
    quiet = replace(_ASSUMPTIONS, uploads=uploads, wakings=0)

    assert float(bill.awake_hours(count, quiet, nightly=nightly)) == pytest.approx(hours)


def test_database_is_awake_longer_when_a_schedule_wakes_it(count: Count) -> None:
    woken, quiet = (bill.awake_hours(count, replace(_ASSUMPTIONS, wakings=wakings), nightly=True) for wakings in (4, 0))

    assert float(woken - quiet) == pytest.approx(4 * _TAIL / 3_600)


def test_io_counts_log_blocks_new_pages_and_unique_entries(count: Count) -> None:
    assert bill.upload_io(count, _ASSUMPTIONS) == 2 + 128 + 100


def test_aurora_costs_twice_when_it_holds_twice_the_capacity(count: Count) -> None:
    choices = [one for one in bill.choices(count, _ASSUMPTIONS) if "over the day" in one.name]

    hours = [float(one.usage["aurora-acu-hours"]) for one in choices]

    assert hours[2] == pytest.approx(2 * hours[1])
    assert hours[1] == pytest.approx(float(choices[1].awake_hours))
    assert hours[0] < hours[1]


def test_instance_costs_the_same_whatever_is_uploaded(count: Count) -> None:
    few, many = (bill.choices(count, replace(_ASSUMPTIONS, uploads=uploads))[-1] for uploads in (1, 1_000))

    assert few.usage == many.usage
    assert total(Prices.load(), few.usage).list_price == Decimal(730) * Decimal("0.016") + 20 * Decimal("0.115")
