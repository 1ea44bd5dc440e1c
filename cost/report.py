"""The tables of the bill: shown on the terminal, and put into their places in docs/cost.md."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from cost import bill
from cost.assumptions import TARGET_MONTH, TARGET_UPLOAD, Assumptions
from cost.counting import Count
from cost.errors import CostError
from cost.prices import Cost, Prices, Usage, by_service, cost_of, plus, total
from cost.template import Template

STAGE = "prod"
"""The stage whose template is billed."""
_NEW_TABLE = 4_000
"""Write units a second of a new table (DynamoDB developer guide, "On-demand capacity mode")."""

_POLLING_SECONDS = (2, 1, 10)
"""The first is what `Retry-After` says of an upload under way (api/routes/uploads.py)."""
_POLLING_SERVICES = ("API Gateway", "Lambda", "DynamoDB", "CloudWatch", "X-Ray")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for one place of the page; the columns from `numbers_from` on are numbers."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers_from: int = 1

    def markdown(self) -> str:
        """Return the table as Markdown."""
        rules = " --- |" * self.numbers_from + " ---: |" * (len(self.columns) - self.numbers_from)
        lines = [f"| {' | '.join(self.columns)} |", f"|{rules}", *(f"| {' | '.join(row)} |" for row in self.rows)]
        return "\n".join(lines) + "\n"


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

    def tables(self) -> list[Table]:
        """Return all tables, shortest answer first."""
        return [self._targets(), self._databases(), *self._costs(), self._polling(), *self._counts(), self._prices()]

    def _upload_usage(self) -> Usage:
        return bill.upload_usage(self.count, self.template, self.prices, self.assumptions)

    def _month(self, choice: bill.Choice) -> Cost:
        usage = bill.month_usage(self.count, self.template, self.prices, self.assumptions)
        return total(self.prices, plus(usage, choice.usage))

    def _choices(self) -> list[bill.Choice]:
        return bill.choices(self.count, self.assumptions)

    def _targets(self) -> Table:
        one = self._upload_usage()
        waking = plus(one, bill.lone_upload_usage(self.count, self.assumptions))
        judged = [
            ("usage of one upload, without the database", total(self.prices, one), TARGET_UPLOAD, 5),
            ("the same, waking the database for itself", total(self.prices, waking), TARGET_UPLOAD, 5),
        ]
        targets = [choice for choice in self._choices() if choice.is_target]
        judged += [(f"month: {choice.name}", self._month(choice), TARGET_MONTH, 2) for choice in targets]
        rows = [
            [what, _dollars(cost.list_price, places), _dollars(cost.paid, places), f"< {target:f}"]
            + [_verdict(amount, target) for amount in (cost.list_price, cost.paid)]
            for what, cost, target, places in judged
        ]
        return Table("targets", ("what", "list price", "as paid", "target", "at list price", "as paid"), rows)

    def _databases(self) -> Table:
        rows = []
        for choice in self._choices():
            alone, month = total(self.prices, choice.usage).list_price, self._month(choice)
            dollars = map(_dollars, (alone, month.list_price, month.paid))
            verdicts = [_verdict(amount, TARGET_MONTH) for amount in (month.list_price, month.paid)]
            rows.append([choice.name, f"{choice.awake_hours:,.0f}", *dollars, *verdicts])
        columns = (
            "choice",
            "hours awake",
            "database",
            "all in, list",
            "all in, as paid",
            "< 20, list",
            "< 20, as paid",
        )
        return Table("databases", columns, rows)

    def _costs(self) -> list[Table]:
        """Return the cost by service, of an idle month, of the way out of the network, and of a warmed table."""
        one, month = (
            {**by_service(self.prices, usage), "all": total(self.prices, usage)}
            for usage in (
                self._upload_usage(),
                bill.month_usage(self.count, self.template, self.prices, self.assumptions),
            )
        )
        services = [
            [name, _dollars(one.get(name, Cost()).list_price, 6), _dollars(cost.list_price), _dollars(cost.paid)]
            for name, cost in month.items()
        ]
        usage = plus(
            bill.idle_usage(self.count, self.template, self.assumptions),
            bill.asleep_usage(self.count, self.assumptions),
        )
        idle = []
        for name, units in usage.items():
            meter, cost = self.prices.meters[name], cost_of(self.prices, name, units)
            what = f"{meter.service}: {meter.unit}"
            idle.append([what, f"{units.quantize(Decimal('0.01')):,}", _dollars(cost.list_price), _dollars(cost.paid)])
        cost = total(self.prices, usage)
        idle.append(["all", "", _dollars(cost.list_price), _dollars(cost.paid)])
        ways = [
            [name, _dollars(total(self.prices, usage).list_price)]
            for name, usage in bill.networks(self.assumptions).items()
        ]
        warm = [
            [f"{units:,}", _dollars(cost_of(self.prices, "warm-write-units", Decimal(units - _NEW_TABLE)).list_price)]
            for units in (8_000, 20_000, 40_000)
        ]
        return [
            Table("services", ("service", "one upload, list", "month, list", "month, as paid"), services),
            Table("idle", ("what", "units", "list price", "as paid"), idle),
            Table("networks", ("way", "list price"), ways),
            Table("warm", ("write units a second", "list price, once"), warm),
        ]

    def _polling(self) -> Table:
        """Return what a program costs that asks for an upload's outcome until it is there, at list prices."""
        columns = ("asks every", "requests", *_POLLING_SERVICES, "the rest", "all")
        rows = []
        for seconds in _POLLING_SECONDS:
            polls = -(-self.assumptions.followed_seconds // seconds) + 1  # the last one gets the outcome
            found = by_service(self.prices, bill.followed_usage(polls, self.template, self.assumptions))
            everything = sum((cost.list_price for cost in found.values()), Decimal(0))
            named = [found[name].list_price for name in _POLLING_SERVICES]
            amounts = (*named, everything - sum(named), everything)
            rows.append([f"{seconds} s", f"{polls:,}", *(_dollars(amount, 6) for amount in amounts)])
        return Table("polling", columns, rows)

    def _counts(self) -> list[Table]:
        """Return what was counted and what is assumed."""
        counted = self.count
        requests = [[caller, operation, f"{times:,}"] for (caller, operation), times in sorted(counted.calls.items())]
        functions = []
        for function in sorted({run.function for run in counted.runs}):
            runs = [run for run in counted.runs if run.function == function]
            figures = (runs[0].memory, len(runs), sum(run.milliseconds for run in runs))
            functions.append([function, *(f"{n:,}" for n in (*figures, counted.cpu_milliseconds.get(function, 0)))])
        single = {
            "rows, and of them invalid": f"{counted.rows:,}, {counted.error_rows:,}",
            "counted on": f"{self.counted_on:%d %B %Y}",
            "GB-seconds of the functions, on Lambda": f"{bill.gb_seconds(counted, self.assumptions):.1f}",
            "seconds of work for the database": f"{bill.work_seconds(counted, self.assumptions):.0f}",
            "state transitions": f"{counted.transitions:,}",
            "items written to the staging table": f"{counted.table.items:,}",
            "write and read units of the staging table": f"{counted.table.writes:,}, {counted.table.reads:,}",
            "bytes staged, with storage's overhead": f"{counted.staged_bytes:,}",
            "bytes of the file, of the error report": f"{counted.file_bytes:,}, {counted.report_bytes:,}",
            "bytes that functions log; events of the execution": f"{counted.log_bytes:,}; {counted.execution_events:,}",
            "bytes of PostgreSQL's write-ahead log": f"{counted.database.log_bytes:,}",
            "bytes the database grew": f"{counted.database.stored_bytes:,}",
            "entries in unique indexes, without primary keys": f"{counted.database.unique_entries:,}",
            "custom metrics": ", ".join(counted.metric_series),
        }
        kept = {"days files are kept": self.template.upload_days, "days reports are kept": self.template.report_days}
        assumed = {**asdict(self.assumptions), **kept, "days logs are kept": self.template.log_days}
        return [
            Table("requests", ("caller", "operation", "requests"), requests, 2),
            Table("functions", ("function", "MB", "runs", "ms", "of it work"), functions),
            Table("counts", ("what", "count"), [[what, figure] for what, figure in single.items()]),
            Table("assumed", ("what", "value"), [[name.replace("_", " "), f"{n:,}"] for name, n in assumed.items()]),
        ]

    def _prices(self) -> Table:
        rows = [
            [
                *(meter.service, meter.unit, f"{meter.price.normalize():f}"),
                *(f"{meter.free:,}" if meter.free else "", meter.source, meter.evidence),
            ]
            for meter in self.prices.meters.values()
        ]
        return Table("prices", ("service", "unit", "US$", "always free", "AWS's price page", "evidence"), rows, 6)


def _verdict(cost: Decimal, target: Decimal) -> str:
    return "pass" if cost < target else "FAIL"


def _dollars(amount: Decimal, places: int = 2) -> str:
    return f"{amount:,.{places}f}"


def updated(page: str, report: Report) -> str:
    """Return docs/cost.md with its tables replaced. Raises CostError when the page has no place for one."""
    for table in report.tables():
        before, start, rest = page.partition(f"<!-- cost:{table.name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not end:
            raise CostError(f"docs/cost.md has no place for the table {table.name}")
        page = f"{before}{start}{table.markdown()}{end}{after}"
    return page
