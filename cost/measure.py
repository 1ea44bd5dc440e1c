"""Runs uploads on a local stack of its own and counts what they do."""

import json
import re
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psutil
import psycopg2

from cost import executions
from cost.errors import CostError
from cost.measurement import Calls, Count, DatabaseWork, Invocation, Measurement, Service, chunks
from cost.table_units import TableReplay, indexes_of, stored_bytes
from cost.traffic import VENDOR, Exchange, Recorder, recording
from local import stack, uploads
from local.console import step
from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.ports import free_port
from local.settings import SERVICE, STAGE, Settings
from local.vendors import SAMPLE_VENDORS, register
from samples.generate import generate

_VENDOR = SAMPLE_VENDORS[0]
_SAMPLES = (("clean.csv", SAMPLE_VENDORS[0]), ("errors.csv", SAMPLE_VENDORS[1]), ("refused.csv", SAMPLE_VENDORS[2]))
_PREFIX = f"{SERVICE}-{STAGE}-"
_QUIET_SECONDS = 2.0
_LOG_EVENT_OVERHEAD_BYTES = 26
"""What CloudWatch Logs adds to each event (CloudWatch Logs API reference, PutLogEvents)."""
_BILLED_BY_SIZE = ("sqs:", "sns:")
_TASK_TOKEN_BYTES = 2048
"""The longest task token (Step Functions API reference); the emulator's are shorter."""
_LASTING = "schemaname !~ '^pg_temp'"
_REPORT = re.compile(r"REPORT RequestId: .*?\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB")


def count(settings: Settings, rows: int, error_rate: float) -> Count:
    """Return the count of an upload of so many rows, of which a share is invalid.

    Runs on a stack of its own, so that nothing else is counted and a developer's stack is left alone.
    """
    with _own_stack(settings) as environment, recording(_port(environment)) as recorder:
        for vendor in SAMPLE_VENDORS:
            register(environment, vendor)
        functions = _listen_to_functions(environment, recorder)
        lab = _Lab(environment, replace(environment, endpoint_url=recorder.endpoint_url(VENDOR)), recorder, functions)
        seed = time.time_ns() // 1_000_000  # other products than in an earlier run on the same stack
        results = []
        for number, state in enumerate(("while every function is cold", "while they are warm")):
            name = f"an upload of {rows:,} rows, {error_rate:.0%} of them invalid, {state}"
            with step(f"Counting {name}", f"Counted {name}"):
                content = generate(rows, error_rate, seed + number, _VENDOR.vendor_id)
                results.append(lab.measure(f"cost-{seed + number}.csv", content))
        with step("Collecting the metrics of the sample files", "Collected the metrics of the sample files"):
            series = lab.metric_series(settings)
    mappings = functions.queue_fed
    return Count(results[0], results[1], Service(len(mappings), series, functions.in_network))


@contextmanager
def _own_stack(settings: Settings) -> Iterator[StackEnvironment]:
    directory = settings.directory / "cost"
    own = Settings.from_environment({"LOCAL_DIR": str(directory)})
    was_there = StackEnvironment.load(own) is not None
    if not was_there:
        own = replace(own, port=free_port(), database_port=free_port())
    try:
        yield stack.up(own)
    finally:
        if not was_there:
            stack.down(own)


def _port(environment: StackEnvironment) -> int:
    return int(environment.endpoint_url.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class _Functions:
    in_network: frozenset[str]
    queue_fed: frozenset[str]


def _listen_to_functions(environment: StackEnvironment, recorder: Recorder) -> _Functions:
    """Point every function at the recorder, each at a port of its own, and return what matters about them."""
    client = environment.client("lambda")
    in_network = set()
    for page in client.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name = function["FunctionName"].removeprefix(_PREFIX)
            variables = function["Environment"]["Variables"]
            if "DATABASE_SECRET_ARN" in variables:
                in_network.add(name)
            client.update_function_configuration(
                FunctionName=function["FunctionName"],
                Environment={"Variables": {**variables, "AWS_ENDPOINT_URL": recorder.endpoint_url(name)}},
            )
    queue_fed = {
        mapping["FunctionArn"].rpartition(":")[2].removeprefix(_PREFIX)
        for page in client.get_paginator("list_event_source_mappings").paginate()
        for mapping in page["EventSourceMappings"]
        if ":sqs:" in mapping["EventSourceArn"]
    }
    return _Functions(frozenset(in_network), frozenset(queue_fed))


@dataclass(frozen=True, slots=True)
class _Lab:
    environment: StackEnvironment
    as_vendor: StackEnvironment
    recorder: Recorder
    functions: _Functions

    def measure(self, file_name: str, content: bytes) -> Measurement:
        """Upload, wait, open the report as the vendor would, and return what was counted meanwhile."""
        self.recorder.wait_until_quiet(_QUIET_SECONDS)
        self.recorder.take()
        logs_before = self._logs()
        database_before = self._database()
        cpu_before = self._cpu()

        started = time.monotonic()
        stored = uploads.put(self.as_vendor, _VENDOR.vendor_id, file_name, content)
        *_, progress = uploads.watch(self.environment, stored)
        assert progress is not None
        events = self._finished_execution(progress.upload_id)
        seconds = time.monotonic() - started
        email = uploads.take_email(self.environment, progress.upload_id)
        if email is None:
            raise CostError(f"no e-mail came about {progress.upload_id}")
        report = self._open_report(email.body)
        self.recorder.wait_until_quiet(_QUIET_SECONDS)

        exchanges = self.recorder.take()
        cpu = {function: ms - cpu_before.get(function, 0) for function, ms in self._cpu().items()}
        logs = {group: lines[len(logs_before.get(group, ())) :] for group, lines in self._logs().items()}
        invocations = _invocations(logs)
        execution_calls = executions.calls(events)
        replay = self._replay(exchanges, events)
        queue_fed = sum(invocation.function in self.functions.queue_fed for invocation in invocations)
        return Measurement(
            rows=progress.total or 0,
            error_rows=progress.errors,
            file_bytes=len(content),
            report_bytes=len(report),
            seconds=seconds,
            calls=_calls(exchanges),
            table=replay.units,
            staged_bytes=stored_bytes(replay.items.values()),
            invocations=invocations,
            cpu_milliseconds={function: ms for function, ms in sorted(cpu.items()) if ms > 0},
            transitions=executions.transitions(events),
            execution_events=len(events),
            execution_calls=execution_calls,
            queue_batches=queue_fed,
            queue_payload_bytes=sum(
                len(exchange.request) for exchange in exchanges if exchange.operation.startswith("sqs:SendMessage")
            ),
            emails=execution_calls["sns:Publish"],
            log_bytes={
                group: sum(len(line.encode()) + _LOG_EVENT_OVERHEAD_BYTES for line in lines)
                for group, lines in logs.items()
                if lines
            },
            database=_difference(database_before, self._database()),
        )

    def metric_series(self, settings: Settings) -> list[str]:
        """Upload the sample files, which end in every way there is, and return the custom metrics of all uploads."""
        for file_name, vendor in _SAMPLES:
            content = (settings.project / "samples" / file_name).read_bytes()
            for progress in uploads.watch(
                self.environment, uploads.put(self.as_vendor, vendor.vendor_id, file_name, content)
            ):
                last = progress
            assert last is not None
            self._finished_execution(last.upload_id)
        self.recorder.wait_until_quiet(_QUIET_SECONDS)
        lines = (line for lines in self._logs().values() for line in lines)
        return sorted({series for line in lines for series in metric_series(line)})

    def _finished_execution(self, upload_id: str) -> list[dict[str, Any]]:
        client = self.environment.client("stepfunctions")
        arn = uploads.execution_arn(self.environment, upload_id)
        deadline = time.monotonic() + 60
        while client.describe_execution(executionArn=arn)["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise LocalStackError(f"The execution of {upload_id} did not end.")
            time.sleep(0.05)
        pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def _open_report(self, email: str) -> bytes:
        """Follow the link of the e-mail, as a browser does, and return the report."""
        link = re.search(rf"{re.escape(self.environment.endpoint_url)}(/\S+/reports/\S+)", email)
        if link is None:
            raise CostError("the e-mail has no link to the report")
        with urllib.request.urlopen(f"{self.as_vendor.endpoint_url}{link[1]}", timeout=60) as response:
            report: bytes = response.read()
        return report

    def _cpu(self) -> dict[str, int]:
        """Return the milliseconds of work of the functions' processes so far; those of this stack send to us."""
        found: dict[str, int] = {}
        for process in psutil.process_iter():
            try:
                environment = process.environ()
                if environment.get("AWS_ENDPOINT_URL") in self.recorder.endpoint_urls:
                    function = environment["AWS_LAMBDA_FUNCTION_NAME"].removeprefix(_PREFIX)
                    times = process.cpu_times()
                    found[function] = found.get(function, 0) + round((times.user + times.system) * 1000)
            except (psutil.NoSuchProcess, psutil.AccessDenied, KeyError):
                continue
        return found

    def _logs(self) -> dict[str, list[str]]:
        client = self.environment.client("logs")
        found = {}
        for page in client.get_paginator("describe_log_groups").paginate():
            for group in page["logGroups"]:
                name = group["logGroupName"]
                events = client.get_paginator("filter_log_events").paginate(logGroupName=name)
                ordered = sorted(
                    (event for batch in events for event in batch["events"]), key=lambda event: event["timestamp"]
                )
                found[name] = [event["message"] for event in ordered]
        return found

    def _database(self) -> DatabaseWork:
        with closing(psycopg2.connect(self.environment.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_current_wal_lsn() - '0/0', sum(pg_total_relation_size(relid))"
                f" FROM pg_stat_user_tables WHERE {_LASTING}"
            )
            log_bytes, stored = cursor.fetchone() or (0, 0)
            cursor.execute(
                "SELECT relid::regclass::text,"
                " (SELECT count(*) FROM pg_index WHERE indrelid = relid AND indisunique AND NOT indisprimary)"
                f" FROM pg_stat_user_tables WHERE {_LASTING}"
            )
            entries = 0
            for table, indexes in cursor.fetchall():  # counted, not read from statistics: those lag by seconds
                cursor.execute(f"SELECT count(*) FROM {table}")
                entries += indexes * (cursor.fetchone() or (0,))[0]
        return DatabaseWork(int(log_bytes), int(stored), entries)

    def _replay(self, exchanges: Sequence[Exchange], events: Sequence[Mapping[str, Any]]) -> TableReplay:
        """Return the units of all requests on the staging table, those of the execution included."""
        description = self.environment.client("dynamodb").describe_table(
            TableName=self.environment.output("StagingTableName")
        )["Table"]
        partition, sort = (key["AttributeName"] for key in description["KeySchema"])
        token = {"task_token": {"S": "x" * _TASK_TOKEN_BYTES}}
        replay = TableReplay((partition, sort), indexes_of(description), unseen=token)
        for exchange in exchanges:
            service, _, operation = exchange.operation.partition(":")
            if service == "dynamodb":
                replay.request(operation, json.loads(exchange.request), json.loads(exchange.answer), exchange.status)
        # The execution reaches the table past the recorder. It only ever touches the tracker: the item that grew by
        # UpdateItem, at its largest now.
        tracker = max(replay.items, key=lambda key: "task_token" in replay.items[key])
        key = {partition: {"S": tracker[0]}, sort: {"S": tracker[1]}}
        touch = {"UpdateExpression": "SET task_token = :t", "ExpressionAttributeValues": {":t": token["task_token"]}}
        for operation, times in executions.calls(events).items():
            service, _, action = operation.partition(":")
            for _ in range(times if service == "dynamodb" else 0):
                replay.request(action, {"Key": key, "ConsistentRead": True, **touch}, {}, 200)
        return replay


def metric_series(line: str) -> Iterator[str]:
    """Yield the custom metrics of a log line in CloudWatch's embedded metric format: one for each set of dimensions."""
    if '"_aws"' not in line:
        return
    document = json.loads(line)
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for dimensions in directive["Dimensions"]:
            values = ", ".join(f"{name}={document[name]}" for name in sorted(dimensions))
            for metric in directive["Metrics"]:
                yield f"{directive['Namespace']} {metric['Name']} ({values})"


def invocation_of(group: str, line: str) -> Invocation | None:
    """Return the invocation that a REPORT line ends; None for any other line."""
    match = _REPORT.search(line)
    if match is None:
        return None
    return Invocation(group.rpartition("/")[2].removeprefix(_PREFIX), int(match[2]), int(match[1]))


def _invocations(logs: Mapping[str, Sequence[str]]) -> list[Invocation]:
    found = (invocation_of(group, line) for group, lines in logs.items() for line in lines)
    return [invocation for invocation in found if invocation is not None]


def _calls(exchanges: Sequence[Exchange]) -> dict[tuple[str, str], Calls]:
    found: dict[tuple[str, str], Calls] = {}
    for exchange in exchanges:
        calls = found.setdefault((exchange.caller, exchange.operation), Calls())
        calls.requests += 1
        calls.bytes_sent += len(exchange.request)
        calls.bytes_received += len(exchange.answer)
        if exchange.operation.startswith(_BILLED_BY_SIZE):
            calls.extra_chunks += chunks(len(exchange.request)) - 1
    return found


def _difference(before: DatabaseWork, after: DatabaseWork) -> DatabaseWork:
    return DatabaseWork(
        after.log_bytes - before.log_bytes,
        after.stored_bytes - before.stored_bytes,
        after.unique_entries - before.unique_entries,
    )
