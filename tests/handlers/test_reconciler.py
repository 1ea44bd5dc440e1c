"""Reconciler: nobody answered the execution in time."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import psycopg2
import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

from onboarding.rows import ProductRow, RowStatus, stage
from rules import RefusalCode, Verdict
from tests.handlers.world import BUCKET, CONTEXT, STAGING_TABLE, World, csv_of, product, sample

ROWS = [product(n, price="free" if n % 4 == 0 else "19.99") for n in range(1, 13)]
COMPLETE = {
    "outcome": "validated",
    "total_records": 12,
    "valid_records": 9,
    "error_records": 3,
    "refusal_code": "",
    "refusal_message": "",
}


def _recover(world: World, upload: Any) -> dict[str, Any]:
    event = {**sample("reconcile"), "upload": upload.as_execution_input()}
    return world.functions.reconciler.handler(event, CONTEXT)


def _uploaded(world: World, body: bytes = csv_of(ROWS)) -> Any:
    """Return an upload of which nothing but the object exists."""
    return world.upload_of(world.put(body))


def _processing_errors(world: World) -> list[int]:
    rows = world.database.execute(
        "SELECT row_number FROM validation_errors WHERE error_type = 'PROCESSING_ERROR' ORDER BY 1"
    )
    return [row for (row,) in rows]


def _assert_whole(world: World, upload: Any) -> None:
    """Every row has its outcome, in the ledger as well as in the staging table, and the report can be built."""
    assert world.database.counts(upload.upload_id) == (12, 9, 3)
    assert [row for row, _ in world.database.products(upload.upload_id)] == [1, 2, 3, 5, 6, 7, 9, 10, 11]
    assert [row for row, _, _ in world.database.errors(upload.upload_id)] == [4, 8, 12]
    assert _processing_errors(world) == []
    world.process_errors()
    assert world.statuses(upload) == {n: "error" if n % 4 == 0 else "validated" for n in range(1, 13)}
    world.request_report(upload, error_records=3)
    assert [line["Row Number"] for line in world.report(upload)] == ["4", "8", "12"]


def test_upload_is_finished_when_it_was_never_parsed(world: World) -> None:
    upload = _uploaded(world)

    completion = _recover(world, upload)

    assert completion == COMPLETE
    assert world.completion(upload) == COMPLETE
    _assert_whole(world, upload)


def test_upload_is_finished_when_it_was_staged_but_never_validated(world: World) -> None:
    upload = world.stage(ROWS)

    assert _recover(world, upload) == COMPLETE
    _assert_whole(world, upload)


def test_upload_is_finished_when_it_was_partly_staged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [product(n) for n in range(1, 41)]
    event = world.put(csv_of(many))
    upload = world.upload_of(event)
    client, calls = world.functions.csv_parser.staging._client, []
    write = client.batch_write_item

    def die_later(**request: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise ConnectionError("killed")
        return write(**request)

    with monkeypatch.context() as patched:
        patched.setattr(client, "batch_write_item", die_later)
        with pytest.raises(ConnectionError):
            world.parse(event)
    assert len(world.staged(upload)) == 25

    completion = _recover(world, upload)

    assert (completion["total_records"], completion["valid_records"]) == (40, 40)
    assert world.statuses(upload) == dict.fromkeys(range(1, 41), "validated")


def test_upload_is_finished_when_it_was_partly_settled(world: World) -> None:
    upload = world.stage(ROWS)
    world.validate(world.staged(upload)[:7])
    before = world.database.execute("SELECT product_id, row_number, created_at FROM products ORDER BY 1")

    assert _recover(world, upload) == COMPLETE

    after = world.database.execute("SELECT product_id, row_number, created_at FROM products ORDER BY 1")
    assert after[: len(before)] == before
    _assert_whole(world, upload)


def test_waiting_execution_is_answered_too_when_an_upload_is_finished(world: World) -> None:
    upload = _uploaded(world)
    world.wait_for_validation(upload, "token-1")

    _recover(world, upload)

    assert world.callbacks.succeeded
    assert all(callback == ("token-1", COMPLETE) for callback in world.callbacks.succeeded)


def test_upload_is_finished_when_the_wait_of_its_execution_is_over(world: World) -> None:
    upload = _uploaded(world)
    world.wait_for_validation(upload)
    world.callbacks.error = "TaskTimedOut"

    assert _recover(world, upload) == COMPLETE


def test_nothing_changes_when_it_is_called_twice(world: World) -> None:
    upload = _uploaded(world)
    first = _recover(world, upload)

    second = _recover(world, upload)

    assert second == first
    _assert_whole(world, upload)


def test_lost_error_messages_are_sent_again_when_the_upload_is_complete(world: World) -> None:
    upload = world.stage(ROWS)
    world.validate(world.staged(upload))
    world.queued()
    assert world.database.counts(upload.upload_id) == (12, 9, 3)

    assert _recover(world, upload) == COMPLETE

    _assert_whole(world, upload)


def test_metric_counts_the_upload_when_it_stalled(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    _recover(world, _uploaded(world))

    emitted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"UploadsStalled"' in line]
    assert [each["UploadsStalled"] for each in emitted] == [[1.0]]


# Files that are refused


def test_file_is_refused_when_the_parser_never_came(world: World) -> None:
    upload = _uploaded(world, b"")

    completion = _recover(world, upload)

    assert (completion["outcome"], completion["refusal_code"]) == ("refused", "EMPTY_FILE")
    assert world.completion(upload) == completion
    assert world.database.counts(upload.upload_id) == (None, 0, 0)


def test_refusal_stays_when_the_reason_is_gone(world: World) -> None:
    event = world.put(csv_of(ROWS), "uploads/VEND999/products.csv")
    upload = world.upload_of(event)
    world.parse(event)
    world.database.add_vendor("VEND999")

    completion = _recover(world, upload)

    assert completion["refusal_code"] == "UNKNOWN_VENDOR"
    assert world.database.products(upload.upload_id) == []


def test_upload_is_finished_when_its_vendor_was_suspended_after_acceptance(world: World) -> None:
    upload = world.stage(ROWS)
    world.database.execute("UPDATE vendors SET status = 'suspended'")

    assert _recover(world, upload) == COMPLETE


# Files that another version has accepted


def _refused_now(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the rules for headers be other ones than those that the file was accepted by."""
    from onboarding.intake import receiving
    from onboarding.intake.refusal import FileRefused

    def refuse(*_: object) -> None:
        raise FileRefused(RefusalCode.DUPLICATE_COLUMNS, "The columns Marca and Merk mean the same.")

    monkeypatch.setattr(receiving, "read_products", refuse)


def test_upload_is_not_called_refused_when_rows_of_it_are_in_the_catalogue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = world.stage(ROWS)
    world.validate(world.staged(upload)[:7])
    _refused_now(world, monkeypatch)

    with pytest.raises(RuntimeError, match="accepted before, refused now: DUPLICATE_COLUMNS"):
        _recover(world, upload)

    assert "completion" not in world.tracker(upload)
    assert world.database.counts(upload.upload_id) == (12, 6, 1)


def test_upload_ends_as_it_was_decided_when_its_file_would_be_refused_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = world.stage(ROWS)
    world.validate(world.staged(upload))
    world.dynamodb.update_item(
        TableName=STAGING_TABLE,
        Key={"upload_id": {"S": upload.upload_id}, "record_id": {"S": "#upload"}},
        UpdateExpression="REMOVE completion",
    )
    _refused_now(world, monkeypatch)

    assert _recover(world, upload) == COMPLETE
    assert world.completion(upload) == COMPLETE
    _assert_whole(world, upload)


# Rows that cannot be processed


def test_row_is_closed_and_the_rest_saved_when_the_rules_break_on_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = _uploaded(world)
    rules = world.functions.reconciler.rules
    check_all = rules.check_all

    def check_with_a_bug(rows: Sequence[ProductRow], *arguments: Any) -> list[Verdict]:
        if any(row.cells["sku"] == "SKU-0006" for row in rows):
            raise ZeroDivisionError("a bug")
        return check_all(rows, *arguments)

    monkeypatch.setattr(rules, "check_all", check_with_a_bug)

    completion = _recover(world, upload)

    assert (completion["valid_records"], completion["error_records"]) == (8, 4)
    assert _processing_errors(world) == [6]
    assert [row for row, _ in world.database.products(upload.upload_id)] == [1, 2, 3, 5, 7, 9, 10, 11]
    world.process_errors()
    world.request_report(upload, error_records=4)
    lines = {line["Row Number"]: line for line in world.report(upload)}
    assert lines["6"]["Error Type"] == "PROCESSING_ERROR"
    assert lines["6"]["SKU"] == "SKU-0006"
    assert "problem on our side" in lines["6"]["Error Message"]


def test_row_is_closed_and_the_rest_saved_when_the_database_refuses_its_data(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something that passes the rules but does not fit the table; today nothing is known that would."""
    upload = _uploaded(world)
    rules = world.functions.reconciler.rules
    check_all = rules.check_all

    def let_all_pass(rows: Sequence[ProductRow], *arguments: Any) -> list[Verdict]:
        return [
            Verdict((), tuple(["a thousand" if value == "19.99" else value for value in verdict.values]))
            if row.cells["sku"] == "SKU-0006"
            else verdict
            for row, verdict in zip(rows, check_all(rows, *arguments), strict=True)
        ]

    monkeypatch.setattr(rules, "check_all", let_all_pass)

    completion = _recover(world, upload)

    assert (completion["valid_records"], completion["error_records"]) == (8, 4)
    assert _processing_errors(world) == [6]


def test_rows_keep_their_outcome_when_they_break_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = world.stage(ROWS)
    world.validate(world.staged(upload)[:6])

    def break_always(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(world.functions.reconciler.rules, "check_all", break_always)

    completion = _recover(world, upload)

    assert (completion["valid_records"], completion["error_records"]) == (5, 7)
    assert _processing_errors(world) == [7, 8, 9, 10, 11, 12]


# Outages


def test_outage_is_raised_when_the_database_is_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = world.stage(ROWS)
    monkeypatch.setattr(world.functions.reconciler.database, "_patience_seconds", 0)

    world.database.server.stop(immediate=True)
    try:
        with pytest.raises(psycopg2.OperationalError):
            _recover(world, upload)
    finally:
        world.database.server.start()

    assert _recover(world, upload) == COMPLETE
    _assert_whole(world, upload)


def test_no_row_is_closed_when_the_database_crashed_between_two_transactions(world: World) -> None:
    upload = _uploaded(world, csv_of(ROWS[:1]))
    database = world.functions.reconciler.database
    database.run(lambda cursor: cursor.execute("SELECT 1"))

    world.database.crash(database._connection)
    completion = _recover(world, upload)

    assert completion["valid_records"] == 1
    assert _processing_errors(world) == []


@pytest.mark.parametrize(
    "outage",
    [
        psycopg2.OperationalError("server closed the connection unexpectedly"),
        psycopg2.DatabaseError("server closed the connection unexpectedly"),
        ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, "BatchWriteItem"),
        GetParameterError("ServiceUnavailable when calling the GetSecretValue operation"),
    ],
    ids=["database", "database crash", "AWS", "secret"],
)
def test_no_row_is_closed_when_a_service_fails_for_a_moment(
    world: World, monkeypatch: pytest.MonkeyPatch, outage: Exception
) -> None:
    from onboarding.stores import ledger

    upload = _uploaded(world, csv_of(ROWS[:1]))
    settle, calls = ledger.settle, []

    def fail_at_first(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) <= (2 if isinstance(outage, psycopg2.Error) else 1):  # a lost connection is replaced once
            raise outage
        return settle(*arguments)

    monkeypatch.setattr(ledger, "settle", fail_at_first)
    with pytest.raises(type(outage)):
        _recover(world, upload)
    assert world.database.errors(upload.upload_id) == []

    assert _recover(world, upload)["valid_records"] == 1
    assert _processing_errors(world) == []


def test_failure_is_raised_at_once_when_the_queue_refuses_messages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onboarding.stores.error_queue import MessagesNotSentError

    upload = _uploaded(world)
    requests = []

    def refuse(**request: Any) -> dict[str, Any]:
        requests.append(request)
        return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    with monkeypatch.context() as patched:
        patched.setattr(world.functions.reconciler.reconciliation.validation.sqs, "send_message_batch", refuse)
        with pytest.raises(MessagesNotSentError):
            _recover(world, upload)
    assert len(requests) == 1

    assert _recover(world, upload) == COMPLETE
    _assert_whole(world, upload)


def test_failure_is_raised_when_the_file_is_gone(world: World) -> None:
    upload = _uploaded(world)
    world.s3.delete_object(Bucket=BUCKET, Key=upload.s3_key, VersionId=upload.object_version)

    with pytest.raises(ClientError, match="NoSuch"):
        _recover(world, upload)

    assert "completion" not in world.tracker(upload)


def test_outcomes_stay_when_writes_of_the_parser_arrive_after_all_rows_are_settled(world: World) -> None:
    upload = _uploaded(world)
    rows, _ = world.functions.csv_parser.reception.intake.accept(upload)
    _recover(world, upload)
    world.process_errors()
    before = world.outcomes(upload)

    world.functions.csv_parser.staging.put_rows(stage(upload, rows), RowStatus.PENDING)

    assert world.outcomes(upload) == before
    assert world.statuses(upload) == {n: "error" if n % 4 == 0 else "validated" for n in range(1, 13)}
    world.request_report(upload, error_records=3)
    assert [line["Row Number"] for line in world.report(upload)] == ["4", "8", "12"]


def test_outcomes_stay_when_a_lost_connection_let_the_reconciler_in_between_two_writes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = world.put(csv_of([product(n, price="free" if n % 2 else "1") for n in range(1, 101)]))
    upload = world.upload_of(event)
    parser = world.functions.csv_parser
    write, lock = parser.staging._client.batch_write_item, threading.Lock()
    recovered: list[Any] = []

    def write_late(**request: Any) -> Any:
        with lock:
            if not recovered:
                parser.reception.intake.database.disconnect()  # and with it the lock is lost
                recovered.append(_recover(world, upload))
                world.process_errors()
        return write(**request)

    monkeypatch.setattr(parser.staging._client, "batch_write_item", write_late)
    world.parse(event)

    assert (recovered[0]["valid_records"], recovered[0]["error_records"]) == (50, 50)
    assert world.statuses(upload) == {n: "error" if n % 2 else "validated" for n in range(1, 101)}
    assert len(world.staged(upload)) == 100
    world.request_report(upload, error_records=50)
    assert len(world.report(upload)) == 50


def test_reconciler_waits_when_the_parser_is_still_staging(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    event = world.put(csv_of(ROWS))
    upload = world.upload_of(event)
    parser, reconciler = world.functions.csv_parser, world.functions.reconciler
    staging, go_on = threading.Event(), threading.Event()
    put_rows = parser.staging.put_rows

    def slow_put_rows(*arguments: Any) -> None:
        staging.set()
        assert go_on.wait(20)
        put_rows(*arguments)

    monkeypatch.setattr(parser.staging, "put_rows", slow_put_rows)
    with ThreadPoolExecutor(2) as threads:
        parsing = threads.submit(parser.reception.receive, upload)
        assert staging.wait(20)
        recovering = threads.submit(reconciler.reconciliation.recover, upload)
        waited = not wait([recovering], timeout=0.3).done
        go_on.set()
        parsing.result(20)
        recovering.result(20)

    assert waited
    _assert_whole(world, upload)
