"""From counts to dollars."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cost import bill
from cost.assumptions import Assumptions
from cost.errors import CostError
from cost.measurement import Calls, Count, Invocation, Measurement, chunks
from cost.prices import Prices
from cost.template import Template

_ASSUMPTIONS = Assumptions()


@pytest.mark.parametrize(("size", "requests"), [(0, 1), (1, 1), (65_536, 1), (65_537, 2), (131_072, 2), (131_073, 3)])
def test_a_queue_bills_a_request_for_each_64_kb_begun(size: int, requests: int) -> None:
    assert chunks(size) == requests


def test_the_poller_receives_and_deletes_each_batch(measurement: Measurement) -> None:
    calls = bill.billed_calls(measurement)

    assert calls["sqs:SendMessageBatch"] == 2 + 1
    assert calls["sqs:ReceiveMessage"] == 2 + 1
    assert calls["sqs:DeleteMessageBatch"] == 2


def test_work_takes_longer_with_a_part_of_a_core_and_waiting_does_not(measurement: Measurement) -> None:
    small = replace(measurement, invocations=[Invocation("f", 512, 1_000)], cpu_milliseconds={"f": 400})
    large = replace(measurement, invocations=[Invocation("f", 2_048, 1_000)], cpu_milliseconds={"f": 400})

    seconds = Decimal("0.6") + Decimal("0.4") * 1769 / 512
    assert float(bill.gb_seconds(small, _ASSUMPTIONS)) == pytest.approx(float(seconds / 2))
    assert bill.gb_seconds(large, _ASSUMPTIONS) == 2


def test_work_beyond_the_invocations_is_not_billed(measurement: Measurement) -> None:
    runs = [Invocation("f", 512, 100), Invocation("f", 512, 300)]
    idling = replace(measurement, invocations=runs, cpu_milliseconds={"f": 9_000})

    assert float(bill.gb_seconds(idling, _ASSUMPTIONS)) == pytest.approx(0.4 * 1769 / 1024)


def test_everything_counted_is_in_the_usage(measurement: Measurement, template: Template) -> None:
    usage = bill.upload_usage(measurement, template, Prices.load(), _ASSUMPTIONS)

    assert usage["dynamodb-writes"] == 2_002
    assert usage["dynamodb-reads"] == Decimal("150.5")
    assert usage["step-functions-transitions"] == 9
    assert (usage["s3-writes"], usage["s3-reads"]) == (1, 2)
    assert usage["sqs-requests"] == 3 + 1 + 3 + 2
    assert (usage["sns-requests"], usage["sns-emails"]) == (1, 1)
    assert usage["secret-requests"] == 1
    assert usage["lambda-requests"] == 2
    assert usage["traces"] == 3
    assert usage["transfer-out"] == Decimal(2**10) / 2**30
    assert usage["logs"] == Decimal(4_000 + 28 * 700) / 2**30
    assert usage["s3-storage"].quantize(Decimal("1e-9")) == (
        (Decimal(2**20) * 120 + Decimal(2**10) * 97) / 2**30 / (Decimal(365) / 12)
    ).quantize(Decimal("1e-9"))


def test_an_operation_without_a_price_stops_the_bill(measurement: Measurement, template: Template) -> None:
    calls = {**measurement.calls, ("csv-parser", "kms:Decrypt"): Calls(1)}

    with pytest.raises(CostError, match="kms:Decrypt"):
        bill.upload_usage(replace(measurement, calls=calls), template, Prices.load(), _ASSUMPTIONS)


def test_five_pollers_ask_an_idle_queue_every_20_seconds(count: Count, template: Template) -> None:
    usage = bill.idle_usage(count, template, _ASSUMPTIONS)

    assert usage["sqs-requests"] == 730 * 60 * 3 * 5
    assert (usage["secrets"], usage["alarms"], usage["dashboards"]) == (3, 12, 1)


def test_a_month_is_so_many_uploads_and_what_is_always_there(count: Count, template: Template) -> None:
    usage = bill.month_usage(count, template, Prices.load(), _ASSUMPTIONS)

    assert usage["step-functions-transitions"] == 9_000
    assert usage["sqs-requests"] == 9_000 + 657_000
    assert usage["metrics"] == 8


def test_free_units_are_deducted_once_from_the_month() -> None:
    usage = {"step-functions-transitions": Decimal(9_000), "s3-writes": Decimal(3_000), "alarms": Decimal(5)}

    costs = bill.costs(usage, Prices.load())

    assert costs["Step Functions"] == bill.Cost(Decimal("0.225"), Decimal("0.125"), Decimal("0.125"))
    assert costs["S3"] == bill.Cost(Decimal("0.015"), Decimal("0.015"), Decimal("0.005"))
    assert costs["CloudWatch"] == bill.Cost(Decimal("0.5"), Decimal(0), Decimal(0))


def test_only_what_leaves_past_the_free_endpoints_would_pass_a_nat_gateway(count: Count) -> None:
    assert bill.nat_bytes(count.cold, count.service.in_network) == 100 + 400 + 100_000 + 500
