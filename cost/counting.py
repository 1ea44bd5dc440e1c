"""Runs an upload on a local stack of its own and counts what it does, in every service it touches."""

import json
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import psycopg2

from cost.dynamodb_units import Units, error_items, staging_units, stored_bytes
from cost.prices import CostError
from local import stack, uploads
from local.console import step
from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.functions import PREFIX, function_processes
from local.ports import free_port
from local.settings import Settings
from local.vendors import SAMPLE_VENDORS, register
from samples.generate import generate

VENDOR = "VEND001"
_SAMPLES = {"clean.csv": VENDOR, "errors.csv": "VEND002", "refused.csv": "VEND003"}
_CHUNK_BYTES = 64 * 1024
_LOG_EVENT_OVERHEAD_BYTES = 26
"""What CloudWatch Logs adds to each event (CloudWatch Logs API reference, PutLogEvents)."""
_QUIET_SECONDS = 2
_REPORT = re.compile(r"REPORT RequestId: .*?\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB")
_INTEGRATION = re.compile(r"arn:aws:states:::(?:aws-sdk:)?(\w+):(\w+?)(?:\.(?:sync|waitForTaskToken)(?::\d)?)?")

Calls = Counter[tuple[str, str]]
"""Requests by caller and `service:Operation`."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a function: its memory in MB, and the milliseconds its log reports."""

    function: str
    memory: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class DatabaseWork:
    """What PostgreSQL did: bytes of its log, bytes its tables and indexes grew, entries in unique indexes.

    Primary keys are no part of the entries: they count up, so that new ones lie side by side.
    """

    log_bytes: int
    stored_bytes: int
    unique_entries: int


@dataclass(frozen=True, slots=True)
class Count:
    """One upload that finds every function cold, and the service it ran on."""

    rows: int
    error_rows: int
    file_bytes: int
    report_bytes: int
    seconds: float
    calls: Calls
    """Those of the execution and of Lambda's poller included."""
    table: Units
    staged_bytes: int
    runs: tuple[Run, ...]
    cpu_milliseconds: Mapping[str, int]
    """What the functions' processes worked, by function; the rest of a run is waiting."""
    transitions: int
    execution_events: int
    log_bytes: int
    database: DatabaseWork
    queue_mappings: int
    metric_series: tuple[str, ...]
    """Namespace, name and dimensions of each custom metric that uploads of every outcome sent."""


def count(settings: Settings, rows: int, error_rate: float) -> Count:
    """Return the count of an upload of so many rows, of which a share is invalid.

    Runs on a stack of its own, so that nothing else is counted and a developer's stack is left alone.
    """
    own = Settings(settings.directory / "cost", port=free_port(), database_port=free_port())
    try:
        lab = _Lab(stack.up(own))
        for vendor in SAMPLE_VENDORS:
            register(lab.environment, vendor)
        with step(f"Counting an upload of {rows:,} rows", f"Counted an upload of {rows:,} rows"):
            counted = lab.measure(generate(rows, error_rate, time.time_ns() // 1_000_000, VENDOR))
        with step("Collecting the metrics of the sample files", "Collected the metrics of the sample files"):
            for file_name, vendor_id in _SAMPLES.items():
                lab.upload(vendor_id, file_name, (settings.project / "samples" / file_name).read_bytes())
            time.sleep(_QUIET_SECONDS)
            lines = (line for lines in lab.logs().values() for line in lines)
            return replace(counted, metric_series=tuple(sorted({name for line in lines for name in metrics_in(line)})))
    finally:
        stack.down(own)


@dataclass(frozen=True, slots=True)
class _Lab:
    environment: StackEnvironment

    def measure(self, content: bytes) -> Count:
        """Upload, wait, open the report as the vendor would, and return what was counted meanwhile."""
        self._record_requests()
        logs_before, database_before, cpu_before = self.logs(), self._database(), self._cpu()
        began = time.time()
        progress, events = self.upload(VENDOR, "cost.csv", content)
        seconds = time.time() - began
        email = uploads.take_email(self.environment, progress.upload_id)
        if email is None:
            raise CostError(f"no e-mail came about {progress.upload_id}")
        report = self._open_report(email.body)
        time.sleep(_QUIET_SECONDS)

        database, items = self._database(), self._staged_items(progress.upload_id)
        logs = {group: lines[len(logs_before.get(group, ())) :] for group, lines in self.logs().items()}
        runs = tuple(run for group, lines in logs.items() for run in runs_in(group, lines))
        queues = [
            mapping["FunctionArn"].rpartition(":")[2].removeprefix(PREFIX)
            for mapping in self._pages("lambda", "list_event_source_mappings", "EventSourceMappings")
            if ":sqs:" in mapping["EventSourceArn"]
        ]
        calls = self._requests(began) + execution_calls(events)
        batches = sum(run.function in queues for run in runs)
        # The vendor's download is in the trail as the link function's: its credentials signed the URL.
        calls["vendor", "s3:PutObject"] = calls["vendor", "execute-api:Invoke"] = 1
        calls["Lambda's poller", "sqs:ReceiveMessage"] = calls["Lambda's poller", "sqs:DeleteMessageBatch"] = batches
        # Messages carry the rows with errors: a request is billed for each 64 KB, when it is sent and when received.
        further = stored_bytes(error_items(items)) // _CHUNK_BYTES
        calls["64 KB beyond the first", "sqs:SendMessageBatch"] = further
        calls["64 KB beyond the first", "sqs:ReceiveMessage"] = further
        return Count(
            rows=progress.total or 0,
            error_rows=progress.errors,
            file_bytes=len(content),
            report_bytes=len(report),
            seconds=seconds,
            calls=+calls,
            table=staging_units(items, calls),
            staged_bytes=stored_bytes(items),
            runs=runs,
            cpu_milliseconds={name: ms - cpu_before[name] for name, ms in sorted(self._cpu().items())},
            transitions=transitions(events),
            execution_events=len(events),
            log_bytes=sum(len(line.encode()) + _LOG_EVENT_OVERHEAD_BYTES for lines in logs.values() for line in lines),
            database=DatabaseWork(*(after - before for before, after in zip(database_before, database, strict=True))),
            queue_mappings=len(queues),
            metric_series=(),
        )

    def upload(self, vendor_id: str, file_name: str, content: bytes) -> tuple[uploads.Progress, list[Any]]:
        """Upload a file, wait until its execution has ended, and return its outcome and the execution's events."""
        *_, progress = uploads.watch(self.environment, uploads.put(self.environment, vendor_id, file_name, content))
        assert progress is not None
        client = self.environment.client("stepfunctions")
        arn = uploads.execution_arn(self.environment, progress.upload_id)
        deadline = time.monotonic() + 60
        while client.describe_execution(executionArn=arn)["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise LocalStackError(f"The execution of {progress.upload_id} did not end.")
            time.sleep(0.05)
        return progress, list(self._pages("stepfunctions", "get_execution_history", "events", executionArn=arn))

    def logs(self) -> dict[str, list[str]]:
        """Return the lines of every log group, in order."""
        found = {}
        for group in self._pages("logs", "describe_log_groups", "logGroups"):
            events = self._pages("logs", "filter_log_events", "events", logGroupName=group["logGroupName"])
            ordered = sorted(events, key=lambda event: event["timestamp"])
            found[group["logGroupName"]] = [event["message"] for event in ordered]
        return found

    def _pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        for page in self.environment.client(service).get_paginator(operation).paginate(**parameters):
            yield from page[key]

    def _record_requests(self) -> None:
        """Make the emulator keep a trail of requests, as CloudTrail does; it keeps the last 10,000."""
        request = urllib.request.Request(
            f"{self.environment.endpoint_url}/_ministack/config",
            json.dumps({"cloudtrail._recording_enabled": "true"}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):
            pass

    def _requests(self, began: float) -> Calls:
        """Return what functions have sent since, from the trail. A function is known by the credentials it runs with.

        The trail is read from its end, 50 events at a time. botocore would cut the times to whole seconds.
        """
        functions = {key: name for name, _, key in function_processes(self.environment)}
        client = self.environment.client("cloudtrail")
        times = {"StartTime": began, "EndTime": time.time()}

        def exactly(params: dict[str, Any], **_: Any) -> None:
            params["body"] = json.dumps(times).encode()

        client.meta.events.register("before-call.cloudtrail.LookupEvents", exactly)
        found: dict[str, tuple[str, str]] = {}
        while True:
            events = client.lookup_events()["Events"]
            new = [event for event in events if event["EventId"] not in found]
            for event in new:
                service = event["EventSource"].partition(".")[0]
                caller = functions.get(event["AccessKeyId"], "")
                found[event["EventId"]] = (caller, f"{service}:{event['EventName']}")
            if not new:
                return Counter(call for call in found.values() if call[0])
            times["EndTime"] = min(event["EventTime"] for event in events).timestamp()

    def _cpu(self) -> Counter[str]:
        """Return the milliseconds of work of the functions' processes so far."""
        found: Counter[str] = Counter()
        for name, process, _ in function_processes(self.environment):
            found[name] += round(sum(process.cpu_times()[:2]) * 1000)
        return found

    def _open_report(self, email: str) -> bytes:
        """Follow the link of the e-mail, as a browser does, and return the report."""
        link = re.search(r"https?://\S+/reports/\S+", email)
        if link is None:
            raise CostError("the e-mail has no link to the report")
        with urllib.request.urlopen(link[0], timeout=60) as response:
            report: bytes = response.read()
        return report

    def _staged_items(self, upload_id: str) -> list[Any]:
        items = self._pages("dynamodb", "scan", "Items", TableName=self.environment.output("StagingTableName"))
        return [item for item in items if item["upload_id"]["S"].startswith(upload_id)]

    def _database(self) -> tuple[int, int, int]:
        """Return the fields of DatabaseWork as they stand. Rows are counted: statistics lag by seconds."""
        lasting = "FROM pg_stat_user_tables WHERE schemaname !~ '^pg_temp'"
        with closing(psycopg2.connect(self.environment.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_current_wal_lsn() - '0/0', sum(pg_total_relation_size(relid)) {lasting}")
            log_bytes, stored = cursor.fetchone() or (0, 0)
            cursor.execute(
                "SELECT relid::regclass::text, (SELECT count(*) FROM pg_index"
                f" WHERE indrelid = relid AND indisunique AND NOT indisprimary) {lasting}"
            )
            entries = 0
            for table, indexes in cursor.fetchall():
                cursor.execute(f"SELECT count(*) FROM {table}")
                entries += indexes * (cursor.fetchone() or (0,))[0]
        return int(log_bytes), int(stored), entries


def transitions(events: Iterable[Mapping[str, Any]]) -> int:
    """Return the state transitions that Standard workflows bill: every state entered and every retry of a task."""
    kinds = Counter(event["type"] for event in events)
    entered = sum(times for kind, times in kinds.items() if kind.endswith("StateEntered"))
    attempts = sum(times for kind, times in kinds.items() if kind.endswith("Scheduled"))
    return entered + max(0, attempts - kinds["TaskStateEntered"])


def execution_calls(events: Iterable[Mapping[str, Any]]) -> Calls:
    """Return what an execution called, retries included."""
    scheduled = (event for event in events if event["type"] == "TaskScheduled")
    resources = (event["taskScheduledEventDetails"]["resource"] for event in scheduled)
    return Counter(("the execution", integration(resource)) for resource in resources)


def integration(resource: str) -> str:
    """Return `service:Operation` for the resource of a Task state. Raises CostError when it names none."""
    match = _INTEGRATION.fullmatch(resource)
    if match is None:
        raise CostError(f"the state machine calls {resource}, which cost/counting.py does not know")
    service = {"sfn": "states"}.get(match[1], match[1])
    return f"{service}:{match[2][0].upper()}{match[2][1:]}"


def runs_in(group: str, lines: Iterable[str]) -> Iterator[Run]:
    """Yield the runs that a function's REPORT lines end."""
    for line in lines:
        if match := _REPORT.search(line):
            yield Run(group.rpartition("/")[2].removeprefix(PREFIX), int(match[2]), int(match[1]))


def metrics_in(line: str) -> Iterator[str]:
    """Yield the custom metrics of a log line in CloudWatch's embedded metric format: one for each set of dimensions."""
    document = json.loads(line) if '"_aws"' in line else {"_aws": {"CloudWatchMetrics": []}}
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for dimensions in directive["Dimensions"]:
            values = ", ".join(f"{name}={document[name]}" for name in sorted(dimensions))
            for metric in directive["Metrics"]:
                yield f"{directive['Namespace']} {metric['Name']} ({values})"
