"""The tables of the bill: shown on the terminal, and put into their places in docs/cost.md."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from cost import bill
from cost.assumptions import TARGET_MONTH, TARGET_UPLOAD, Assumptions
from cost.counting import Count
from cost.prices import Cost, Prices, Usage, by_service, cost_of, plus, total
from cost.template import Template
from local.pages import table

STAGE = "prod"
"""The stage whose template is billed."""
_NO_TARGET = " (no target)"
_NEW_TABLE = 4_000
"""Write units a second of a new table (DynamoDB developer guide, "On-demand capacity mode")."""

_POLLING_SECONDS = (2, 1, 10)
"""The first is what `Retry-After` says of an upload under way (api/routes/uploads.py)."""
_POLLING_SERVICES = ("API Gateway", "Lambda", "DynamoDB", "CloudWatch", "X-Ray")


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
        return all(row[-1] == "pass" or row[0].endswith(_NO_TARGET) for row in self._targets())

    def tables(self) -> dict[str, str]:
        """Return all tables by name, shortest answer first."""
        columns = ("what", "hours awake", "list price", "as paid", "target", "at list price", "as paid")
        return {
            "targets": table(columns, self._targets()),
            **self._costs(),
            "polling": table(("asks every", "requests", *_POLLING_SERVICES, "the rest", "all"), self.polling()),
            **self._counts(),
        }

    def _targets(self) -> list[list[str]]:
        one, month = self._usages()
        waking = plus(one, bill.lone_upload_usage(self.count, self.assumptions))
        rows = [
            self._judged("usage of one upload, without the database", "", one, TARGET_UPLOAD),
            self._judged("the same, waking the database for itself", "", waking, TARGET_UPLOAD),
        ]
        for choice in bill.choices(self.count, self.assumptions):
            name = f"month: {choice.name}" + ("" if choice.is_target else _NO_TARGET)
            rows.append(self._judged(name, f"{choice.awake_hours:,.0f}", plus(month, choice.usage), TARGET_MONTH))
        return rows

    def _judged(self, what: str, hours: str, usage: Usage, target: Decimal) -> list[str]:
        cost = total(self.prices, usage)
        amounts = (cost.list_price, cost.paid)
        dollars = [_dollars(amount, 5 if target == TARGET_UPLOAD else 2) for amount in amounts]
        return [what, hours, *dollars, f"< {target:f}", *("pass" if amount < target else "FAIL" for amount in amounts)]

    def _usages(self) -> tuple[Usage, Usage]:
        """Return what an upload and a month use, without the database."""
        given = (self.count, self.template, self.prices, self.assumptions)
        return bill.upload_usage(*given), bill.month_usage(*given)

    def _costs(self) -> dict[str, str]:
        """Return the cost by service, of an idle month, and of a warmed table."""
        one, month = ({**by_service(self.prices, usage), "all": total(self.prices, usage)} for usage in self._usages())
        services = [
            [name, _dollars(one.get(name, Cost()).list_price, 6), _dollars(cost.list_price), _dollars(cost.paid)]
            for name, cost in month.items()
        ]
        idle_usage = bill.idle_usage(self.count, self.template, self.assumptions)
        usage = plus(idle_usage, bill.asleep_usage(self.count, self.assumptions))
        meters = self.prices.meters
        costs = [
            *(
                (f"{meters[name].service}: {meters[name].unit}", f"{units:,.2f}", cost_of(self.prices, name, units))
                for name, units in usage.items()
            ),
            ("all", "", total(self.prices, usage)),
        ]
        idle = [[what, units, _dollars(cost.list_price), _dollars(cost.paid)] for what, units, cost in costs]
        warm = [
            [f"{units:,}", _dollars(cost_of(self.prices, "warm-write-units", Decimal(units - _NEW_TABLE)).list_price)]
            for units in (8_000, 20_000, 40_000)
        ]
        return {
            "services": table(("service", "one upload, list", "month, list", "month, as paid"), services),
            "idle": table(("what", "units", "list price", "as paid"), idle),
            "warm": table(("write units a second", "list price, once"), warm),
        }

    def polling(self) -> list[list[str]]:
        """Return what a program costs that asks for an upload's outcome until it is there, at list prices."""
        rows = []
        for seconds in _POLLING_SECONDS:
            polls = -(-self.assumptions.followed_seconds // seconds) + 1  # the last one gets the outcome
            found = by_service(self.prices, bill.followed_usage(polls, self.template, self.assumptions))
            everything = sum((cost.list_price for cost in found.values()), Decimal(0))
            named = [found[name].list_price for name in _POLLING_SERVICES]
            amounts = (*named, everything - sum(named), everything)
            rows.append([f"{seconds} s", f"{polls:,}", *(_dollars(amount, 6) for amount in amounts)])
        return rows

    def _counts(self) -> dict[str, str]:
        """Return what was counted and what is assumed."""
        counted = self.count
        requests = [[caller, operation, f"{times:,}"] for (caller, operation), times in sorted(counted.calls.items())]
        functions = []
        for function in sorted({run.function for run in counted.runs}):
            runs = [run for run in counted.runs if run.function == function]
            figures = (runs[0].memory, len(runs), sum(run.milliseconds for run in runs))
            functions.append([function, *(f"{n:,}" for n in (*figures, counted.cpu_milliseconds.get(function, 0)))])
        given = {**asdict(counted), **asdict(counted.table), **asdict(counted.database)}
        given["metric_series"] = len(counted.metric_series)
        given["seconds"] = round(counted.seconds, 1)
        counts = _listed({name: value for name, value in given.items() if isinstance(value, int | float)})
        days = {name: getattr(self.template, name) for name in ("upload_days", "report_days", "log_days")}
        return {
            "requests": table(("caller", "operation", "requests"), requests, 2),
            "functions": table(("function", "MB", "runs", "ms", "of it work"), functions),
            "counts": table(("what", "count"), counts),
            "assumed": table(("what", "value"), _listed({**asdict(self.assumptions), **days})),
        }


def _listed(figures: Mapping[str, int | float | Decimal]) -> list[list[str]]:
    return [[name.replace("_", " "), f"{value:,}"] for name, value in figures.items()]


def _dollars(amount: Decimal, places: int = 2) -> str:
    return f"{amount:,.{places}f}"
