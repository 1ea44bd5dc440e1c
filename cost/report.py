"""The tables of the bill, for the terminal and for docs/cost.md."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cost import bill
from cost.assumptions import TARGET_MONTH, TARGET_UPLOAD, Assumptions
from cost.counting import Count
from cost.prices import Cost, Prices, Usage, by_service, cost_of, plus, total
from cost.template import Template

STAGE = "prod"
"""The stage whose template is billed."""


_NEW_TABLE = 4_000
"""Write units a second that a new on-demand table takes anyway (DynamoDB, "On-demand capacity mode")."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading; the columns from `numbers_from` on are numbers."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers_from: int = 1
    note: str = ""

    def markdown(self, level: int = 2) -> Iterator[str]:
        """Yield the lines of the table under its heading."""
        yield from (f"{'#' * level} {self.title}", "", f"| {' | '.join(self.columns)} |")
        yield "|" + "".join(" ---: |" if n >= self.numbers_from else " --- |" for n in range(len(self.columns)))
        yield from (f"| {' | '.join(row)} |" for row in self.rows)
        yield ""
        if self.note:
            yield from (self.note, "")


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is shown: what was counted, and what it costs."""

    count: Count
    template: Template
    prices: Prices
    assumptions: Assumptions
    counted_on: date

    @property
    def targets_met(self) -> bool:
        """Return whether every target is met by what an account pays: list prices less what is always free."""
        return all(row[-1] == "pass" for row in self._targets().rows)

    def cost_tables(self) -> list[Table]:
        """Return what it costs, shortest answer first."""
        return [self._targets(), self._databases(), self._services(), self._idle(), self._networks(), self._warming()]

    def count_tables(self) -> list[Table]:
        """Return what was counted."""
        return [self._requests(), self._functions(), self._other_counts()]

    def _upload_usage(self) -> Usage:
        return bill.upload_usage(self.count, self.template, self.prices, self.assumptions)

    def _month(self, choice: bill.Choice) -> Cost:
        usage = bill.month_usage(self.count, self.template, self.prices, self.assumptions)
        return total(self.prices, plus(usage, choice.usage))

    def _choices(self) -> list[bill.Choice]:
        return bill.choices(self.count, self.template, self.assumptions)

    def _targets(self) -> Table:
        one = self._upload_usage()
        waking = plus(one, bill.lone_upload_usage(self.count, self.assumptions))
        rows = [
            _judged("usage of one upload, without the database", total(self.prices, one), TARGET_UPLOAD, 5),
            _judged("the same, waking the database for itself", total(self.prices, waking), TARGET_UPLOAD, 5),
        ]
        rows += [
            _judged(f"month: {choice.name}", self._month(choice), TARGET_MONTH, 2)
            for choice in self._choices()
            if choice.is_target
        ]
        return Table(
            "Against the targets",
            ("what", "list price", "as paid", "target", "at list price", "as paid"),
            rows,
            note=f"A month has {self.assumptions.uploads:,} uploads of {self.count.rows:,} rows. As paid: what is free "
            "for good deducted, in an account that uses it for nothing else; `make cost` fails when a target is "
            "missed as paid. What was free in an account's first year is not counted: it ended for all of them.",
        )

    def _warming(self) -> Table:
        rows = [
            [f"{units:,}", _dollars(total(self.prices, {"warm-write-units": Decimal(units - _NEW_TABLE)}).list_price)]
            for units in (8_000, 20_000, 40_000)
        ]
        return Table(
            "A staging table that takes more from its first second on, once",
            ("write units a second", "list price"),
            rows,
        )

    def _databases(self) -> Table:
        rows = []
        for choice in self._choices():
            month = self._month(choice)
            alone = total(self.prices, choice.usage).list_price
            dollars = [_dollars(amount) for amount in (alone, month.list_price, month.paid)]
            verdicts = [_verdict(amount, TARGET_MONTH) for amount in (month.list_price, month.paid)]
            rows.append([choice.name, f"{choice.awake_hours:,.0f}", *dollars, *verdicts])
        work, tail = bill.work_seconds(self.count, self.assumptions), self.assumptions.database_tail_seconds
        return Table(
            "The database, side by side",
            ("choice", "hours awake", "database", "all in, list", "all in, as paid", "< 20, list", "< 20, as paid"),
            rows,
            note=f"A month of uploads. Awake: {work:.0f} s of work for an upload and {tail} s around it. Aurora alone "
            "decides what capacity it holds while it is awake: 0.5 ACU is the least, 2 the most that the template "
            "lets it take; expect something between the first two rows of each kind. Uploads that come one by one all "
            "day keep it awake all day, and then a `db.t4g.micro` (`databaseKind: instance`) is the predictable "
            "choice: it costs the same whatever happens, and never has to wake up. Its price is for one zone and 20 "
            "GB; see [deploying](deploy.md) for how to change from one to the other.",
        )

    def _services(self) -> Table:
        one = by_service(self.prices, self._upload_usage())
        usage = bill.month_usage(self.count, self.template, self.prices, self.assumptions)
        month = by_service(self.prices, usage)
        rows = [
            [name, _dollars(one.get(name, Cost()).list_price, 6), _dollars(cost.list_price), _dollars(cost.paid)]
            for name, cost in month.items()
        ]
        all_one, all_month = sum(one.values(), Cost()), total(self.prices, usage)
        rows.append(["all", _dollars(all_one.list_price, 6), _dollars(all_month.list_price), _dollars(all_month.paid)])
        return Table(
            f"One upload and a month of {self.assumptions.uploads:,}, without the database",
            ("service", "one upload, list", "month, list", "month, as paid"),
            rows,
            note="Every function starts cold; storage for as long as it is kept.",
        )

    def _idle(self) -> Table:
        asleep = {
            "aurora-acu-hours": bill.scheduled_hours(self.template, self.assumptions) * bill.CAPACITIES[0],
            "aurora-storage": self._choices()[0].usage["aurora-storage"],
        }
        usage = plus(bill.idle_usage(self.count, self.template, self.assumptions), asleep)
        rows = []
        for name, quantity in usage.items():
            meter, cost = self.prices.meters[name], cost_of(self.prices, name, quantity)
            units = f"{quantity:,.0f}" if quantity == int(quantity) else f"{quantity:,.2f}"
            rows.append([f"{meter.service}: {meter.unit}", units, _dollars(cost.list_price), _dollars(cost.paid)])
        cost = total(self.prices, usage)
        rows.append(["all", "", _dollars(cost.list_price), _dollars(cost.paid)])
        wakes = ", ".join(f"{name} ({runs:.1f} times)" for name, runs in self.template.schedules.items()) or "nothing"
        return Table(
            "A month without an upload",
            ("what", "units", "list price", "as paid"),
            rows,
            note=f"With the pausing Aurora and the data of {self.assumptions.months_of_data} months. "
            f"What wakes it by schedule: {wakes}.",
        )

    def _networks(self) -> Table:
        ways = bill.networks(self.assumptions).items()
        rows = [[name, _dollars(total(self.prices, usage).list_price)] for name, usage in ways]
        return Table("The way out of the network, a month", ("way", "list price"), rows)

    def _requests(self) -> Table:
        calls = sorted(self.count.calls.items())
        rows = [[caller, operation, *_numbers(requests)] for (caller, operation), requests in calls]
        return Table("Requests", ("caller", "operation", "requests"), rows, 2)

    def _functions(self) -> Table:
        rows = []
        for function in sorted({run.function for run in self.count.runs}):
            runs = [run for run in self.count.runs if run.function == function]
            worked = self.count.cpu_milliseconds.get(function, 0)
            milliseconds = sum(run.milliseconds for run in runs)
            rows.append([function, *_numbers(runs[0].memory, len(runs), milliseconds, worked)])
        return Table(
            "Functions",
            ("function", "MB", "runs", "ms", "of it work"),
            rows,
            note="Milliseconds as the functions' logs report them on the machine that counted, start of the "
            "interpreter included; work is what their processes spent on its processors, between runs too. "
            f"Billed {bill.gb_seconds(self.count, self.assumptions):.1f} GB-seconds.",
        )

    def _other_counts(self) -> Table:
        counted = self.count
        rows = {
            "state transitions": counted.transitions,
            "items written to the staging table": counted.table.items,
            "write units of the staging table": counted.table.writes,
            "read units of the staging table": counted.table.reads,
            "bytes of the file": counted.file_bytes,
            "bytes of the error report": counted.report_bytes,
            "bytes staged, with storage's overhead": counted.staged_bytes,
            "bytes that functions log": counted.log_bytes,
            "events of the execution's log": counted.execution_events,
            "bytes of PostgreSQL's write-ahead log": counted.database.log_bytes,
            "bytes the database grew": counted.database.stored_bytes,
            "entries in unique indexes, without primary keys": counted.database.unique_entries,
            "custom metrics sent": len(counted.metric_series),
        }
        return Table("Everything else", ("what", "count"), [[name, *_numbers(times)] for name, times in rows.items()])


def _judged(what: str, cost: Cost, target: Decimal, places: int) -> list[str]:
    dollars = [_dollars(amount, places) for amount in (cost.list_price, cost.paid)]
    return [what, *dollars, f"< {target:f}", _verdict(cost.list_price, target), _verdict(cost.paid, target)]


def _verdict(cost: Decimal, target: Decimal) -> str:
    return "pass" if cost < target else "FAIL"


def _dollars(amount: Decimal, places: int = 2) -> str:
    return f"{amount:,.{places}f}"


def _numbers(*counts: int) -> list[str]:
    return [f"{count:,}" for count in counts]


def markdown(report: Report) -> str:
    """Return docs/cost.md."""
    counted, prices, assumptions, template = report.count, report.prices, report.assumptions, report.template
    sections = (line for table in report.cost_tables() for line in table.markdown())
    counts = (line for table in report.count_tables() for line in table.markdown(3))
    price_rows = [
        [
            *(meter.service, meter.unit, f"{meter.price.normalize():f}"),
            *(f"{meter.free:,}" if meter.free else "", meter.source, meter.evidence),
        ]
        for meter in prices.meters.values()
    ]
    price_list = Table("", ("service", "unit", "US$", "always free", "AWS's price page", "evidence"), price_rows, 9)
    page = _PAGE.format(
        counted=counted,
        prices=prices,
        a=assumptions,
        t=template,
        stage=STAGE,
        on=f"{report.counted_on:%d %B %Y}",
        slow=bill.slowdown(512, assumptions),
        least=bill.CAPACITIES[0],
        costs="\n".join(sections),
        counts="\n".join(counts),
        metrics="\n".join(f"- `{name}`" for name in counted.metric_series),
        list="\n".join(list(price_list.markdown())[2:]),
    )
    return page.rstrip() + "\n"


_PAGE = """\
# Cost

<!-- Written by `make cost`. Change cost/ instead, then run it again. -->

One upload of {counted.rows:,} rows, {counted.error_rows:,} of them invalid, was counted on the local stack on {on} and
multiplied by AWS list prices of {prices.date} in {prices.region}. US dollars throughout. It is an estimate and no
quotation.

{costs}
## What was counted

The emulator keeps a trail of what the functions sent, as CloudTrail does. The execution's own calls and its transitions
come from its history, milliseconds and metrics from the functions' logs, the database's work from PostgreSQL, units of
the staging table from the sizes of the items. The upload finds every function cold; the vendor opens the report once.
Reading the stream is free for Lambda; what its poller sends to the queues is a receive and a delete for each batch.

{counts}
Custom metrics:

{metrics}

## What is assumed

- **Arrival.** Over the day: {a.uploads:,} uploads spread evenly over {a.business_hours} business hours a month, so that
  each finds the database paused and the functions cold. Nightly: the same in {a.nights} bursts.
- **Functions.** Their waiting lasts as long as on the machine that counted, their work longer: Lambda gives a whole
  core at {a.full_core_memory:,} MB and less in proportion, so that work takes {slow:.1f} times as long at 512 MB.
  Graviton's cores are taken to be as fast as this machine's. Starting is billed like running.
- **Queues.** Lambda polls each queue it feeds a function from with {a.pollers} requests of {a.poll_seconds} s at a
  time, all month.
- **Aurora.** Awake at {least} ACU or as the table says, at {a.busy_acus} at least while an upload is worked on. Around
  the work: 15 s to resume, 60 s until the last session ends, 300 s until it pauses. I/O: the write-ahead log in blocks
  of {a.block_bytes:,} bytes, the pages that tables and indexes grow by, and a page for every entry of a unique index,
  all read into an empty memory. Storage after {a.months_of_data} months. Backups stay within what is free.
- **Storage.** Files {t.upload_days} days and reports {t.report_days} days including old versions, staged rows
  {a.staged_days} days, logs {t.log_days} days uncompressed.
- **Traces.** One for every run of a function and for the execution, all recorded.
- **Zones.** Functions and database are in different zones, and {a.zone_traffic_factor} times the file's bytes pass
  between them.
- **Template.** Alarms, dashboards, keys and secrets of the stage `{stage}`, those under conditions included.

## What this cannot show

- How long the functions really run on Graviton, and how long they take to start there.
- How far Aurora scales up while it works, how soon it pauses, and what else wakes it.
- How many polls Lambda really sends, and how many retries and duplicate deliveries a real month has.
- What the stack costs besides: failed uploads that are tried again, people who query logs, support, tax.

## Prices

{list}
Evidence: `page` was read on a page of AWS or on pages of 2026 that quote it, `looked up` for this project in November
2026, `memory` was not confirmed.
"""
