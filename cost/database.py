"""The database's part of the bill, for each way to run it and to reach the rest of AWS from it."""

from dataclasses import dataclass
from decimal import Decimal

from cost.assumptions import Assumptions
from cost.bill import Usage, nat_bytes, plus, slowdown, times
from cost.measurement import Count, Measurement
from cost.template import Template

_GB = Decimal(2**30)
_SECONDS_AN_HOUR = Decimal(3600)
_WORKING_MEMORY = 512
"""MB of the functions that use the database."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to run the database for a month, with hours awake and average capacity where it has them."""

    name: str
    usage: Usage
    awake_hours: Decimal
    is_target: bool = False
    """Whether the project's target has to hold for it: it is what the template deploys, in use as expected."""


def tail_seconds(assumptions: Assumptions) -> int:
    """Return how long the database stays awake around its work: resuming, last session, delay before the pause."""
    return (
        assumptions.database_resume_seconds + assumptions.database_session_seconds + assumptions.database_pause_seconds
    )


def work_seconds(measurement: Measurement, warm: Measurement, assumptions: Assumptions) -> Decimal:
    """Return how long one upload keeps the database at work: as long as here, and longer by what work takes on Lambda.

    The work is that of warm functions. While they start, the database waits, as long as it does here.
    """
    longer = slowdown(_WORKING_MEMORY, assumptions) - 1
    return Decimal(measurement.seconds) + Decimal(sum(warm.cpu_milliseconds.values())) / 1000 * longer


def awake_hours_when_even(count: Count, template: Template, assumptions: Assumptions) -> Decimal:
    """Return the hours awake when uploads come evenly over business hours, each waking the database if it paused."""
    gap = Decimal(assumptions.business_hours) * _SECONDS_AN_HOUR / assumptions.uploads
    one = min(gap, work_seconds(count.cold, count.warm, assumptions) + tail_seconds(assumptions))
    return one * assumptions.uploads / _SECONDS_AN_HOUR + _scheduled_hours(template, assumptions)


def awake_hours_when_nightly(count: Count, template: Template, assumptions: Assumptions) -> Decimal:
    """Return the hours awake when a month's uploads come in nightly bursts, worked off one after another."""
    work = work_seconds(count.warm, count.warm, assumptions) * assumptions.uploads
    tails = Decimal(tail_seconds(assumptions) * assumptions.nights)
    return (work + tails) / _SECONDS_AN_HOUR + _scheduled_hours(template, assumptions)


def _scheduled_hours(template: Template, assumptions: Assumptions) -> Decimal:
    runs = sum((schedule.runs for schedule in template.schedules), Decimal(0))
    return runs * tail_seconds(assumptions) / _SECONDS_AN_HOUR


def upload_io(measurement: Measurement, assumptions: Assumptions) -> Decimal:
    """Return the I/O requests of one upload on Aurora: its log in blocks, and pages read into an empty memory.

    An entry of a unique index takes a page of its own, for its value may lie anywhere; all others go where the table
    and its other indexes grow.
    """
    written = -(-measurement.database.log_bytes // assumptions.block_bytes)
    grown = -(-measurement.database.stored_bytes // assumptions.page_bytes)
    return Decimal(written + grown + measurement.database.unique_entries)


def lone_upload_usage(count: Count, assumptions: Assumptions) -> Usage:
    """Return what one upload uses of Aurora that wakes it and lets it fall asleep again, without storage."""
    busy = work_seconds(count.cold, count.warm, assumptions) / _SECONDS_AN_HOUR
    asleep_again = Decimal(tail_seconds(assumptions)) / _SECONDS_AN_HOUR
    return {
        "aurora-acu-hours": busy * assumptions.busy_acus + asleep_again * assumptions.awake_acus,
        "aurora-io": upload_io(count.cold, assumptions),
    }


def options(count: Count, template: Template, assumptions: Assumptions) -> list[Option]:
    """Return the ways to run the database, side by side."""
    stored = Decimal(count.warm.database.stored_bytes) / _GB * assumptions.uploads * assumptions.months_of_data
    busy = work_seconds(count.cold, count.warm, assumptions) * assumptions.uploads / _SECONDS_AN_HOUR

    def aurora(name: str, awake: Decimal, acus: Decimal, *, is_target: bool = False) -> Option:
        awake = min(awake, Decimal(assumptions.hours))
        more = min(busy, awake) * max(Decimal(0), assumptions.busy_acus - acus)
        usage = {
            "aurora-acu-hours": awake * acus + more,
            "aurora-io": upload_io(count.cold, assumptions) * assumptions.uploads,
            "aurora-storage": stored,
        }
        return Option(name, usage, awake, is_target)

    even = awake_hours_when_even(count, template, assumptions)
    nightly = awake_hours_when_nightly(count, template, assumptions)
    hours = Decimal(assumptions.hours)
    return [
        aurora("Aurora, pausing, uploads in nightly bursts", nightly, assumptions.awake_acus, is_target=True),
        aurora("Aurora, pausing, uploads over business hours", even, assumptions.awake_acus, is_target=True),
        aurora("the same, at 1 ACU whenever awake", even, Decimal(1)),
        aurora("Aurora, never pausing", hours, assumptions.awake_acus),
        Option(
            "RDS db.t4g.micro, 20 GB",
            {"rds-hours": hours, "rds-storage": max(Decimal(assumptions.instance_storage), stored)},
            hours,
        ),
    ]


def idle_usage(option: Option, template: Template, assumptions: Assumptions) -> Usage:
    """Return what the option uses in a month without an upload, its storage as it was."""
    if "rds-hours" in option.usage:
        return option.usage
    always = option.awake_hours >= assumptions.hours
    awake = Decimal(assumptions.hours) if always else _scheduled_hours(template, assumptions)
    return {
        "aurora-acu-hours": awake * assumptions.awake_acus,
        "aurora-storage": option.usage["aurora-storage"],
    }


def networks(count: Count, assumptions: Assumptions) -> list[tuple[str, Usage]]:
    """Return the ways out of the network, side by side."""
    passed = nat_bytes(count.cold, count.service.in_network) / _GB
    hours = Decimal(assumptions.hours)
    gateway: Usage = {"nat-hours": hours, "ipv4-hours": hours}
    return [
        ("IPv6 through the egress-only gateway, endpoints for S3 and DynamoDB", {}),
        ("one NAT gateway with its IPv4 address", plus(gateway, times({"nat-traffic": passed}, assumptions.uploads))),
        ("two NAT gateways, one a zone", plus(gateway, gateway, times({"nat-traffic": passed}, assumptions.uploads))),
    ]
