"""Error Processor: errors of rows come by the queue, and the execution asks for the report."""

from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from botocore.exceptions import ClientError

from onboarding.rows import REPORTED_COLUMNS
from onboarding.stores.staging import row_of
from rules import RefusalCode
from tests.handlers.world import BUCKET, CONTEXT, World, product, sample, sqs_event

ROWS = [product(1), product(2, price="=1+1"), product(3, sku="SKU-0001"), product(4, category="Spaceships", price="")]


@pytest.fixture
def upload(world: World) -> Any:
    """An upload whose rows are validated and whose error rows are in the queue."""
    found = world.stage(ROWS)
    world.validate(world.staged(found))
    return found


def _failed(*positions: int) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": f"message-{position}"} for position in positions]}


def test_staged_rows_are_marked_when_their_errors_come(world: World, upload: Any) -> None:
    before = world.staged(upload)

    answer = world.process_errors()

    assert answer == _failed()
    assert world.statuses(upload) == {1: "validated", 2: "error", 3: "error", 4: "error"}
    assert world.staged(upload) == before
    (_, second, _, fourth) = world.outcomes(upload)
    assert [error.code for error in row_of(fourth).errors] == ["INVALID_CATEGORY", "MISSING_REQUIRED_FIELD"]
    kept = ("upload_id", "vendor_id", "row_number", "expires_at")
    assert {name: second[name] for name in kept} == {name: before[1][name] for name in kept}
    cells = row_of(before[1]).row.cells
    assert row_of(second).row.cells == {name: cells[name] for name in REPORTED_COLUMNS}


def test_samples_are_processed_when_they_come_from_the_queue(world: World) -> None:
    processor = world.functions.error_processor

    assert processor.handler(sample("sqs_error_rows"), CONTEXT) == _failed()
    assert processor.handler(sample("sqs_report_request"), CONTEXT) == _failed()

    key = "errors/VEND001/UPLOAD_20261121_103045_0a1b2c3d_errors.csv"
    body = world.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert body.decode() == (
        "Row Number,Vendor Product ID,SKU,Product Name,Error Type,Error Message,Price,Stock Quantity\r\n"
        '2,PROD0002,SKU-0002,Wireless Mouse 2,INVALID_PRICE,"Price must be at least 0.01, but this row has ""-10.00"". '
        'Allowed: 0.01 to 999999.99.",-10.00,150\r\n'
    )
    assert world.callbacks.succeeded[0][0] == "AQCEAAAAKgAAAAMAAAAA-report"


def test_report_is_pending_when_its_request_overtakes_the_errors(world: World, upload: Any) -> None:
    answer = world.request_report(upload, error_records=3)

    assert answer == _failed()
    assert world.callbacks.failed == [("report-token", "ErrorRowsPending")]
    assert world.callbacks.succeeded == []
    with pytest.raises(world.s3.exceptions.NoSuchKey):
        world.report(upload)


def test_report_is_built_when_the_request_comes_again_after_the_errors(world: World, upload: Any) -> None:
    world.request_report(upload, error_records=3)
    world.process_errors()

    world.request_report(upload, error_records=3, token="second-token")

    key = f"errors/VEND001/{upload.upload_id}_errors.csv"
    answer = {
        "error_file_s3_key": key,
        "corrections_file_s3_key": f"errors/VEND001/{upload.upload_id}_corrections.csv",
        "error_rows": 3,
    }
    assert world.callbacks.succeeded == [("second-token", answer)]
    assert [(line["Row Number"], line["Error Type"]) for line in world.report(upload)] == [
        ("2", "INVALID_PRICE"),
        ("3", "DUPLICATE_SKU"),
        ("4", "INVALID_CATEGORY"),
        ("4", "MISSING_REQUIRED_FIELD"),
    ]
    assert world.report(upload)[0]["Price"] == "'=1+1"


def test_report_equals_the_audit_trail_when_it_is_built(world: World, upload: Any) -> None:
    world.process_errors()
    world.request_report(upload, error_records=3)

    recorded = world.database.execute(
        "SELECT row_number::text, error_type, error_message FROM validation_errors ORDER BY row_number, error_id"
    )
    lines = [(line["Row Number"], line["Error Type"], line["Error Message"]) for line in world.report(upload)]
    assert lines == recorded


@pytest.mark.parametrize("expected", [0, 2, 4])
def test_no_report_is_built_when_there_are_more_or_fewer_rows_than_asked_for(
    world: World, upload: Any, expected: int
) -> None:
    world.process_errors()

    world.request_report(upload, error_records=expected)

    assert world.callbacks.failed == [("report-token", "ErrorRowsPending")]
    with pytest.raises(world.s3.exceptions.NoSuchKey):
        world.report(upload)


def test_report_has_rows_of_its_upload_alone_when_there_are_others(world: World, upload: Any) -> None:
    other = world.stage([product(9, price="free")], "uploads/VEND002/products.csv")
    world.validate(world.staged(other))
    world.process_errors()

    world.request_report(upload, error_records=3)
    world.request_report(other, error_records=1)

    assert [line["Row Number"] for line in world.report(upload)] == ["2", "3", "4", "4"]
    assert [line["Vendor Product ID"] for line in world.report(other)] == ["PROD0009"]


def test_report_is_in_order_when_rows_are_many(world: World) -> None:
    """More than one page of a query, and row numbers whose order as text would be another."""
    many = world.stage(
        [product(n, price="free", description="x" * 2_000, image_url="y" * 2_000) for n in range(1, 301)]
    )
    world.validate(world.staged(many))
    world.process_errors()

    world.request_report(many, error_records=300)

    assert [int(line["Row Number"]) for line in world.report(many)] == list(range(1, 301))


def test_report_stays_the_same_when_messages_come_twice(world: World, upload: Any) -> None:
    bodies = world.queued()
    world.process_errors(sqs_event(bodies))
    world.request_report(upload, error_records=3)
    first = world.report(upload)

    world.process_errors(sqs_event(bodies))
    world.request_report(upload, error_records=3)

    assert world.report(upload) == first
    assert len(world.callbacks.succeeded) == 2


@pytest.mark.parametrize("code", ["TaskDoesNotExist", "TaskTimedOut", "InvalidToken"])
@pytest.mark.parametrize("expected", [3, 4], ids=["report", "pending"])
def test_request_is_done_with_when_the_execution_waits_no_longer(
    world: World, upload: Any, code: str, expected: int
) -> None:
    world.process_errors()
    world.callbacks.error = code

    assert world.request_report(upload, error_records=expected) == _failed()


def test_request_comes_again_when_the_execution_cannot_be_answered(world: World, upload: Any) -> None:
    world.process_errors()
    world.callbacks.error = "ThrottlingException"

    with pytest.raises(BatchProcessingError):
        world.request_report(upload, error_records=3)

    world.callbacks.error = None
    world.request_report(upload, error_records=3)
    assert len(world.callbacks.succeeded) == 1


def test_message_fails_alone_when_it_is_of_an_unknown_kind(world: World, upload: Any) -> None:
    unknown = sample("sqs_unknown_kind")["Records"][0]["body"]
    bodies = world.queued()

    answer = world.process_errors(sqs_event([unknown, *bodies, "not json", "[]"]))

    count = len(bodies)
    assert answer == _failed(0, count + 1, count + 2)
    assert set(world.statuses(upload).values()) == {"validated", "error"}


def test_message_comes_again_when_dynamodb_does_not_answer(
    world: World, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = sqs_event(world.queued())

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, "BatchWriteItem")

    with monkeypatch.context() as patched:
        patched.setattr(world.functions.error_processor.staging._client, "batch_write_item", refuse)
        with pytest.raises(BatchProcessingError):
            world.process_errors(event)

    assert world.process_errors(event) == _failed()
    assert list(world.statuses(upload).values()).count("error") == 3


def test_request_comes_again_when_the_report_cannot_be_stored(world: World, upload: Any) -> None:
    world.process_errors()
    for version in world.s3.list_object_versions(Bucket=BUCKET)["Versions"]:
        world.s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    world.s3.delete_bucket(Bucket=BUCKET)

    with pytest.raises(BatchProcessingError):
        world.request_report(upload, error_records=3)

    assert world.callbacks.succeeded == []
    assert world.callbacks.failed == []


##### The corrections file


def test_corrections_file_has_the_rows_as_sent_when_the_report_is_built(world: World, upload: Any) -> None:
    world.process_errors()

    world.request_report(upload, error_records=3)

    lines = world.corrections(upload)
    assert list(lines[0]) == [*ROWS[0], "_errors"]
    sent = [{**row, "price": row["price"].replace("=", "'=")} for row in ROWS[1:]]
    assert [{name: cell for name, cell in line.items() if name != "_errors"} for line in lines] == sent
    assert [line["_errors"].partition(":")[0] for line in lines] == [
        "INVALID_PRICE",
        "DUPLICATE_SKU",
        "INVALID_CATEGORY",
    ]
    assert " | MISSING_REQUIRED_FIELD: " in lines[2]["_errors"]


def test_upload_is_completed_when_its_corrections_file_is_fixed_and_comes_back(world: World, upload: Any) -> None:
    world.process_errors()
    world.request_report(upload, error_records=3)
    lines = [
        {**line, "sku": f"FIXED-{n}", "price": "1", "category": "Audio"}
        for n, line in enumerate(world.corrections(upload))
    ]

    fixed = world.stage(lines, "uploads/VEND001/fixed.csv")
    world.validate(world.staged(fixed))

    assert world.completion(fixed)["error_records"] == 0
    assert world.completion(fixed)["valid_records"] == 3


def test_corrections_file_is_read_by_the_rules_of_updates_when_the_file_is_one(world: World) -> None:
    rows = [{"sku": "SKU-9999", "price": "1", "status": "active"}]  # not the columns that an import must have
    changes = world.stage(rows, "updates/VEND001/changes.csv")
    world.validate(world.staged(changes))
    world.process_errors()

    world.request_report(changes, error_records=1)

    (line,) = world.corrections(changes)
    assert (line["sku"], line["_errors"].partition(":")[0]) == ("SKU-9999", "UNKNOWN_PRODUCT")


def test_report_is_answered_alone_when_the_corrections_file_cannot_be_built(
    world: World, upload: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    world.process_errors()
    world.s3.delete_object(Bucket=BUCKET, Key=upload.s3_key, VersionId=upload.object_version)

    assert world.request_report(upload, error_records=3) == _failed()

    ((_, answer),) = world.callbacks.succeeded
    assert (answer["error_rows"], answer["corrections_file_s3_key"]) == (3, None)
    assert len(world.report(upload)) == 4
    with pytest.raises(world.s3.exceptions.NoSuchKey):
        world.corrections(upload)
    assert '"CorrectionsNotBuilt":[1.0]' in capsys.readouterr().out


def test_report_is_answered_alone_when_the_file_would_be_refused_now(
    world: World, upload: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from onboarding.intake.refusal import FileRefused
    from onboarding.reporting import answering

    def refuse(*_: object) -> None:
        raise FileRefused(RefusalCode.DUPLICATE_COLUMNS, "The columns Marca and Merk mean the same.")

    world.process_errors()
    monkeypatch.setattr(answering, "read_products", refuse)

    world.request_report(upload, error_records=3)

    ((_, answer),) = world.callbacks.succeeded
    assert (answer["error_rows"], answer["corrections_file_s3_key"]) == (3, None)
    assert len(world.report(upload)) == 4
    assert '"CorrectionsNotBuilt":[1.0]' in capsys.readouterr().out


def test_report_is_built_alone_when_no_corrections_file_is_asked_for(
    world: World, upload: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    world.process_errors()

    world.request_report(upload, error_records=3, with_corrections=False)

    ((_, answer),) = world.callbacks.succeeded
    assert answer["corrections_file_s3_key"] is None
    assert len(world.report(upload)) == 4
    with pytest.raises(world.s3.exceptions.NoSuchKey):
        world.corrections(upload)
    assert "CorrectionsNotBuilt" not in capsys.readouterr().out
