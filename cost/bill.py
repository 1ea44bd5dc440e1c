"""From counts to units: what an upload, an idle month, a month of uploads and the ways to run the database use."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from cost.assumptions import Assumptions
from cost.counting import Count
from cost.prices import Prices, Usage, plus
from cost.template import DAYS_A_MONTH, Template

_GB = Decimal(2**30)
_HOUR = Decimal(3600)
CAPACITIES = (Decimal("0.5"), Decimal(1), Decimal(2))
"""ACUs that Aurora may hold while it is awake: it alone decides how soon it scales down from its work."""


def slowdown(memory: int, assumptions: Assumptions) -> Decimal:
    """Return how many times longer a function of this memory (MB) works than on a whole core."""
    return max(Decimal(1), Decimal(assumptions.full_core_memory) / memory)


def gb_seconds(count: Count, assumptions: Assumptions) -> Decimal:
    """Return what Lambda bills for the functions' time: their waiting as it was, their work at Lambda's pace.

    Lambda gives a function a part of a core by its memory, so the same work takes longer there by that factor.
    """
    left, found = dict(count.cpu_milliseconds), Decimal(0)
    for run in count.runs:
        work = min(run.milliseconds, left.get(run.function, 0))
        left[run.function] = left.get(run.function, 0) - work
        milliseconds = run.milliseconds + work * (slowdown(run.memory, assumptions) - 1)
        found += Decimal(run.memory) / 1024 * milliseconds / 1000
    return found


def upload_usage(count: Count, template: Template, prices: Prices, assumptions: Assumptions) -> Usage:
    """Return what one upload uses, without the database. Storage counts for as long as it is kept."""
    usage: Counter[str] = Counter()
    for (_, operation), requests in count.calls.items():
        if meter := prices.meter_of(operation):
            usage[meter] += requests
    logged = Decimal(count.log_bytes + count.execution_events * assumptions.state_log_bytes) / _GB
    stored = count.file_bytes * template.upload_days + count.report_bytes * template.report_days
    emails = sum(requests for (_, operation), requests in count.calls.items() if operation == "sns:Publish")
    return {
        **{meter: Decimal(requests) for meter, requests in usage.items()},
        "lambda-requests": Decimal(len(count.runs)),
        "lambda-gb-seconds": gb_seconds(count, assumptions),
        "dynamodb-writes": Decimal(count.table.writes),
        "dynamodb-reads": Decimal(count.table.reads),
        "dynamodb-storage": Decimal(count.staged_bytes) / _GB * assumptions.staged_days / DAYS_A_MONTH,
        "step-functions-transitions": Decimal(count.transitions),
        "s3-storage": Decimal(stored) / _GB / DAYS_A_MONTH,
        "sns-emails": Decimal(emails),
        "logs": logged,
        "log-storage": logged * template.log_days / DAYS_A_MONTH,
        "traces": Decimal(len(count.runs) + 1),
        "transfer-out": Decimal(count.report_bytes) / _GB,
        "transfer-zones": Decimal(count.file_bytes * assumptions.zone_traffic_factor) / _GB,
    }


def idle_usage(count: Count, template: Template, assumptions: Assumptions) -> Usage:
    """Return what a month without an upload uses, without the database."""
    polls = Decimal(assumptions.hours * 3600 * assumptions.pollers) / assumptions.poll_seconds
    return {
        "sqs-requests": polls * count.queue_mappings,
        **{meter: Decimal(units) for meter, units in template.units.items() if units},
    }


def month_usage(count: Count, template: Template, prices: Prices, assumptions: Assumptions) -> Usage:
    """Return what a month of uploads uses, without the database: every upload finds the functions cold.

    Custom metrics count for the whole month, although CloudWatch bills only the hours in which they are sent.
    """
    uploads = times(upload_usage(count, template, prices, assumptions), assumptions.uploads)
    metrics = {"metrics": Decimal(len(count.metric_series))}
    return plus(uploads, metrics, idle_usage(count, template, assumptions))


def times(usage: Usage, factor: int) -> Usage:
    """Return a usage so many times over."""
    return {meter: quantity * factor for meter, quantity in usage.items()}


##### The database


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to run the database for a month. A target is one that has to keep the project's limit."""

    name: str
    usage: Usage
    awake_hours: Decimal
    is_target: bool = False


def work_seconds(count: Count, assumptions: Assumptions) -> Decimal:
    """Return how long one upload keeps the database at work: as here, and longer by what work takes on Lambda."""
    seconds = Decimal(count.seconds)
    for function, memory in {run.function: run.memory for run in count.runs}.items():
        work = Decimal(count.cpu_milliseconds.get(function, 0)) / 1000
        seconds += work * (slowdown(memory, assumptions) - 1)
    return seconds


def awake_hours(count: Count, assumptions: Assumptions, *, nightly: bool) -> Decimal:
    """Return the hours awake in a month: uploads worked off one after the other in one burst a night, or each alone.

    Uploads that come alone are spread over business hours, and the database pauses between two if there is time.
    """
    work, tail = work_seconds(count, assumptions), assumptions.database_tail_seconds
    if nightly:
        seconds = work * assumptions.uploads + tail * assumptions.nights
    else:
        seconds = min(assumptions.business_hours * _HOUR, (work + tail) * assumptions.uploads)
    return min(Decimal(assumptions.hours), (seconds + assumptions.wakings * tail) / _HOUR)


def asleep_usage(count: Count, assumptions: Assumptions) -> Usage:
    """Return what a pausing Aurora uses in a month without an upload, with the data of earlier ones."""
    awake = Decimal(assumptions.wakings * assumptions.database_tail_seconds) / _HOUR
    return {"aurora-acu-hours": awake * CAPACITIES[0], "aurora-storage": stored_gb(count, assumptions)}


def stored_gb(count: Count, assumptions: Assumptions) -> Decimal:
    """Return the size of the database after some months of uploads."""
    return Decimal(count.database.stored_bytes) / _GB * assumptions.uploads * assumptions.months_of_data


def upload_io(count: Count, assumptions: Assumptions) -> Decimal:
    """Return the I/O requests of one upload on Aurora: its log in blocks, and pages read into an empty memory.

    An entry of a unique index takes a page of its own, for its value may lie anywhere; all others go where the table
    and its other indexes grow.
    """
    written = -(-count.database.log_bytes // assumptions.block_bytes)
    grown = -(-count.database.stored_bytes // assumptions.page_bytes)
    return Decimal(written + grown + count.database.unique_entries)


def lone_upload_usage(count: Count, assumptions: Assumptions) -> Usage:
    """Return what one upload uses of Aurora that wakes it and lets it fall asleep again, without storage."""
    busy, tail = work_seconds(count, assumptions) / _HOUR, Decimal(assumptions.database_tail_seconds) / _HOUR
    return {
        "aurora-acu-hours": busy * assumptions.busy_acus + tail * CAPACITIES[0],
        "aurora-io": upload_io(count, assumptions),
    }


def choices(count: Count, assumptions: Assumptions) -> list[Choice]:
    """Return the ways to run the database, side by side."""
    stored = stored_gb(count, assumptions)
    busy = work_seconds(count, assumptions) * assumptions.uploads / _HOUR
    io = upload_io(count, assumptions) * assumptions.uploads

    def aurora(name: str, hours: Decimal, acus: Decimal, *, is_target: bool = False) -> Choice:
        more = min(busy, hours) * max(Decimal(0), assumptions.busy_acus - acus)
        usage = {"aurora-acu-hours": hours * acus + more, "aurora-io": io, "aurora-storage": stored}
        return Choice(f"Aurora, {name}, {acus} ACU awake", usage, hours, is_target)

    always = Decimal(assumptions.hours)
    instance = {"rds-hours": always, "rds-storage": max(Decimal(assumptions.instance_storage), stored)}
    nightly, spread = (awake_hours(count, assumptions, nightly=nightly) for nightly in (True, False))
    return [
        *(aurora("uploads in nightly bursts", nightly, acus, is_target=True) for acus in CAPACITIES),
        *(aurora("uploads over the day", spread, acus, is_target=acus == CAPACITIES[0]) for acus in CAPACITIES),
        aurora("never pausing", always, CAPACITIES[0]),
        Choice("RDS db.t4g.micro, 20 GB, one zone", instance, always, is_target=True),
    ]
