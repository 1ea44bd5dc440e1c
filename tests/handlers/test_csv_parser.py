"""CSV Parser: an object under uploads/ was created."""

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import openpyxl
import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from botocore.exceptions import ClientError

from onboarding.intake.events import UnreadableEventError
from onboarding.stores.staging import row_of
from rules import RefusalCode
from tests.handlers.world import API_URL, CONTEXT, STAGING_TABLE, World, csv_of, product, sample

ROWS = [product(n) for n in range(1, 61)]


def _refusals(world: World, upload: Any) -> tuple[str, str]:
    completion = world.completion(upload)
    assert completion["outcome"] == "refused"
    assert (completion["total_records"], completion["valid_records"], completion["error_records"]) == (0, 0, 0)
    return completion["refusal_code"], completion["refusal_message"]


def _throttle(monkeypatch: pytest.MonkeyPatch, parser: Any, after: int) -> list[str]:
    """Make DynamoDB fail after this many batches; return the list that the keys of written rows go into."""
    client = parser.staging._client
    write = client.batch_write_item
    lock = threading.Lock()
    written: list[str] = []
    calls = 0

    def batch_write_item(RequestItems: dict[str, Any]) -> Any:  # noqa: N803
        nonlocal calls
        with lock:
            calls += 1
            if calls > after:
                raise ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, "BatchWriteItem")
        written.extend(put["PutRequest"]["Item"]["record_id"]["S"] for put in RequestItems[STAGING_TABLE])
        return write(RequestItems=RequestItems)

    monkeypatch.setattr(client, "batch_write_item", batch_write_item)
    return written


def test_rows_are_staged_when_the_file_is_a_workbook(world: World) -> None:
    book = openpyxl.Workbook()
    for row in (list(product(1)), list(product(1).values())):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    event = world.put(file.getvalue())

    world.parse(event)

    (staged,) = world.staged(world.upload_of(event))
    assert row_of(staged).row.cells == product(1)


def test_cells_as_sent_are_staged_when_numbers_have_a_decimal_comma(world: World) -> None:
    event = world.put(csv_of([product(1, price="19c99")]).replace(b",", b";").replace(b"19c99", b"19,99"))

    world.parse(event)

    (staged,) = world.staged(world.upload_of(event))
    assert row_of(staged).row.cells["price"] == "19.99"
    assert staged["cells_sent"] == {"M": {"price": {"S": "19,99"}}}


def test_rows_are_staged_when_a_file_comes(world: World) -> None:
    event = world.put(csv_of([product(1), product(2, price="free")]))
    upload = world.upload_of(event)

    world.parse(event)

    first, second = world.staged(upload)
    assert first["record_id"] == {"S": "00000001"}
    assert first["status"] == second["status"] == {"S": "pending_validation"}
    assert row_of(first).row.cells == product(1)
    assert row_of(second).row.cells["price"] == "free"
    assert first["vendor_id"] == {"S": "VEND001"}
    assert world.database.counts(upload.upload_id) == (2, 0, 0)
    assert world.database.status(upload.upload_id) == "processing"
    assert "completion" not in world.tracker(upload)


def test_one_execution_is_started_when_a_file_comes(world: World) -> None:
    event = world.put(csv_of([product(1)]), "uploads/VEND001/Kopfh\u00f6rer + more.csv")
    upload = world.upload_of(event)

    world.parse(event)

    assert world.executions() == [upload.upload_id]
    (execution,) = world.step_functions.list_executions(
        stateMachineArn=world.functions.csv_parser.config.upload_state_machine_arn
    )["executions"]
    described = world.step_functions.describe_execution(executionArn=execution["executionArn"])
    page = f"{API_URL}/portal/#/uploads/{upload.upload_id}"
    assert json.loads(described["input"]) == {**upload.as_execution_input(), "portal_page": page}
    assert upload.file_name == "Kopfh\u00f6rer + more.csv"


def test_upload_is_found_by_its_vendor_when_a_file_comes(world: World) -> None:
    upload = world.stage([product(1), product(2)])

    found = world.dynamodb.query(
        TableName=STAGING_TABLE,
        IndexName="uploads-by-vendor",
        KeyConditionExpression="tracker_vendor_id = :vendor",
        ExpressionAttributeValues={":vendor": {"S": "VEND001"}},
    )["Items"]

    assert [(item["upload_id"]["S"], item["record_id"]["S"]) for item in found] == [(upload.upload_id, "#upload")]
    assert found[0]["total_records"] == {"N": "2"}
    assert found[0]["file_name"] == {"S": "products.csv"}
    assert "expires_at" in found[0]


def test_total_leaves_out_blank_rows_when_a_file_has_some(world: World) -> None:
    event = world.put(csv_of([product(1)]) + b",,,,,,,,\r\n\r\n" + csv_of([product(4)]).split(b"\r\n", 1)[1])
    upload = world.upload_of(event)

    world.parse(event)

    assert sorted(world.statuses(upload)) == [1, 4]
    assert world.database.counts(upload.upload_id) == (2, 0, 0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "EMPTY_FILE"),
        (csv_of([product(1)]).split(b"\r\n")[0], "EMPTY_FILE"),
        (b"x" * (10 * 1024 * 1024 + 1), "FILE_TOO_LARGE"),
        (csv_of([product(n) for n in range(10_001)]), "TOO_MANY_ROWS"),
        (b"name,price\r\nMouse,1\r\n", "MISSING_COLUMNS"),
        (csv_of([{**product(1), "SKU": "again"}]), "DUPLICATE_COLUMNS"),
        (csv_of([product(1)]).decode().encode("utf-16")[:-1], "NOT_A_CSV"),
        (b"%PDF-1.7", "UNSUPPORTED_FILE"),
    ],
    ids=["empty", "header only", "too large", "too many rows", "columns", "columns twice", "UTF-16", "PDF"],
)
def test_file_is_refused_when_it_cannot_be_processed(world: World, body: bytes, code: str) -> None:
    event = world.put(body)
    upload = world.upload_of(event)

    world.parse(event)

    assert _refusals(world, upload)[0] == code
    assert world.staged(upload) == []
    assert world.database.counts(upload.upload_id) == (None, 0, 0)
    assert world.executions() == [upload.upload_id]


def test_file_is_refused_when_its_vendor_is_unknown(world: World) -> None:
    event = world.put(csv_of([product(1)]), "uploads/VEND999/products.csv")
    upload = world.upload_of(event)

    world.parse(event)

    code, message = _refusals(world, upload)
    assert code == "UNKNOWN_VENDOR"
    assert '"VEND999"' in message
    assert world.database.counts(upload.upload_id) == (None, 0, 0)


@pytest.mark.parametrize("key", ["uploads/products.csv", "uploads//products.csv"])
def test_file_is_refused_when_its_key_names_no_vendor(world: World, key: str) -> None:
    event = world.put(csv_of([product(1)]), key)

    world.parse(event)

    code, message = _refusals(world, world.upload_of(event))
    assert code == "UNKNOWN_VENDOR"
    assert message == (
        f"The file was put at {key}, which names no vendor. Put files at uploads/{{vendor id}}/products.csv."
    )


def test_file_is_refused_when_the_vendor_folder_is_very_long(world: World) -> None:
    event = world.put(csv_of([product(1)]), f"uploads/{'v' * 900}/products.csv")

    world.parse(event)

    assert _refusals(world, world.upload_of(event))[0] == "UNKNOWN_VENDOR"


def test_file_is_refused_unread_when_its_vendor_is_suspended(world: World) -> None:
    world.database.execute("UPDATE vendors SET status = 'suspended'")
    event = world.put(b"")

    world.parse(event)

    assert _refusals(world, world.upload_of(event))[0] == "VENDOR_NOT_ACTIVE"


def test_execution_is_answered_when_it_waits_for_a_file_that_is_refused(world: World) -> None:
    event = world.put(b"")
    upload = world.upload_of(event)
    world.wait_for_validation(upload, "token-1")

    world.parse(event)

    assert [(token, output["refusal_code"]) for token, output in world.callbacks.succeeded] == [
        ("token-1", "EMPTY_FILE")
    ]


def test_nothing_changes_when_the_event_comes_twice(world: World) -> None:
    event = world.put(csv_of(ROWS))
    upload = world.upload_of(event)
    world.parse(event)
    before = world.staged(upload)

    world.parse(event)

    assert world.staged(upload) == before
    assert world.executions() == [upload.upload_id]
    assert world.database.counts(upload.upload_id) == (60, 0, 0)


def test_refusal_stays_when_the_event_comes_twice(world: World) -> None:
    event = world.put(b"")
    upload = world.upload_of(event)
    world.parse(event)
    before = world.completion(upload)
    world.database.execute("DELETE FROM vendors")

    world.parse(event)

    assert world.completion(upload) == before


def test_rows_that_moved_on_stay_when_the_event_comes_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    event = world.put(csv_of([product(1), product(2, price="free"), product(3)]))
    upload = world.upload_of(event)
    world.parse(event)
    world.validate(world.staged(upload)[:2])
    world.process_errors()
    assert world.statuses(upload) == {1: "validated", 2: "error", 3: "pending_validation"}
    before = world.staged(upload)

    written = _throttle(monkeypatch, world.functions.csv_parser, after=99)
    world.parse(event)

    assert written == []
    assert world.staged(upload) == before


def test_only_what_is_missing_is_staged_when_the_first_delivery_died_half_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = world.put(csv_of(ROWS))
    upload = world.upload_of(event)
    with monkeypatch.context() as patched:
        first_written = _throttle(patched, world.functions.csv_parser, after=1)
        with pytest.raises(ClientError):
            world.parse(event)
    assert len(first_written) == 25
    world.validate(world.staged(upload))

    second_written = _throttle(monkeypatch, world.functions.csv_parser, after=99)
    world.parse(event)

    assert not set(first_written) & set(second_written)
    assert len(second_written) == 35
    statuses = world.statuses(upload)
    assert sorted(statuses) == list(range(1, 61))
    assert sum(status == "validated" for status in statuses.values()) == 25


def test_rows_go_on_when_the_event_comes_again_to_a_version_that_would_refuse_the_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onboarding.intake import receiving
    from onboarding.intake.refusal import FileRefused

    event = world.put(csv_of([product(1), product(2, price="free"), product(3)]))
    upload = world.upload_of(event)
    world.parse(event)
    world.validate(world.staged(upload)[:2])

    def refuse(*_: object) -> None:
        raise FileRefused(RefusalCode.DUPLICATE_COLUMNS, "The columns Marca and Merk mean the same.")

    monkeypatch.setattr(receiving, "read_products", refuse)
    world.parse(event)

    assert "completion" not in world.tracker(upload)
    assert world.database.counts(upload.upload_id) == (3, 1, 1)
    world.validate(world.staged(upload)[2:])
    assert (world.completion(upload)["outcome"], world.completion(upload)["valid_records"]) == ("validated", 2)


def test_file_is_staged_when_the_first_delivery_died_before_its_first_row(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = world.put(csv_of(ROWS))
    upload = world.upload_of(event)
    with monkeypatch.context() as patched:
        _throttle(patched, world.functions.csv_parser, after=0)
        with pytest.raises(ClientError):
            world.parse(event)

    world.parse(event)

    assert set(world.statuses(upload).values()) == {"pending_validation"}
    assert len(world.staged(upload)) == 60
    assert world.executions() == [upload.upload_id]


def test_refusal_is_told_when_the_first_delivery_died_before_telling_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = world.put(b"")
    with monkeypatch.context() as patched:
        patched.setattr(type(world.functions.csv_parser.reception.completion), "send", _raise_connection_error)
        with pytest.raises(ConnectionError):
            world.parse(event)

    world.parse(event)

    assert _refusals(world, world.upload_of(event))[0] == "EMPTY_FILE"


def _raise_connection_error(*_: object) -> None:
    raise ConnectionError("reset by peer")


def test_each_row_is_staged_once_when_two_deliveries_run_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    event = world.put(csv_of(ROWS))
    upload = world.upload_of(event)
    parsers = [world.functions.csv_parser, world.functions.another("csv_parser")]
    written = [_throttle(monkeypatch, parser, after=99) for parser in parsers]
    at_once = threading.Barrier(2, timeout=20)

    def deliver(parser: Any) -> None:
        at_once.wait()
        parser.reception.receive(upload)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(deliver, parsers))

    assert sorted(written[0] + written[1]) == [f"{n:08d}" for n in range(1, 61)]
    assert len(world.staged(upload)) == 60
    assert world.executions() == [upload.upload_id]
    assert world.database.counts(upload.upload_id) == (60, 0, 0)


def test_later_delivery_waits_when_the_earlier_one_is_staging(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    event = world.put(csv_of(ROWS))
    upload = world.upload_of(event)
    first, second = world.functions.csv_parser, world.functions.another("csv_parser")
    second_written = _throttle(monkeypatch, second, after=99)
    staging, go_on = threading.Event(), threading.Event()
    put_rows = first.staging.put_rows

    def slow_put_rows(*arguments: Any) -> None:
        staging.set()
        assert go_on.wait(20)
        put_rows(*arguments)

    monkeypatch.setattr(first.staging, "put_rows", slow_put_rows)
    with ThreadPoolExecutor(2) as threads:
        earlier = threads.submit(first.reception.receive, upload)
        assert staging.wait(20)
        later = threads.submit(second.reception.receive, upload)
        waited = not wait([later], timeout=0.3).done
        go_on.set()
        earlier.result(20)
        later.result(20)

    assert waited
    assert second_written == []
    assert len(world.staged(upload)) == 60


def test_upload_goes_on_when_its_vendor_is_suspended_after_acceptance(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = world.put(csv_of(ROWS))
    upload = world.upload_of(event)
    with monkeypatch.context() as patched:
        _throttle(patched, world.functions.csv_parser, after=1)
        with pytest.raises(ClientError):
            world.parse(event)
    world.database.execute("UPDATE vendors SET status = 'suspended'")

    world.parse(event)

    assert len(world.staged(upload)) == 60
    assert "completion" not in world.tracker(upload)


def test_file_is_left_alone_when_its_upload_is_complete(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    event = world.put(csv_of([product(1)]))
    upload = world.upload_of(event)
    world.parse(event)
    world.validate(world.staged(upload))
    assert world.completion(upload)["valid_records"] == 1
    monkeypatch.setattr(type(world.functions.csv_parser.reception.intake), "accept", _raise_connection_error)

    world.parse(event)

    assert world.statuses(upload) == {1: "validated"}


def test_two_uploads_do_not_mix_when_a_file_is_put_again(world: World) -> None:
    first = world.stage([product(1)])
    second = world.stage([product(1), product(2)])

    assert first.upload_id != second.upload_id
    assert (len(world.staged(first)), len(world.staged(second))) == (1, 2)
    assert sorted(world.executions()) == sorted([first.upload_id, second.upload_id])


def test_upload_fails_for_another_delivery_when_the_database_does_not_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = world.put(csv_of([product(1)]))
    upload = world.upload_of(event)
    monkeypatch.setattr(world.functions.csv_parser.reception.intake.database, "run", _raise_connection_error)

    with pytest.raises(ConnectionError):
        world.parse(event)

    assert world.executions() == [upload.upload_id]
    assert world.tracker(upload) == {}


def test_object_is_ignored_when_it_is_no_upload(world: World) -> None:
    world.parse(world.put(b"sku", "errors/VEND001/UPLOAD_1_errors.csv"))

    assert world.executions() == []


def test_folder_is_ignored_when_it_is_made_in_the_console(world: World) -> None:
    world.parse(world.put(b"", "uploads/VEND001/"))

    assert world.executions() == []


@pytest.mark.parametrize("key", ["uploads/VEND001/readme.txt", "uploads/VEND001/list.xlsx", "uploads/VEND001/list"])
def test_file_is_answered_when_its_name_does_not_end_in_csv(world: World, key: str) -> None:
    event = world.put(b"PK\x03\x04\x00", key)

    world.parse(event)

    assert world.executions() == [world.upload_of(event).upload_id]
    assert _refusals(world, world.upload_of(event))[0] == "UNSUPPORTED_FILE"


def test_file_is_answered_when_its_key_ends_in_a_slash(world: World) -> None:
    event = world.put(b"no folder", "uploads/VEND001/")

    world.parse(event)

    assert _refusals(world, world.upload_of(event))[0] == "MISSING_COLUMNS"


def test_nothing_happens_when_s3_sends_its_test_event(world: World) -> None:
    world.parse(sample("s3_test_event"))

    assert world.executions() == []


def test_message_is_delivered_again_when_it_is_no_event_of_s3(world: World) -> None:
    with pytest.raises(UnreadableEventError):
        world.parse({"hello": "world"})


def test_only_the_failed_message_comes_again_when_one_of_a_batch_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.put(csv_of(ROWS)), world.put(csv_of(ROWS), "uploads/VEND002/products.csv")
    batch = world.queued_event(first, second)
    reception = type(world.functions.csv_parser.reception)
    receive, failing = reception.receive, world.upload_of(second).upload_id

    def fail(self: Any, upload: Any) -> None:
        if upload.upload_id == failing:
            raise ConnectionError("reset by peer")
        receive(self, upload)

    monkeypatch.setattr(reception, "receive", fail)
    answer = world.functions.csv_parser.handler(batch, CONTEXT)

    (failed,) = answer["batchItemFailures"]
    (record,) = [record for record in batch["Records"] if record["messageId"] == failed["itemIdentifier"]]
    assert json.loads(record["body"]) == second
    assert world.executions() == [world.upload_of(first).upload_id]


@pytest.mark.parametrize(("received", "seconds"), [("1", 60), ("2", 120), ("3", 240), ("9", 900)])
def test_failed_message_comes_again_soon_when_it_fails(
    world: World, monkeypatch: pytest.MonkeyPatch, received: str, seconds: int
) -> None:
    batch = world.queued_event(world.put(csv_of(ROWS)))
    batch["Records"][0]["attributes"] = {**batch["Records"][0]["attributes"], "ApproximateReceiveCount": received}
    monkeypatch.setattr(type(world.functions.csv_parser.reception), "receive", _raise_connection_error)
    waits: list[int] = []
    sqs = world.functions.csv_parser.sqs
    change = sqs.change_message_visibility

    def changed(**request: Any) -> Any:
        waits.append(request["VisibilityTimeout"])
        return change(**request)

    monkeypatch.setattr(sqs, "change_message_visibility", changed)
    with pytest.raises(BatchProcessingError):
        world.functions.csv_parser.handler(batch, CONTEXT)

    assert waits == [seconds]
