"""From counts to units, and how long the database is awake."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cost.bill import Bill
from cost.counting import Run
from cost.prices import CostError, total

_WORK = 2 + 0.4 * (1769 / 512 - 1)
_TAIL = 375


def _counted(bill: Bill, **changed: Any) -> Bill:
    return replace(bill, count=replace(bill.count, **changed))


def _assumed(bill: Bill, **changed: Any) -> Bill:
    return replace(bill, assumptions=replace(bill.assumptions, **changed))


def test_work_takes_longer_when_a_function_has_a_part_of_a_core(bill: Bill) -> None:
    small = _counted(bill, runs=(Run("f", 512, 1_000),), cpu_milliseconds={"f": 400})
    large = _counted(bill, runs=(Run("f", 2_048, 1_000),), cpu_milliseconds={"f": 400})

    seconds = 0.6 + 0.4 * 1769 / 512
    assert float(small.gb_seconds()) == pytest.approx(seconds / 2)
    assert large.gb_seconds() == 2


def test_work_is_not_billed_when_no_run_covers_it(bill: Bill) -> None:
    idling = _counted(bill, runs=(Run("f", 512, 100), Run("f", 512, 300)), cpu_milliseconds={"f": 9_000})

    assert float(idling.gb_seconds()) == pytest.approx(0.4 * 1769 / 1024)


def test_usage_has_everything_when_it_was_counted(bill: Bill) -> None:
    usage = bill.upload_usage()

    assert [usage[f"dynamodb-{what}"] for what in ("writes", "reads")] == [2_002, 150]
    assert [usage[meter] for meter in ("s3-writes", "s3-reads", "sqs-requests")] == [1, 1, 6]
    assert [usage[meter] for meter in ("sns-requests", "sns-emails", "step-functions-transitions")] == [1, 1, 9]
    assert [usage[meter] for meter in ("lambda-requests", "traces")] == [2, 3]
    assert usage["transfer-out"] == Decimal(2**10) / 2**30
    assert usage["logs"] == Decimal(4_000 + 28 * 700) / 2**30
    stored = (2**20 * 120 + 2**10 * 97) / 2**30 / (365 / 12)
    assert float(usage["s3-storage"]) == pytest.approx(stored)


def test_bill_stops_when_an_operation_has_no_price(bill: Bill) -> None:
    unknown = _counted(bill, calls=Counter({("csv-parser", "kms:Decrypt"): 1}))

    with pytest.raises(CostError, match="kms:Decrypt"):
        unknown.upload_usage()


def test_month_adds_uploads_and_what_is_always_there(bill: Bill) -> None:
    usage = bill.month_usage()

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
def test_database_is_awake_when_uploads_come(bill: Bill, uploads: int, nightly: bool, hours: float) -> None:
    quiet = _assumed(bill, uploads=uploads, wakings=0)

    assert float(quiet.awake_hours(nightly=nightly)) == pytest.approx(hours)


def test_database_is_awake_longer_when_a_schedule_wakes_it(bill: Bill) -> None:
    woken, quiet = (_assumed(bill, wakings=wakings).awake_hours(nightly=True) for wakings in (4, 0))

    assert float(woken - quiet) == pytest.approx(4 * _TAIL / 3_600)


def test_io_counts_log_blocks_new_pages_and_unique_entries(bill: Bill) -> None:
    assert bill.upload_io() == 2 + 128 + 100


def test_aurora_costs_twice_when_it_holds_twice_the_capacity(bill: Bill) -> None:
    choices = [one for one in bill.choices() if "over the day" in one.name]

    hours = [float(one.usage["aurora-acu-hours"]) for one in choices]

    assert hours[2] == pytest.approx(2 * hours[1])
    assert hours[1] == pytest.approx(float(choices[1].awake_hours))
    assert hours[0] < hours[1]


def test_instance_costs_the_same_whatever_is_uploaded(bill: Bill) -> None:
    few, many = (_assumed(bill, uploads=uploads).choices()[-1] for uploads in (1, 1_000))

    assert few.usage == many.usage
    assert total(bill.prices, few.usage).list_price == Decimal(730) * Decimal("0.016") + 20 * Decimal("0.115")
