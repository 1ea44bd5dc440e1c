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
_ASKED_MEMORY = (256, 512)  # MB of the API key authoriser and of the API (functions/doors.yml)
CAPACITIES = (Decimal("0.5"), Decimal(1), Decimal(2))
"""ACUs that Aurora may hold while it is awake: it alone decides how soon it scales down from its work."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to run the database for a month. A target is one that has to keep the project's limit."""

    name: str
    usage: Usage
    awake_hours: Decimal
    is_target: bool = False


@dataclass(frozen=True, slots=True)
class Bill:
    """What is used, by meter. The database stands apart from the rest, because there is a choice."""

    count: Count
    template: Template
    prices: Prices
    assumptions: Assumptions

    def gb_seconds(self) -> Decimal:
        """Return what Lambda bills for the functions' time: their waiting as it was, their work at Lambda's pace."""
        left, found = dict(self.count.cpu_milliseconds), Decimal(0)
        for run in self.count.runs:
            work = min(run.milliseconds, left.get(run.function, 0))
            left[run.function] = left.get(run.function, 0) - work
            found += Decimal(run.memory) / 1024 * (run.milliseconds + work * self._slower_by(run.memory)) / 1000
        return found

    def _slower_by(self, memory: int) -> Decimal:
        """Return how much longer work takes on Lambda, as a share: it gives a part of a core by the memory (MB)."""
        return max(Decimal(0), Decimal(self.assumptions.full_core_memory) / memory - 1)

    def upload_usage(self) -> Usage:
        """Return what one upload uses. Storage counts for as long as it is kept."""
        count, assumed, template = self.count, self.assumptions, self.template
        usage: Counter[str] = Counter()
        for (_, operation), requests in count.calls.items():
            if meter := self.prices.meter_of(operation):
                usage[meter] += requests
        emails = sum(requests for (_, operation), requests in count.calls.items() if operation == "sns:Publish")
        stored = count.file_bytes * template.upload_days + count.report_bytes * template.report_days
        return {
            **{meter: Decimal(requests) for meter, requests in usage.items()},
            "lambda-requests": Decimal(len(count.runs)),
            "lambda-gb-seconds": self.gb_seconds(),
            "dynamodb-writes": Decimal(count.write_units),
            "dynamodb-reads": Decimal(count.read_units),
            "dynamodb-storage": Decimal(count.staged_bytes) / _GB * assumed.staged_days / DAYS_A_MONTH,
            "step-functions-transitions": Decimal(count.transitions),
            "s3-storage": Decimal(stored) / _GB / DAYS_A_MONTH,
            "sns-emails": Decimal(emails),
            **self._logs(count.log_bytes + count.execution_events * assumed.state_log_bytes),
            "traces": Decimal(len(count.runs) + 1),
            "transfer-out": Decimal(count.report_bytes) / _GB,
            "transfer-zones": Decimal(count.file_bytes * assumed.zone_traffic_factor) / _GB,
        }

    def _logs(self, taken_in: int) -> Usage:
        logged = Decimal(taken_in) / _GB
        return {"logs": logged, "log-storage": logged * self.template.log_days / DAYS_A_MONTH}

    def followed_usage(self, polls: int) -> Usage:
        """Return what it uses when a vendor's program asks so many times how far its upload is.

        Each request is two functions, authoriser and API, and three strongly consistent reads of up to 4 KB: the key,
        the vendor, the upload's tracker. The database is awake for the upload in any case.
        """
        milliseconds = polls * self.assumptions.asked_milliseconds + self.assumptions.asked_cold_milliseconds
        return {
            "api-requests": Decimal(polls),
            "lambda-requests": Decimal(2 * polls),
            "lambda-gb-seconds": Decimal(sum(_ASKED_MEMORY)) / 1024 * milliseconds / 1000,
            "dynamodb-reads": Decimal(3 * polls),
            "dynamodb-writes": Decimal(1),  # when the key was used last, once an hour
            **self._logs(polls * self.assumptions.asked_log_bytes),
            "traces": Decimal(2 * polls),
            "transfer-out": Decimal(polls * self.assumptions.answer_bytes) / _GB,
        }

    def idle_usage(self) -> Usage:
        """Return what a month without an upload uses."""
        polls = Decimal(self.assumptions.hours * 3600 * self.assumptions.pollers) / self.assumptions.poll_seconds
        standing = {meter: Decimal(units) for meter, units in self.template.units.items() if units}
        return {"sqs-requests": polls * self.count.queue_mappings, **standing}

    def month_usage(self) -> Usage:
        """Return what a month of uploads uses: every upload finds the functions cold."""
        uploads = {meter: quantity * self.assumptions.uploads for meter, quantity in self.upload_usage().items()}
        metrics = {"metrics": Decimal(self.count.custom_metrics)}  # CloudWatch bills only the hours of sending
        return plus(uploads, metrics, self.idle_usage())

    ##### The database

    def work_hours(self) -> Decimal:
        """Return how long one upload keeps the database at work: as here, and longer by what work takes on Lambda."""
        seconds = Decimal(self.count.seconds)
        for function, memory in {run.function: run.memory for run in self.count.runs}.items():
            seconds += Decimal(self.count.cpu_milliseconds.get(function, 0)) / 1000 * self._slower_by(memory)
        return seconds / _HOUR

    def awake_hours(self, *, nightly: bool) -> Decimal:
        """Return the hours awake in a month: uploads in one burst a night, or each alone over business hours."""
        assumed, work, tail = self.assumptions, self.work_hours() * self.assumptions.uploads, self._tail_hours()
        by_day = min(Decimal(assumed.business_hours), work + tail * assumed.uploads)
        hours = work + tail * assumed.nights if nightly else by_day
        return min(Decimal(assumed.hours), hours + assumed.wakings * tail)

    def _tail_hours(self) -> Decimal:
        return Decimal(self.assumptions.database_tail_seconds) / _HOUR

    def stored_gb(self) -> Decimal:
        """Return the size of the database after some months of uploads."""
        months = self.assumptions.uploads * self.assumptions.months_of_data
        return Decimal(self.count.database_grown_bytes) / _GB * months

    def upload_io(self) -> Decimal:
        """Return the I/O requests of one upload on Aurora: its log in blocks, and pages read into an empty memory.

        An entry of a unique index takes a page of its own, for its value may lie anywhere; all others go where the
        table and its other indexes grow.
        """
        written = -(-self.count.database_log_bytes // self.assumptions.block_bytes)
        grown = -(-self.count.database_grown_bytes // self.assumptions.page_bytes)
        return Decimal(written + grown + self.count.unique_entries)

    def asleep_usage(self) -> Usage:
        """Return what a pausing Aurora uses in a month without an upload, with the data of earlier ones."""
        awake = self.assumptions.wakings * self._tail_hours()
        return {"aurora-acu-hours": awake * CAPACITIES[0], "aurora-storage": self.stored_gb()}

    def lone_upload_usage(self) -> Usage:
        """Return what one upload uses of Aurora that wakes it and lets it fall asleep again, without storage."""
        acu_hours = self.work_hours() * self.assumptions.busy_acus + self._tail_hours() * CAPACITIES[0]
        return {"aurora-acu-hours": acu_hours, "aurora-io": self.upload_io()}

    def choices(self) -> list[Choice]:
        """Return the ways to run the database, side by side."""
        stored, always = self.stored_gb(), Decimal(self.assumptions.hours)
        busy, io = (each * self.assumptions.uploads for each in (self.work_hours(), self.upload_io()))

        def aurora(name: str, hours: Decimal, acus: Decimal, *, is_target: bool = False) -> Choice:
            more = min(busy, hours) * max(Decimal(0), self.assumptions.busy_acus - acus)
            usage = {"aurora-acu-hours": hours * acus + more, "aurora-io": io, "aurora-storage": stored}
            return Choice(f"Aurora, {name}, {acus} ACU awake", usage, hours, is_target)

        nightly, spread = self.awake_hours(nightly=True), self.awake_hours(nightly=False)
        instance = {"rds-hours": always, "rds-storage": max(Decimal(self.assumptions.instance_storage), stored)}
        return [
            *(aurora("uploads in nightly bursts", nightly, acus, is_target=True) for acus in CAPACITIES),
            *(aurora("uploads over the day", spread, acus, is_target=acus == CAPACITIES[0]) for acus in CAPACITIES),
            aurora("never pausing", always, CAPACITIES[0]),
            Choice("RDS db.t4g.micro, 20 GB, one zone", instance, always),
        ]
