"""`make scale`: computes docs/scale.md from the template's parameters, the counted requests and AWS's quotas.

A model, not a measurement: every stage of the flow has a rate, and the slowest stage decides.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.pages import replaced

_PROJECT = Path(__file__).parent.parent
PAGE = _PROJECT / "docs" / "scale.md"

# Quotas and facts of AWS, with the place where AWS writes them.
_PARTITION_WRITES = 1_000  # a second; DynamoDB developer guide, "Designing partition keys"
_NEW_TABLE_WRITES = 4_000  # a second; DynamoDB developer guide, "Understanding warm throughput"
_TABLE_WRITES_QUOTA = 40_000  # a second; DynamoDB developer guide, "Quotas"
_FULL_CORE_MB = 1_769  # Lambda developer guide, "Configure memory"
_CONCURRENT_RUNS = 1_000  # Lambda developer guide, "Lambda quotas"
_TRANSITIONS = 5_000  # a second, at once and then refilled; Step Functions developer guide, "Service quotas"
_TOPICS = 100_000  # SNS endpoints and quotas; one topic is one vendor here
_ACU_GB = 2  # Aurora user guide, "How Aurora Serverless v2 works"
_ACU_CORES = 0.25  # "corresponding CPU": what instances of the same memory have

# Measured here (docs/performance.md), on one core; waits as documented.
_PARSER_MS_A_ROW = 0.06
_VALIDATOR_MS_A_ROW = 0.06
_DATABASE_MS_A_ROW = 0.04
_LOCK_MS_A_BATCH = 50  # of the usual size
_RUN_SECONDS = 0.3
"""What a run costs beside its rows: start, secrets, round trips."""
_RECORDER_SECONDS = 0.3
_REPORT_SECONDS = 0.8
_WAITS = {
    "events and queue at the door": 2.0,
    "stream polling and window": 2.0,
    "cold starts": 6.0,
    "Aurora resumes": 20,
}
_SHORT_SECONDS = 5
"""When no part takes longer, it is the waits that are seen."""
_SKU_ENTRY_BYTES = 60


@dataclass(frozen=True, slots=True)
class Setting:
    """The parameters that decide: the template's defaults, or changed as docs/scale.md tells."""

    parameters: Mapping[str, Any]
    memory: int

    def __getitem__(self, name: str) -> int:
        return int(self.parameters[name])

    @property
    def table_writes(self) -> int:
        """Return the write units a second that the staging table takes at once."""
        warm = self.parameters["stagingThroughput"] == "warm"
        return min(_TABLE_WRITES_QUOTA, self["stagingWarmWriteUnits"] if warm else _NEW_TABLE_WRITES)


@dataclass(frozen=True, slots=True)
class Counted:
    """What one upload used when it was counted (`make cost`), and prices."""

    rows: int
    stored_bytes: float
    usage: Mapping[str, float]
    prices: Mapping[str, float]

    def dollars(self, rows: int) -> float:
        """Return the list price of one upload's usage. What is staged, stored and worked on grows with its rows."""
        growing = ("dynamodb", "s3-storage", "lambda-gb", "transfer", "sqs")
        return sum(
            self.prices[meter] * units * (rows / self.rows if meter.startswith(growing) else 1)
            for meter, units in self.usage.items()
        )


BURST_PARAMETERS: Mapping[str, Any] = {"stagingThroughput": "warm", "databaseMaximumCapacity": 8}


class _Loader(yaml.SafeLoader):
    """Reads the template's files; CloudFormation's tags stand for nothing here."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: None)


def read_yaml(name: str) -> Any:
    """Return what a file of the template holds."""
    return yaml.load((_PROJECT / name).read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader


def usual_setting() -> Setting:
    """Return the template's defaults."""
    return Setting(read_yaml("stages/default.yml"), read_yaml("serverless.yml")["provider"]["memorySize"])


def large_setting() -> Setting:
    """Return the parameters that the page names for large bursts."""
    usual = usual_setting()
    return Setting({**usual.parameters, **BURST_PARAMETERS}, usual.memory)


def counted() -> Counted:
    """Return the last count."""
    count = json.loads((_PROJECT / "cost" / "latest.json").read_text(encoding="utf-8"))
    meters = tomllib.loads((_PROJECT / "cost" / "prices.toml").read_text(encoding="utf-8"))["meters"]
    return Counted(**count, prices={name: meter[2] for name, meter in meters.items()})


def stages(setting: Setting, count: Counted, uploads: int, rows: int) -> dict[str, float]:
    """Return the seconds that each part of the flow needs for all of these uploads at once, were it alone."""
    everything = uploads * rows
    partitions = setting.table_writes // _PARTITION_WRITES
    units_a_row = count.usage["dynamodb-writes"] / count.rows
    slow = max(1.0, _FULL_CORE_MB / setting.memory)
    parsers = min(uploads, setting["csvParserConcurrency"])
    batches = -(-rows // setting["streamBatchSize"]) * uploads
    validators = min(setting["productValidatorConcurrency"], partitions * setting["streamParallelization"], batches)
    cores = setting["databaseMaximumCapacity"] * _ACU_CORES
    shards = min(setting["stagingShards"], partitions)
    runs = -(-uploads // parsers)
    return {
        "staging table": everything * units_a_row / setting.table_writes,
        "one upload's partitions": rows * units_a_row / (shards * _PARTITION_WRITES),
        "CSV parser": runs * (_RUN_SECONDS + rows * _PARSER_MS_A_ROW / 1000 * slow),
        "product validator": (batches * _RUN_SECONDS + everything * _VALIDATOR_MS_A_ROW / 1000 * slow) / validators,
        "one upload's lock": rows / setting["streamBatchSize"] * _LOCK_MS_A_BATCH / 1000,
        "database": everything * _DATABASE_MS_A_ROW / 1000 / cores,
        "error processor": uploads * _REPORT_SECONDS / min(uploads, setting["errorProcessorConcurrency"]),
        "outcome recorder": uploads * _RECORDER_SECONDS / min(uploads, setting["outcomeRecorderConcurrency"]),
        "state transitions": uploads * count.usage["step-functions-transitions"] / _TRANSITIONS,
    }


def seconds(setting: Setting, count: Counted, uploads: int, rows: int) -> tuple[float, str]:
    """Return the seconds until the last of these uploads has its outcome, and the part that binds.

    Parts overlap, so that the slowest decides, but report and outcome come after the last row.
    """
    parts = stages(setting, count, uploads, rows)
    slowest = max(parts, key=lambda name: parts[name])
    binding = slowest if parts[slowest] > _SHORT_SECONDS else "waits"
    last = {"error processor", "outcome recorder"}
    flow = max(value for name, value in parts.items() if name not in last)
    return sum(_WAITS.values()) + max(
        flow, *(parts[name] for name in last)
    ) + _REPORT_SECONDS + _RECORDER_SECONDS, binding


_TURN = {
    "waits": "nothing: see below",
    "staging table": "`stagingThroughput: warm`; `stagingWarmWriteUnits`",
    "one upload's partitions": "`stagingShards`",
    "CSV parser": "`csvParserConcurrency`, and `databaseMaxConnections` with it",
    "product validator": "`productValidatorConcurrency`, and `databaseMaxConnections` with it",
    "one upload's lock": "`streamBatchSize`",
    "database": "`databaseMaximumCapacity`",
    "error processor": "`errorProcessorConcurrency`",
    "outcome recorder": "`outcomeRecorderConcurrency`, and `databaseMaxConnections` with it",
    "state transitions": "the account's quota",
}


def updated(text: str) -> str:
    """Return docs/scale.md with its tables replaced. Raises ValueError when the page has no place for one."""
    count, usual, large = counted(), usual_setting(), large_setting()
    names = ("csvParserConcurrency", "productValidatorConcurrency", "streamBatchSize", "stagingShards")
    basis = [f"`{name}: {usual[name]}`" for name in names]
    basis.append(f"`memorySize: {usual.memory}`; a new table's {_NEW_TABLE_WRITES:,} writes a second; ")
    units = count.usage["dynamodb-writes"] / count.rows
    changes = [f"`{name}: {value}`" for name, value in BURST_PARAMETERS.items()]
    blocks = {
        "basis": [f"{', '.join(basis[:-1])}, {basis[-1]}{units:.2f} write units a row"],
        "usual": [_BURST_HEADER, *_burst_rows(usual, count)],
        "changes": [f"{', '.join(changes)}: the table then takes {large.table_writes:,} writes a second at once"],
        "bursts": [_BURST_HEADER, *_burst_rows(large, count)],
        "waits": [", ".join(f"{name} {value:.0f} s" for name, value in _WAITS.items())],
        "vendors": [_VENDOR_HEADER, *_vendor_rows(count)],
    }
    return replaced(text, "scale", {name: "\n".join(lines) for name, lines in blocks.items()})


_BURST_HEADER = (
    "| uploads at once | last outcome after | binds first | turn | usage, US$ |\n| --- | ---: | --- | --- | ---: |"
)
_VENDOR_HEADER = (
    "| vendors | products | catalogue, GB | SKU index, GB | ACUs that hold it | usage a month, US$ | topics |\n"
    "| ---: | ---: | ---: | ---: | ---: | ---: | --- |"
)


def _burst_rows(setting: Setting, count: Counted) -> Iterator[str]:
    for rows in (1_000, 10_000):
        for uploads in (1, 10, 100, 1_000):
            spent, binding = seconds(setting, count, uploads, rows)
            after = f"{spent:,.0f} s" if spent < 600 else f"{spent / 60:,.0f} min"
            dollars = f"{uploads * count.dollars(rows):,.2f}"
            yield f"| {uploads:,} of {rows:,} rows | {after} | {binding} | {_TURN[binding]} | {dollars} |"


def _vendor_rows(count: Counted) -> Iterator[str]:
    for vendors in (100, 1_000, 10_000, 100_000):
        products = vendors * 1_000
        size, index = products * count.stored_bytes / count.rows / 2**30, products * _SKU_ENTRY_BYTES / 2**30
        usage = vendors * count.dollars(1_000)
        acus = max(0.5, index / _ACU_GB)
        binds = "topics of the account: SES" if vendors >= _TOPICS else f"{vendors / _TOPICS:.1%} of the topics"
        yield f"| {vendors:,} | {products:,} | {size:,.1f} | {index:,.2f} | {acus:,.1f} | {usage:,.2f} | {binds} |"


def main() -> None:
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
