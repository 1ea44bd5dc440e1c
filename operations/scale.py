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
_LOCK_MS_A_BATCH = 30
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


def usual_setting() -> Setting:
    """Return the template's defaults."""
    parameters, service = (
        yaml.load((_PROJECT / name).read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
        for name in ("stages/default.yml", "serverless.yml")
    )
    return Setting(parameters, service["provider"]["memorySize"])


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
    binding = max(parts, key=lambda name: parts[name])
    last = {"error processor", "outcome recorder"}
    flow = max(value for name, value in parts.items() if name not in last)
    return sum(_WAITS.values()) + max(
        flow, *(parts[name] for name in last)
    ) + _REPORT_SECONDS + _RECORDER_SECONDS, binding


_TURN = {
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


_TAKEOVERS = (
    (
        "40,000 writes a second: about a million rows a minute",
        "the quota of a DynamoDB table; and two writes a row are most of an upload's cost",
        "staging in S3: the parser writes parts of 500 rows, a Distributed Map of the upload's execution runs the "
        "validator on each, up to 10,000 at a time; outcomes stay in PostgreSQL",
    ),
    (
        "1,000 functions at a time",
        "the account's quota",
        "ask for more (Service Quotas); for more connections than `databaseMaxConnections` RDS Proxy, which keeps the "
        "database awake",
    ),
    (
        "a SKU index that no memory holds: about 4 billion products at 128 ACUs",
        "every insert would read from storage",
        "Aurora PostgreSQL Limitless Database, or SKUs in PostgreSQL sharded by their hash and the ledger by upload",
    ),
    (
        f"{_TOPICS:,} vendors",
        "one SNS topic for each vendor, and the account may have so many",
        "Amazon SES with one verified sender: no topic, and nothing for the vendor to confirm",
    ),
)


def page() -> str:
    """Return docs/scale.md."""
    count, usual, large = counted(), usual_setting(), large_setting()
    changes = "\n".join(f"- `{name}: {value}`" for name, value in BURST_PARAMETERS.items())
    facts = {
        "memory": usual.memory,
        "parsers": usual["csvParserConcurrency"],
        "validators": usual["productValidatorConcurrency"],
        "batch": usual["streamBatchSize"],
        "units": f"{count.usage['dynamodb-writes'] / count.rows:.2f}",
        "warm": f"{large.table_writes:,}",
        "waits": "\n".join(f"- {name}: {value:.0f} s" for name, value in _WAITS.items()),
    }
    return _PAGE.format(
        usual="\n".join(_burst_rows(usual, count)),
        large="\n".join(_burst_rows(large, count)),
        vendors="\n".join(_vendor_rows(count)),
        changes=changes,
        takeovers="\n".join(f"| {' | '.join(row)} |" for row in _TAKEOVERS),
        **facts,
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


_PAGE = """\
# Scale

<!-- Computed by `make scale`. Change operations/scale.py or the parameters instead, then run it again. -->

How long uploads take that arrive at the same moment, what holds them up first, what to turn then, and what it costs.
This is a model and no measurement: rates are taken from [performance](performance.md), requests from [cost](cost.md),
limits from AWS's documents (named in `operations/scale.py`). A test fails when this page is out of date, or when the
two promises below would be broken:

- **10,000 rows in 5 minutes**: one file with the default parameters, 100 at once with the parameters for bursts.
- **1,000 rows in 3 minutes, 100 uploads at once**: with the default parameters.

## Uploads at once, default parameters

{memory} MB a function, {parsers} parsers, {validators} validators, batches of {batch} rows, a new table's 4,000 writes
a second. A row costs {units} write units: staged, outcome, and its share of the upload's tracker.

| uploads at once | last outcome after | binds first | turn | usage, US$ |
| --- | ---: | --- | --- | ---: |
{usual}

## The same with parameters for bursts

{changes}

So the table takes {warm} writes a second from the start, and the database may grow. Warming a table costs once, when it
is raised ([cost](cost.md)); the database costs more only while it holds more.

| uploads at once | last outcome after | binds first | turn | usage, US$ |
| --- | ---: | --- | --- | ---: |
{large}

Usage is at list price and without the database. A table that has been used grows by itself, to twice its last peak
within 30 minutes; the model does not count on it. Nothing is lost when a limit binds: events wait in the queue at the
door, rows in the stream. Every time includes waits that no load changes:

{waits}

## Vendors

Each has a catalogue of 1,000 products and uploads 1,000 rows a month.

| vendors | products | catalogue, GB | SKU index, GB | ACUs that hold the index | usage a month, US$ | topics |
| ---: | ---: | ---: | ---: | ---: | ---: | --- |
{vendors}

Uploads of 100,000 vendors spread over a month are one in 26 seconds: what binds is size and number, not time.

## When another service takes over

| past | because | instead |
| --- | --- | --- |
{takeovers}
"""


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
