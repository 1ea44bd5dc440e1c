"""Runs an upload on a local stack of its own and counts what it does, in every service it touches."""

import json
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cost.dynamodb_units import error_items, read_units, stored_bytes, write_units
from cost.prices import CostError
from local.console import step
from local.functions import PREFIX, cpu_milliseconds, function_processes
from samples.generate import generate
from tests.e2e import reports
from tests.e2e.logs import logged
from tests.e2e.pipeline import Pipeline, own_pipeline
from tests.e2e.staging import staged_items
from tests.e2e.waiting import wait_for
from tests.metrics import metric_lines, series_in

_SAMPLES = ("clean.csv", "errors.csv", "refused.csv")  # one of each outcome, so that every custom metric is sent
_CHUNK_BYTES = 64 * 1024
_LOG_EVENT_OVERHEAD_BYTES = 26  # that CloudWatch Logs adds to each event (API reference, PutLogEvents)
_QUIET_SECONDS = 2
_REPORT = re.compile(r"REPORT RequestId: .*?\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB")
_INTEGRATION = "arn:aws:states:::"

Calls = Counter[tuple[str, str]]
"""Requests by caller and `service:Operation`."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a function: its memory in MB, and the milliseconds its log reports."""

    function: str
    memory: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Count:
    """One upload that finds every function cold, and the service it ran on."""

    file_bytes: int
    report_bytes: int
    seconds: float
    calls: Calls  # those of the execution and of Lambda's poller included
    write_units: int  # of the staging table
    read_units: int
    staged_bytes: int
    runs: tuple[Run, ...]
    cpu_milliseconds: Mapping[str, int]  # that the functions' processes worked; the rest of a run is waiting
    transitions: int
    execution_events: int
    log_bytes: int
    database_log_bytes: int  # of PostgreSQL's write-ahead log
    database_grown_bytes: int  # that tables and indexes grew by
    unique_entries: int  # new in unique indexes but for primary keys: these count up, so new ones lie side by side
    queue_mappings: int
    custom_metrics: int  # that uploads of every outcome send, one for each set of dimensions


def count(rows: int, error_rate: float) -> Count:
    """Return the count of an upload of so many rows, of which a share is invalid, on a stack of its own."""
    with own_pipeline("cost") as pipeline, step(f"Counting {rows:,} rows", f"Counted {rows:,} rows"):
        return _count(pipeline, rows, error_rate)


def _count(pipeline: Pipeline, rows: int, error_rate: float) -> Count:
    """Upload, wait, open the report as the vendor would, and return what was counted meanwhile."""
    vendor = pipeline.new_vendor()
    content = generate(rows, error_rate, time.time_ns() // 1_000_000, vendor)
    _record_requests(pipeline)
    database_before, cpu_before, began = _database(pipeline), cpu_milliseconds(pipeline.environment), time.time()
    upload = pipeline.upload(vendor, "cost.csv", content)
    seconds = time.time() - began
    topic = pipeline.topic_of(vendor)
    (email,) = wait_for("the e-mail is there", lambda: pipeline.mailbox.about(upload.upload_id, topic))
    report = reports.follow(reports.link_in(email.body) or "")
    time.sleep(_QUIET_SECONDS)

    items, tracker = staged_items(pipeline, upload.upload_id), pipeline.tracker(upload.upload_id)
    logs = logged(pipeline, began)
    runs = tuple(run for function, lines in logs.items() for run in runs_in(function, lines))
    mappings = _all(pipeline, "lambda", "list_event_source_mappings")["EventSourceMappings"]
    queues = [each["FunctionArn"].partition(PREFIX)[2] for each in mappings if ":sqs:" in each["EventSourceArn"]]
    batches = sum(run.function in queues for run in runs)
    history = _all(pipeline, "stepfunctions", "get_execution_history", executionArn=upload.execution.arn)["events"]
    calls = _requests(pipeline, began) + execution_calls(history)
    # The vendor's download is in the trail as the link function's: its credentials signed the URL.
    calls["vendor", "s3:PutObject"] = calls["vendor", "execute-api:Invoke"] = 1
    calls["Lambda's poller", "sqs:ReceiveMessage"] = calls["Lambda's poller", "sqs:DeleteMessageBatch"] = batches
    # Messages carry the rows with errors: a request is billed for each 64 KB, when it is sent and when received.
    for operation in ("sqs:SendMessageBatch", "sqs:ReceiveMessage"):
        calls["64 KB beyond the first", operation] = stored_bytes(error_items(items)) // _CHUNK_BYTES
    asked = Counter(operation for (_, operation), times in calls.items() for _ in range(times))
    wal, grown, entries = (now - then for then, now in zip(database_before, _database(pipeline), strict=True))
    return Count(
        file_bytes=len(content),
        report_bytes=len(report),
        seconds=seconds,
        calls=+calls,
        write_units=write_units(items, tracker, asked["dynamodb:UpdateItem"]),
        read_units=read_units(items, asked["dynamodb:GetItem"] + asked["dynamodb:Query"]),
        staged_bytes=stored_bytes([*items, tracker]),
        runs=runs,
        cpu_milliseconds=cpu_milliseconds(pipeline.environment) - cpu_before,
        transitions=transitions(history),
        execution_events=len(history),
        log_bytes=sum(len(line.encode()) + _LOG_EVENT_OVERHEAD_BYTES for lines in logs.values() for line in lines),
        database_log_bytes=wal,
        database_grown_bytes=grown,
        unique_entries=entries,
        queue_mappings=len(queues),
        custom_metrics=_custom_metrics(pipeline, began),
    )


def _custom_metrics(pipeline: Pipeline, began: float) -> int:
    """Upload the sample files, and return how many metrics were sent since."""
    for name in _SAMPLES:
        pipeline.upload(pipeline.new_vendor(), name, (pipeline.settings.project / "samples" / name).read_bytes())
    time.sleep(_QUIET_SECONDS)
    lines = metric_lines("\n".join(line for lines in logged(pipeline, began).values() for line in lines))
    return len({series for line in lines for series in series_in(line)})


def _all(pipeline: Pipeline, service: str, operation: str, **parameters: Any) -> Any:
    """Return the whole of an answer that comes in pages."""
    return pipeline.client(service).get_paginator(operation).paginate(**parameters).build_full_result()


def _record_requests(pipeline: Pipeline) -> None:
    """Make the emulator keep a trail of requests, as CloudTrail does; it keeps the last 10,000."""
    address, body = f"{pipeline.environment.endpoint_url}/_ministack/config", {"cloudtrail._recording_enabled": "true"}
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


def _requests(pipeline: Pipeline, began: float) -> Calls:
    """Return what functions have sent since, from the trail. A function is known by the credentials it runs with.

    The trail is read from its end, 50 events at a time. botocore would cut the times to whole seconds.
    """
    functions = {key: name for name, _, key in function_processes(pipeline.environment)}
    client, times = pipeline.client("cloudtrail"), {"StartTime": began, "EndTime": time.time()}
    say_when = "before-call.cloudtrail.LookupEvents"
    client.meta.events.register(say_when, lambda params, **_: params.update(body=json.dumps(times).encode()))
    found: dict[str, tuple[str, str]] = {}
    while True:
        events = client.lookup_events()["Events"]
        new = [event for event in events if event["EventId"] not in found]
        for event in new:
            # Services with an older protocol name the operation in the request's body alone.
            asked = json.loads(event["CloudTrailEvent"])["requestParameters"].get("Action", event["EventName"])
            service = event["EventSource"].partition(".")[0]
            found[event["EventId"]] = (functions.get(event["AccessKeyId"], ""), f"{service}:{asked}")
        if not new:
            return Counter(call for call in found.values() if call[0])
        times["EndTime"] = min(event["EventTime"] for event in events).timestamp()


def _database(pipeline: Pipeline) -> tuple[int, int, int]:
    """Return bytes of write-ahead log, bytes stored, entries in unique indexes. Counted: statistics lag by seconds."""
    tables = pipeline.query(
        "SELECT relid::regclass::text AS name, pg_total_relation_size(relid) AS bytes, (SELECT count(*) FROM pg_index"
        " WHERE indrelid = relid AND indisunique AND NOT indisprimary) AS indexes"
        " FROM pg_stat_user_tables WHERE schemaname !~ '^pg_temp'"
    )
    counted = [pipeline.query(f"SELECT count(*) FROM {table['name']}")[0]["count"] for table in tables]
    entries = sum(table["indexes"] * rows for table, rows in zip(tables, counted, strict=True))
    (log,) = pipeline.query("SELECT pg_current_wal_lsn() - '0/0' AS bytes")
    return int(log["bytes"]), sum(table["bytes"] for table in tables), entries


def transitions(events: Iterable[Mapping[str, Any]]) -> int:
    """Return the state transitions that Standard workflows bill: every state entered and every retry of a task."""
    kinds = Counter(event["type"] for event in events)
    entered = sum(times for kind, times in kinds.items() if kind.endswith("StateEntered"))
    attempts = sum(times for kind, times in kinds.items() if kind.endswith("Scheduled"))
    return entered + max(0, attempts - kinds["TaskStateEntered"])


def execution_calls(events: Iterable[Mapping[str, Any]]) -> Calls:
    """Return what an execution called, retries included."""
    scheduled = (event for event in events if event["type"] == "TaskScheduled")
    return Counter(
        ("the execution", integration(event["taskScheduledEventDetails"]["resource"])) for event in scheduled
    )


def integration(resource: str) -> str:
    """Return `service:Operation` for the resource of a Task state. Raises CostError when it names none."""
    if not resource.startswith(_INTEGRATION):
        raise CostError(f"the state machine calls {resource}, which cost/counting.py does not know")
    service, operation = resource.removeprefix(_INTEGRATION).removeprefix("aws-sdk:").partition(".")[0].split(":")
    return f"{'states' if service == 'sfn' else service}:{operation[0].upper()}{operation[1:]}"


def runs_in(function: str, lines: Iterable[str]) -> Iterator[Run]:
    """Yield the runs that a function's REPORT lines end."""
    for line in lines:
        if match := _REPORT.search(line):
            yield Run(function, int(match[2]), int(match[1]))
