"""The tables of the bill: shown on the terminal, and put into their places in docs/cost.md."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from cost.assumptions import TARGET_MONTH, TARGET_UPLOAD
from cost.bill import Bill
from cost.prices import Cost, Usage, by_service, plus, total
from local.pages import table

STAGE = "prod"  # whose template is billed
_NO_TARGET = " (no target)"
_NEW_TABLE = 4_000  # write units a second of a new table (DynamoDB developer guide, "On-demand capacity mode")
_POLLING_SECONDS = (2, 1, 10)  # the first is what `Retry-After` says of an upload under way (api/routes/uploads.py)
_POLLING_SERVICES = ("API Gateway", "Lambda", "DynamoDB", "CloudWatch", "X-Ray")


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is shown: what was counted, and what it costs."""

    bill: Bill

    @property
    def targets_met(self) -> bool:
        """Return whether every target is met by what an account pays: list prices less what is always free."""
        return all(row[-1] == "pass" or row[0].endswith(_NO_TARGET) for row in self._targets())

    def tables(self) -> dict[str, str]:
        """Return all tables by name, shortest answer first."""
        priced = ("list price", "as paid")
        columns = ("what", "hours awake", *priced, "target", "at list price", "as paid")
        counted, assumptions = self.bill.count, asdict(self.bill.assumptions)
        requests = [[caller, operation, f"{times:,}"] for (caller, operation), times in sorted(counted.calls.items())]
        given = {**asdict(counted), "seconds": round(counted.seconds, 1)}
        days = {name: getattr(self.bill.template, name) for name in ("upload_days", "report_days", "log_days")}
        return {
            "targets": table(columns, self._targets()),
            "services": table(("service", "one upload, list", "month, list", "month, as paid"), self._services()),
            "idle": table(("what", "units", *priced), self._idle()),
            "warm": table(("write units a second", "list price, once"), self._warm()),
            "polling": table(("asks every", "requests", *_POLLING_SERVICES, "the rest", "all"), self.polling()),
            "requests": table(("caller", "operation", "requests"), requests, 2),
            "functions": table(("function", "MB", "runs", "ms", "of it work"), self._functions()),
            "counts": table(("what", "count"), _listed(given)),
            "assumed": table(("what", "value"), _listed({**assumptions, **days})),
        }

    def _targets(self) -> list[list[str]]:
        one, month = self.bill.upload_usage(), self.bill.month_usage()
        waking = plus(one, self.bill.lone_upload_usage())
        rows = [
            self._judged("usage of one upload, without the database", "", one, TARGET_UPLOAD),
            self._judged("the same, waking the database for itself", "", waking, TARGET_UPLOAD),
        ]
        for choice in self.bill.choices():
            name = f"month: {choice.name}" + ("" if choice.is_target else _NO_TARGET)
            rows.append(self._judged(name, f"{choice.awake_hours:,.0f}", plus(month, choice.usage), TARGET_MONTH))
        return rows

    def _judged(self, what: str, hours: str, usage: Usage, target: Decimal) -> list[str]:
        cost = total(self.bill.prices, usage)
        judged = ("pass" if amount < target else "FAIL" for amount in (cost.list_price, cost.paid))
        return [what, hours, *_both(cost, 5 if target == TARGET_UPLOAD else 2), f"< {target:f}", *judged]

    def _services(self) -> list[list[str]]:
        usages, prices = (self.bill.upload_usage(), self.bill.month_usage()), self.bill.prices
        one, month = ({**by_service(prices, usage), "all": total(prices, usage)} for usage in usages)
        return [[name, _dollars(one.get(name, Cost()).list_price, 6), *_both(cost)] for name, cost in month.items()]

    def _idle(self) -> list[list[str]]:
        usage, prices = plus(self.bill.idle_usage(), self.bill.asleep_usage()), self.bill.prices
        rows = []
        for name, units in usage.items():
            meter, cost = prices.meters[name], total(prices, {name: units})
            rows.append([f"{meter.service}: {meter.unit}", f"{units:,.2f}", *_both(cost)])
        return [*rows, ["all", "", *_both(total(prices, usage))]]

    def _warm(self) -> list[list[str]]:
        price = self.bill.prices.meters["warm-write-units"].price
        return [[f"{units:,}", _dollars((units - _NEW_TABLE) * price)] for units in (8_000, 20_000, 40_000)]

    def polling(self) -> list[list[str]]:
        """Return what a program costs that asks for an upload's outcome until it is there, at list prices."""
        rows = []
        for seconds in _POLLING_SECONDS:
            polls = -(-self.bill.assumptions.followed_seconds // seconds) + 1  # the last one gets the outcome
            usage = self.bill.followed_usage(polls)
            found = by_service(self.bill.prices, usage)
            everything = total(self.bill.prices, usage).list_price
            named = [found[name].list_price for name in _POLLING_SERVICES]
            amounts = (*named, everything - sum(named), everything)
            rows.append([f"{seconds} s", f"{polls:,}", *(_dollars(amount, 6) for amount in amounts)])
        return rows

    def _functions(self) -> list[list[str]]:
        counted, rows = self.bill.count, []
        for function in sorted({run.function for run in counted.runs}):
            runs = [run for run in counted.runs if run.function == function]
            figures = (runs[0].memory, len(runs), sum(run.milliseconds for run in runs))
            rows.append([function, *(f"{n:,}" for n in (*figures, counted.cpu_milliseconds.get(function, 0)))])
        return rows


def _listed(figures: Mapping[str, object]) -> list[list[str]]:
    """Return the numbers of a mapping, each with its name in words."""
    numbers = {name: value for name, value in figures.items() if isinstance(value, int | float | Decimal)}
    return [[name.replace("_", " "), f"{value:,}"] for name, value in numbers.items()]


def _both(cost: Cost, places: int = 2) -> list[str]:
    return [_dollars(cost.list_price, places), _dollars(cost.paid, places)]


def _dollars(amount: Decimal, places: int = 2) -> str:
    return f"{amount:,.{places}f}"
