"""How long the database is awake, and what each way to run it costs."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cost import bill, database
from cost.assumptions import Assumptions
from cost.measurement import Count, DatabaseWork
from cost.prices import Prices
from cost.template import Template

_ASSUMPTIONS = Assumptions()
_TAIL = 15 + 60 + 300


@pytest.fixture
def quiet_template(template: Template) -> Template:
    return replace(template, schedules=())


def test_every_upload_wakes_the_database_when_they_are_far_apart(count: Count, quiet_template: Template) -> None:
    hours = database.awake_hours_when_even(count, quiet_template, _ASSUMPTIONS)

    work = Decimal(2) + Decimal("1.3") * (Decimal(1769) / 512 - 1)
    assert float(hours) == pytest.approx(float((work + _TAIL) * 1_000 / 3_600))


def test_the_database_is_awake_all_business_hours_at_most(count: Count, quiet_template: Template) -> None:
    busy = replace(_ASSUMPTIONS, uploads=100_000)

    assert float(database.awake_hours_when_even(count, quiet_template, busy)) == pytest.approx(220)


def test_bursts_wake_the_database_once_a_night(count: Count, quiet_template: Template) -> None:
    hours = database.awake_hours_when_nightly(count, quiet_template, _ASSUMPTIONS)

    work = (Decimal(1) + Decimal("1.3") * (Decimal(1769) / 512 - 1)) * 1_000
    assert float(hours) == pytest.approx(float((work + _TAIL * 30) / 3_600))


def test_a_schedule_wakes_the_database_too(count: Count, template: Template, quiet_template: Template) -> None:
    more = database.awake_hours_when_even(count, template, _ASSUMPTIONS) - database.awake_hours_when_even(
        count, quiet_template, _ASSUMPTIONS
    )

    assert float(more) == pytest.approx(4 * _TAIL / 3_600)


@pytest.mark.parametrize(("log_bytes", "requests"), [(0, 0), (1, 1), (4_096, 1), (4_097, 2)])
def test_the_log_is_billed_in_blocks_of_4_kb(count: Count, log_bytes: int, requests: int) -> None:
    measurement = replace(count.cold, database=DatabaseWork(log_bytes, 0, 0))

    assert database.upload_io(measurement, _ASSUMPTIONS) == requests


def test_new_pages_and_entries_of_unique_indexes_are_read_first(count: Count) -> None:
    measurement = replace(count.cold, database=DatabaseWork(0, 2 * 8_192, 100))

    assert database.upload_io(measurement, _ASSUMPTIONS) == 102


def test_the_fixed_instance_costs_the_same_whatever_is_uploaded(count: Count, template: Template) -> None:
    instance = database.options(count, template, _ASSUMPTIONS)[-1]

    assert bill.total(instance.usage, Prices.load()).list_price == Decimal("730") * Decimal("0.016") + 20 * Decimal(
        "0.115"
    )
    assert database.idle_usage(instance, template, _ASSUMPTIONS) == instance.usage


def test_a_pausing_database_costs_storage_and_its_schedules_when_nothing_is_uploaded(
    count: Count, template: Template
) -> None:
    pausing = database.options(count, template, _ASSUMPTIONS)[0]

    usage = database.idle_usage(pausing, template, _ASSUMPTIONS)

    assert float(usage["aurora-acu-hours"]) == pytest.approx(4 * _TAIL / 3_600 / 2)
    assert usage["aurora-storage"] == Decimal(12_000) / 1024


def test_a_database_that_never_pauses_costs_all_hours(count: Count, template: Template) -> None:
    never = next(option for option in database.options(count, template, _ASSUMPTIONS) if "never pausing" in option.name)

    assert never.usage["aurora-acu-hours"] > 365
    assert database.idle_usage(never, template, _ASSUMPTIONS)["aurora-acu-hours"] == 365


def test_the_way_out_costs_nothing_without_a_nat_gateway(count: Count) -> None:
    costs = [bill.total(usage, Prices.load()).list_price for _, usage in database.networks(count, _ASSUMPTIONS)]

    assert costs[0] == 0
    assert Decimal("36.50") < costs[1] < Decimal("36.60")
    assert costs[2] - costs[1] == Decimal("36.50")
