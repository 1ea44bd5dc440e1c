"""From counts to dollars: what an upload, an idle month and a month of uploads use, and what that costs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cost.assumptions import Assumptions
from cost.measurement import Count, Measurement, chunks, sum_calls
from cost.prices import Prices
from cost.template import DAYS_A_MONTH, Template
from cost.traffic import VENDOR
from onboarding.rows import RETENTION_SECONDS

Usage = Mapping[str, Decimal]
"""Units by meter."""

_GB = Decimal(2**30)


def billed_calls(measurement: Measurement) -> Counter[str]:
    """Return the requests of one upload by operation: functions', vendor's, the execution's, and Lambda's own.

    For each batch from a queue Lambda sends a receive and a delete; a receive is billed by the 64 KB it brings.
    """
    found = sum_calls(measurement.calls) + measurement.execution_calls
    found["sqs:ReceiveMessage"] += measurement.queue_batches + chunks(measurement.queue_payload_bytes) - 1
    found["sqs:DeleteMessageBatch"] += measurement.queue_batches
    return found


def gb_seconds(measurement: Measurement, assumptions: Assumptions) -> Decimal:
    """Return what Lambda bills for the functions' time: their waiting as it was, their work at Lambda's pace.

    Lambda gives a function a part of a core by its memory, so the same work takes longer there by that factor.
    """
    worked = Counter(measurement.cpu_milliseconds)
    found = Decimal(0)
    for run in measurement.invocations:
        work = min(run.milliseconds, worked[run.function])
        worked[run.function] -= work
        milliseconds = run.milliseconds + work * (slowdown(run.memory, assumptions) - 1)
        found += Decimal(run.memory) / 1024 * milliseconds / 1000
    return found


def slowdown(memory: int, assumptions: Assumptions) -> Decimal:
    """Return how many times longer a function of this memory (MB) works than on a whole core."""
    return max(Decimal(1), Decimal(assumptions.full_core_memory) / memory)


def upload_usage(measurement: Measurement, template: Template, prices: Prices, assumptions: Assumptions) -> Usage:
    """Return what one upload uses, without the database. Storage counts for as long as it is kept."""
    usage: dict[str, Decimal] = {}

    def add(meter: str, quantity: Decimal | float) -> None:
        usage[meter] = usage.get(meter, Decimal(0)) + Decimal(quantity)

    for operation, requests in sorted(billed_calls(measurement).items()):
        meter = prices.meter_of(operation)
        if meter is not None:
            add(meter.name, requests)
    add("lambda-requests", len(measurement.invocations))
    add("lambda-gb-seconds", gb_seconds(measurement, assumptions))
    add("dynamodb-writes", sum(units.writes for units in measurement.table.values()))
    add("dynamodb-reads", sum(units.reads for units in measurement.table.values()))
    staged_days = Decimal(RETENTION_SECONDS) / 86_400 + assumptions.staged_extra_days
    add("dynamodb-storage", measurement.staged_bytes / _GB * staged_days / DAYS_A_MONTH)
    add("step-functions-transitions", measurement.transitions)
    add("s3-storage", measurement.file_bytes / _GB * template.upload_days / DAYS_A_MONTH)
    add("s3-storage", measurement.report_bytes / _GB * template.report_days / DAYS_A_MONTH)
    add("sns-emails", measurement.emails)
    logged = log_bytes(measurement, assumptions) / _GB
    add("logs", logged)
    add("log-storage", logged * template.log_days / DAYS_A_MONTH)
    add("traces", len(measurement.invocations) + 1)
    add("transfer-out", bytes_to_vendor(measurement) / _GB)
    add("transfer-zones", Decimal(measurement.file_bytes * assumptions.zone_traffic_factor) / _GB)
    return usage


def log_bytes(measurement: Measurement, assumptions: Assumptions) -> Decimal:
    """Return the bytes that functions and execution log."""
    return Decimal(sum(measurement.log_bytes.values()) + measurement.execution_events * assumptions.state_log_bytes)


def bytes_to_vendor(measurement: Measurement) -> Decimal:
    """Return the bytes that leave AWS: the answers to the vendor's requests."""
    return Decimal(sum(calls.bytes_received for (caller, _), calls in measurement.calls.items() if caller == VENDOR))


def nat_bytes(measurement: Measurement, in_network: frozenset[str]) -> Decimal:
    """Return the bytes that would pass a NAT gateway: what functions in the network send past the free endpoints."""
    return Decimal(
        sum(
            calls.bytes_sent + calls.bytes_received
            for (caller, operation), calls in measurement.calls.items()
            if caller in in_network and not operation.startswith(("s3:", "dynamodb:"))
        )
    )


def idle_usage(count: Count, template: Template, assumptions: Assumptions) -> Usage:
    """Return what a month without an upload uses, without the database."""
    polls = Decimal(assumptions.hours * 3600 * assumptions.pollers) / assumptions.poll_seconds
    return {
        "sqs-requests": polls * count.service.queue_mappings,
        "secrets": Decimal(template.secrets),
        "kms-keys": Decimal(template.keys),
        "alarms": Decimal(template.alarm_metrics),
        "composite-alarms": Decimal(template.composite_alarms),
        "dashboards": Decimal(template.dashboards),
        "large-dashboards": Decimal(template.large_dashboards),
        "nat-hours": Decimal(template.nat_gateways * assumptions.hours),
        "ipv4-hours": Decimal(template.nat_gateways * assumptions.hours),
        "endpoint-hours": Decimal(template.interface_endpoints * assumptions.hours),
    }


def month_usage(count: Count, template: Template, prices: Prices, assumptions: Assumptions) -> Usage:
    """Return what a month of uploads uses, without the database: every upload finds the functions cold.

    Custom metrics count for the whole month, although CloudWatch bills only the hours in which they are sent.
    """
    uploads = times(upload_usage(count.cold, template, prices, assumptions), assumptions.uploads)
    metrics = {"metrics": Decimal(len(count.service.metric_series))}
    return plus(uploads, metrics, idle_usage(count, template, assumptions))


def times(usage: Usage, factor: int) -> Usage:
    """Return a usage so many times over."""
    return {meter: quantity * factor for meter, quantity in usage.items()}


def plus(*usages: Usage) -> Usage:
    """Return usages added up."""
    meters = {meter: None for usage in usages for meter in usage}
    return {meter: sum((usage.get(meter, Decimal(0)) for usage in usages), Decimal(0)) for meter in meters}


@dataclass(frozen=True, slots=True)
class Cost:
    """Dollars at list price, less what is free for good, and less what accounts before July 2025 had beside that."""

    list_price: Decimal = Decimal(0)
    always_free: Decimal = Decimal(0)
    first_year: Decimal = Decimal(0)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.list_price + other.list_price,
            self.always_free + other.always_free,
            self.first_year + other.first_year,
        )


def costs(usage: Usage, prices: Prices) -> dict[str, Cost]:
    """Return a month's cost by service. Free units are taken to be used by nothing else in the account."""
    found: dict[str, Cost] = {}
    for name, quantity in usage.items():
        meter = prices.meter(name)
        cost = Cost(
            meter.cost(quantity),
            meter.cost(quantity, meter.free),
            meter.cost(quantity, meter.free + meter.first_year),
        )
        found[meter.service] = found.get(meter.service, Cost()) + cost
    return found


def total(usage: Usage, prices: Prices) -> Cost:
    """Return a month's cost."""
    return sum(costs(usage, prices).values(), Cost())
