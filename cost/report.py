"""The tables of the bill, for the terminal and for docs/cost.md."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cost import bill, database
from cost.assumptions import TARGET_MONTH, TARGET_UPLOAD, Assumptions
from cost.bill import Cost, Usage
from cost.measurement import Count, Measurement
from cost.prices import Prices
from cost.template import Template
from cost.traffic import VENDOR

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


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is shown: what was counted, and what it costs."""

    count: Count
    template: Template
    prices: Prices
    assumptions: Assumptions
    counted_on: date

    def cost_tables(self) -> list[Table]:
        """Return what it costs, shortest answer first."""
        return [
            self._targets(),
            self._upload(),
            self._month(),
            self._idle(),
            self._databases(),
            self._networks(),
            self._warming(),
        ]

    def count_tables(self) -> list[Table]:
        """Return what was counted."""
        return [self._requests(), self._functions(), self._units(), self._other_counts()]

    @property
    def targets_met(self) -> bool:
        """Return whether every target is met by what an account pays: list prices less what is always free."""
        return all(row[-1] == "pass" for row in self._targets().rows)

    def _upload_usage(self) -> Usage:
        return bill.upload_usage(self.count.cold, self.template, self.prices, self.assumptions)

    def _month_usage(self) -> Usage:
        return bill.month_usage(self.count, self.template, self.prices, self.assumptions)

    def _targets(self) -> Table:
        usage = self._upload_usage()
        lone = bill.plus(usage, database.lone_upload_usage(self.count, self.assumptions))
        rows = [
            _judged("usage of one upload, without the database", bill.total(usage, self.prices), TARGET_UPLOAD, 5),
            _judged("the same, waking the database for itself", bill.total(lone, self.prices), TARGET_UPLOAD, 5),
        ]
        for option in database.options(self.count, self.template, self.assumptions):
            if option.is_target:
                month = bill.total(bill.plus(self._month_usage(), option.usage), self.prices)
                rows.append(_judged(f"month: {option.name}", month, TARGET_MONTH, 2))
        return Table(
            "Against the targets",
            (
                "what",
                "list price",
                "always free deducted",
                "first-year tier deducted",
                "target",
                "at list price",
                "as paid",
            ),
            rows,
            note=f"A month has {self.assumptions.uploads:,} uploads of {self.count.cold.rows:,} rows. As paid: what is "
            "free for good deducted; `make cost` fails when a target is missed as paid. The free tiers are those of a "
            "whole account, and nothing else in it is taken to use them. The first-year tier exists only for accounts "
            "opened before 15 July 2025 and has ended for all of them.",
        )

    def _upload(self) -> Table:
        by_service = bill.costs(self._upload_usage(), self.prices)
        rows = [[name, _dollars(cost.list_price, 6)] for name, cost in _dearest_first(by_service)]
        rows.append(["all", _dollars(sum(by_service.values(), Cost()).list_price, 6)])
        return Table(
            "One upload, by service, at list price",
            ("service", "US$"),
            rows,
            note="Every function starts cold; storage for as long as it is kept. The database stands apart, below.",
        )

    def _month(self) -> Table:
        usage = self._month_usage()
        return Table(
            f"A month of {self.assumptions.uploads:,} uploads, without the database",
            ("service", "list price", "always free deducted", "first-year tier deducted"),
            self._by_service(usage),
        )

    def _idle(self) -> Table:
        usage = bill.idle_usage(self.count, self.template, self.assumptions)
        aurora = next(
            option for option in database.options(self.count, self.template, self.assumptions) if option.is_target
        )
        asleep = database.idle_usage(aurora, self.template, self.assumptions)
        rows = self._by_meter(bill.plus(usage, asleep))
        rows.append(["all", "", *_three(bill.total(bill.plus(usage, asleep), self.prices), 2)])
        return Table(
            "A month without an upload",
            ("what", "units", "list price", "always free deducted", "first-year tier deducted"),
            rows,
            note=f"With the pausing Aurora and the data of {self.assumptions.months_of_data} months. "
            f"{self._schedules()}",
        )

    def _schedules(self) -> str:
        runs = [f"{schedule.name} ({schedule.runs:.1f} times)" for schedule in self.template.schedules]
        return f"What wakes it by schedule: {', '.join(runs)}." if runs else "Nothing wakes it by schedule."

    def _databases(self) -> Table:
        work = database.work_seconds(self.count.cold, self.count.warm, self.assumptions)
        rows = []
        for option in database.options(self.count, self.template, self.assumptions):
            cost = bill.total(option.usage, self.prices)
            everything = bill.total(bill.plus(self._month_usage(), option.usage), self.prices)
            rows.append(
                [
                    option.name,
                    f"{option.awake_hours:,.0f}",
                    _dollars(cost.list_price, 2),
                    _dollars(everything.list_price, 2),
                    _dollars(everything.always_free, 2),
                    _verdict(everything.list_price, TARGET_MONTH),
                    _verdict(everything.always_free, TARGET_MONTH),
                ]
            )
        return Table(
            "The database, side by side",
            (
                "option",
                "hours awake",
                "database",
                "all in, list price",
                "all in, always free deducted",
                "< 20 at list price",
                "< 20 as paid",
            ),
            rows,
            note=f"Hours, storage and I/O of a month. Awake: {work:.0f} s of work for an upload and "
            f"{database.tail_seconds(self.assumptions)} s around it.",
        )

    def _networks(self) -> Table:
        rows = [
            [name, _dollars(bill.total(usage, self.prices).list_price, 2)]
            for name, usage in database.networks(self.count, self.assumptions)
        ]
        return Table("The way out of the network, a month", ("option", "list price"), rows)

    def _warming(self) -> Table:
        rows = [
            [
                f"{units:,}",
                _dollars(bill.total({"warm-write-units": Decimal(units - _NEW_TABLE)}, self.prices).list_price, 2),
            ]
            for units in (8_000, 20_000, 40_000)
        ]
        return Table(
            "A staging table that takes more from its first second on, once",
            ("write units a second", "list price"),
            rows,
        )

    def _by_service(self, usage: Usage) -> list[Sequence[str]]:
        by_service = bill.costs(usage, self.prices)
        rows: list[Sequence[str]] = [[name, *_three(cost, 2)] for name, cost in _dearest_first(by_service)]
        return [*rows, ["all", *_three(sum(by_service.values(), Cost()), 2)]]

    def _by_meter(self, usage: Usage) -> list[Sequence[str]]:
        rows: list[Sequence[str]] = []
        for name, quantity in usage.items():
            if quantity:
                meter = self.prices.meter(name)
                units = f"{quantity:,.0f}" if quantity == int(quantity) else f"{quantity:,.2f}"
                what = f"{meter.service}: {meter.unit}"
                rows.append([what, units, *_three(bill.total({name: quantity}, self.prices), 2)])
        return rows

    def _requests(self) -> Table:
        cold, warm = self.count.cold, self.count.warm
        rows = []
        for caller, operation in sorted(cold.calls.keys() | warm.calls.keys(), key=lambda key: (key[0] == VENDOR, key)):
            one, other = cold.calls.get((caller, operation)), warm.calls.get((caller, operation))
            rows.append(
                [
                    caller,
                    operation,
                    _number(one.requests if one else 0),
                    _number(other.requests if other else 0),
                    _number(one.bytes_sent if one else 0),
                    _number(one.bytes_received if one else 0),
                ]
            )
        for operation, times in sorted(cold.execution_calls.items()):
            rows.append(["the execution", operation, _number(times), _number(warm.execution_calls[operation]), "", ""])
        for operation in ("sqs:ReceiveMessage", "sqs:DeleteMessageBatch"):
            polls = [_number(bill.billed_calls(measurement)[operation]) for measurement in (cold, warm)]
            rows.append(["Lambda's poller", operation, *polls, "", ""])
        return Table(
            "Requests",
            ("caller", "operation", "requests", "when warm", "bytes sent", "bytes received"),
            rows,
            numbers_from=2,
        )

    def _functions(self) -> Table:
        rows = []
        cold, warm = self.count.cold, self.count.warm
        for function in sorted({run.function for run in (*cold.invocations, *warm.invocations)}):
            memory = next(run.memory for run in (*cold.invocations, *warm.invocations) if run.function == function)
            rows.append([function, _number(memory), *_runs(cold, function), *_runs(warm, function)])
        return Table(
            "Functions",
            ("function", "MB", "runs", "ms", "of it work", "runs when warm", "ms when warm", "of it work"),
            rows,
            note="Milliseconds as the functions' logs report them on the machine that counted, start of the "
            "interpreter included; work is what their processes spent on its processors, between invocations too. "
            f"Billed {bill.gb_seconds(cold, self.assumptions):.1f} GB-seconds, "
            f"{bill.gb_seconds(warm, self.assumptions):.1f} when warm.",
        )

    def _units(self) -> Table:
        rows = []
        for operation, units in sorted(self.count.cold.table.items()):
            rows.append(
                [
                    operation,
                    _number(units.requests),
                    _number(units.items),
                    _number(units.table_writes),
                    _number(units.index_writes),
                    f"{units.reads:,.1f}",
                ]
            )
        return Table(
            "The staging table, from the items' sizes",
            ("operation", "requests", "items", "write units", "write units of the index", "read units"),
            rows,
            note="The execution's requests included. A task token counts with its greatest length.",
        )

    def _other_counts(self) -> Table:
        cold = self.count.cold
        log_bytes = sum(cold.log_bytes.values())
        rows = [
            ["state transitions", _number(cold.transitions)],
            ["e-mails", _number(cold.emails)],
            ["bytes of the file", _number(cold.file_bytes)],
            ["bytes of the error report", _number(cold.report_bytes)],
            ["bytes staged, with storage's overhead", _number(cold.staged_bytes)],
            ["bytes that functions log", _number(log_bytes)],
            [
                f"bytes that {cold.execution_events} events of the execution log",
                _number(cold.execution_events * self.assumptions.state_log_bytes),
            ],
            ["bytes of PostgreSQL's write-ahead log", _number(cold.database.log_bytes)],
            ["bytes the database grew (second upload)", _number(self.count.warm.database.stored_bytes)],
            ["entries in unique indexes, without primary keys", _number(cold.database.unique_entries)],
            ["custom metrics sent", _number(len(self.count.service.metric_series))],
            ["secrets in the template", _number(self.template.secrets)],
            ["customer managed keys in the template", _number(self.template.keys)],
            ["alarm metrics in the template", _number(self.template.alarm_metrics)],
            ["dashboards in the template", _number(self.template.dashboards + self.template.large_dashboards)],
        ]
        return Table("Everything else", ("what", "count"), rows)


def _judged(what: str, cost: Cost, target: Decimal, places: int) -> list[str]:
    verdicts = (_verdict(cost.list_price, target), _verdict(cost.always_free, target))
    return [what, *_three(cost, places), f"< {target:f}", *verdicts]


def _verdict(cost: Decimal, target: Decimal) -> str:
    return "pass" if cost < target else "FAIL"


def _runs(measurement: Measurement, function: str) -> tuple[str, str, str]:
    runs = [run.milliseconds for run in measurement.invocations if run.function == function]
    return _number(len(runs)), _number(sum(runs)), _number(measurement.cpu_milliseconds.get(function, 0))


def _dearest_first(by_service: dict[str, Cost]) -> list[tuple[str, Cost]]:
    return sorted(by_service.items(), key=lambda item: (-item[1].list_price, item[0]))


def _three(cost: Cost, places: int) -> tuple[str, str, str]:
    return tuple(_dollars(part, places) for part in (cost.list_price, cost.always_free, cost.first_year))  # type: ignore[return-value]


def _dollars(amount: Decimal, places: int) -> str:
    return f"{amount:,.{places}f}"


def _number(count: int) -> str:
    return f"{count:,}"


def markdown(report: Report) -> str:
    """Return docs/cost.md."""
    return "\n".join(_page(report)).rstrip() + "\n"


def _page(report: Report) -> Iterator[str]:
    cold, prices, assumptions = report.count.cold, report.prices, report.assumptions
    yield "# Cost"
    yield ""
    yield "<!-- Written by `make cost`. Change cost/ instead, then run it again. -->"
    yield ""
    yield (
        f"One upload of {cold.rows:,} rows, {cold.error_rows:,} of them invalid, was counted on the local stack on "
        f"{report.counted_on:%d %B %Y} and multiplied by AWS list prices of {prices.date} in {prices.region}. "
        "US dollars throughout. It is an estimate and no quotation."
    )
    yield ""
    for table in report.cost_tables():
        yield from _section(table, level=2)
    yield "## What was counted"
    yield ""
    yield (
        "Every request of a function and of the vendor passes a proxy that keeps it; the execution's own calls and its "
        "transitions come from its history, milliseconds and metrics from the functions' logs, the database's work "
        "from PostgreSQL. The first upload finds every function cold and is the one that is billed; the second finds "
        "them warm. The vendor opens the report once. What the emulator does inside itself (reading the stream, "
        "polling the queue, writing logs) sends no requests and is not in the count: on AWS reading the stream is "
        "free for Lambda, and what its poller sends to the queue is added below."
    )
    yield ""
    for table in report.count_tables():
        yield from _section(table, level=3)
    yield "Custom metrics:"
    yield ""
    for series in report.count.service.metric_series:
        yield f"- `{series}`"
    yield ""
    yield from _assumed(assumptions, report)
    yield from _price_list(prices)


def _section(table: Table, level: int) -> Iterator[str]:
    yield f"{'#' * level} {table.title}"
    yield ""
    yield f"| {' | '.join(table.columns)} |"
    yield "|" + "".join(" ---: |" if column >= table.numbers_from else " --- |" for column in range(len(table.columns)))
    for row in table.rows:
        yield f"| {' | '.join(row)} |"
    yield ""
    if table.note:
        yield table.note
        yield ""


def _assumed(assumptions: Assumptions, report: Report) -> Iterator[str]:
    template = report.template
    yield "## What is assumed"
    yield ""
    yield f"""\
- **Arrival.** Even: {assumptions.uploads:,} uploads spread evenly over {assumptions.business_hours} business hours a
  month, so that each finds the database paused and the functions cold. Nightly: the same in
  {assumptions.nights} bursts.
- **Functions.** Their waiting lasts as long as on the machine that counted, their work longer: Lambda gives a whole
  core at {assumptions.full_core_memory:,} MB and less in proportion, so that work takes
  {bill.slowdown(512, assumptions):.1f} times as long at 512 MB and {bill.slowdown(256, assumptions):.1f} times at
  256 MB. Graviton's cores are taken to be as fast as this machine's. Starting is billed like running, as on Lambda
  since August 2025.
- **Queue.** Lambda polls each queue it feeds a function from with {assumptions.pollers} requests of
  {assumptions.poll_seconds} s at a time, all month.
- **Aurora.** Awake at {assumptions.awake_acus} ACU, at {assumptions.busy_acus} while an upload is worked on. Around
  the work: {assumptions.database_resume_seconds} s to resume, {assumptions.database_session_seconds} s until the last
  session ends, {assumptions.database_pause_seconds} s until it pauses. I/O: the write-ahead log in blocks of
  {assumptions.block_bytes:,} bytes (it holds full pages that Aurora does not write), the pages that tables and
  indexes grow by, and a page for every entry of a unique index, all read into an empty memory. Storage after
  {assumptions.months_of_data} months of uploads. Backups stay within what is free.
- **Storage.** Files {template.upload_days} days and reports {template.report_days} days including old versions, staged
  rows until they expire and {assumptions.staged_extra_days} days more, logs {template.log_days} days uncompressed.
- **Traces.** One for every run of a function and for the execution, all recorded.
- **Zones.** Functions and database are in different zones, and {assumptions.zone_traffic_factor} times the file's
  bytes pass between them.
- **Logs of the execution.** {assumptions.state_log_bytes} bytes an event.
- **E-mail.** One address for each vendor.
- **Template.** Alarms, dashboards, keys and secrets of the stage `{STAGE}`, those under conditions included."""
    yield ""
    yield "## What this cannot show"
    yield ""
    yield """\
- How long the functions really run on Graviton, and how long they take to start there.
- How far Aurora scales up while it works, how soon it pauses, and what else wakes it.
- How many polls Lambda really sends, and how many retries and duplicate deliveries a real month has.
- What the stack costs besides: failed uploads that are tried again, people who query logs, support, tax."""
    yield ""


def _price_list(prices: Prices) -> Iterator[str]:
    rows = [
        [
            meter.service,
            meter.unit,
            f"{meter.price.normalize():f}",
            f"{meter.free:,}" if meter.free else "",
            f"{meter.first_year:,}" if meter.first_year else "",
            meter.source,
            meter.evidence,
            meter.free_evidence,
        ]
        for meter in prices.meters.values()
    ]
    yield from _section(
        Table(
            "Prices",
            (
                "service",
                "unit",
                "US$",
                "always free",
                "first year besides",
                "source",
                "evidence",
                "evidence of what is free",
            ),
            rows,
            numbers_from=len(prices.meters),
            note="Evidence: `page` was read on a page of AWS or on pages of 2026 that quote it, `looked up` for this "
            "project in November 2026, `memory` was not confirmed. New accounts get credits of up to 200 dollars "
            "instead of a first-year tier.",
        ),
        level=2,
    )
