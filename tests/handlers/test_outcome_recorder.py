"""Outcome Recorder: the execution knows how its upload ended."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2
import pytest
from botocore.exceptions import ClientError
from moto.backends import get_backend

from tests.handlers.world import API_URL, CONTEXT, VENDOR_TOPIC_ARN, World, csv_of, product, sample
from tests.metrics import metric_lines

# A function that fails, or has seen its rows before, has nothing to count.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

GOOD, BAD = product(1), product(2, price="free")


def _ended(world: World, *rows: dict[str, str]) -> tuple[Any, dict[str, Any]]:
    """Return an upload whose rows are settled, and what its execution hands to the recorder."""
    upload = world.stage(rows)
    world.validate(world.staged(upload))
    completion = world.completion(upload)
    key = f"errors/VEND001/{upload.upload_id}_errors.csv" if completion["error_records"] else None
    return upload, {
        "upload": upload.as_execution_input(),
        "completion": completion,
        "error_file_s3_key": key,
    }


def _record(world: World, event: dict[str, Any]) -> dict[str, Any]:
    return world.functions.outcome_recorder.handler(event, CONTEXT)


def _history(world: World, upload_id: str) -> dict[str, Any]:
    columns = ("status", "total_records", "valid_records", "error_records", "failure_reason", "error_file_s3_key")
    (row,) = world.database.execute(
        f"SELECT {', '.join(columns)}, completed_at IS NOT NULL FROM upload_history WHERE upload_id = %s", upload_id
    )
    return dict(zip((*columns, "is_closed"), row, strict=True))


def _metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [line for line in capsys.readouterr().out.splitlines() if '"UploadDuration"' in line]
    return [json.loads(line) for line in lines]


def test_upload_is_completed_when_all_rows_are_valid(world: World) -> None:
    upload, event = _ended(world, GOOD)

    outcome = _record(world, event)

    assert _history(world, upload.upload_id) == {
        "status": "completed",
        "total_records": 1,
        "valid_records": 1,
        "error_records": 0,
        "failure_reason": None,
        "error_file_s3_key": None,
        "is_closed": True,
    }
    assert outcome["status"] == "completed"
    assert outcome["topic_arn"] == VENDOR_TOPIC_ARN
    assert outcome["subject"] == "Product Upload Complete - products.csv (100% Success)"
    assert "There is nothing left to do." in outcome["message"]
    assert outcome["unprocessed_records"] == 0
    assert json.loads(json.dumps(outcome)) == outcome


def test_upload_is_partial_when_some_rows_are_invalid(world: World) -> None:
    upload, event = _ended(world, GOOD, BAD, product(3))

    outcome = _record(world, event)

    key = f"errors/VEND001/{upload.upload_id}_errors.csv"
    assert _history(world, upload.upload_id) == {
        "status": "partial",
        "total_records": 3,
        "valid_records": 2,
        "error_records": 1,
        "failure_reason": None,
        "error_file_s3_key": key,
        "is_closed": True,
    }
    assert outcome["error_file_s3_key"] == key
    assert outcome["subject"] == "Product Upload Complete - products.csv (66.7% Success)"
    assert "Valid Products: 2 (66.7%)\nInvalid Products: 1 (33.3%)\n\nStatus: PARTIAL" in outcome["message"]


def test_link_leads_to_the_report_of_this_upload_when_some_rows_are_invalid(world: World) -> None:
    upload, event = _ended(world, GOOD, BAD)

    message = _record(world, event)["message"]

    link = re.search(rf"^Download Error Report: {re.escape(API_URL)}/reports/(\S+)$", message, re.MULTILINE)
    assert link
    assert world.functions.report_link.links.read(link[1]) == ("VEND001", upload.upload_id, "errors")
    expires = world.database.execute("SELECT to_char(completed_at + '7 days', 'DD FMMonth YYYY') FROM upload_history")
    assert f"on {expires[0][0]} at" in message


def test_corrections_file_is_recorded_and_linked_when_there_is_one(world: World) -> None:
    upload, event = _ended(world, GOOD, BAD)
    key = f"errors/VEND001/{upload.upload_id}_corrections.csv"

    outcome = _record(world, {**event, "corrections_file_s3_key": key})

    assert outcome["corrections_file_s3_key"] == key
    assert world.database.execute("SELECT corrections_file_s3_key FROM upload_history") == [(key,)]
    prefix = re.escape(f"{API_URL}/reports/")
    link = re.search(rf"^Download Corrections File: {prefix}(\S+)$", outcome["message"], re.MULTILINE)
    assert link
    assert world.functions.report_link.links.read(link[1]) == ("VEND001", upload.upload_id, "corrections")


def test_email_has_no_link_to_corrections_when_an_older_execution_names_none(world: World) -> None:
    _, event = _ended(world, GOOD, BAD)

    outcome = _record(world, event)

    assert outcome["corrections_file_s3_key"] is None
    assert "Corrections File" not in outcome["message"]


def test_outcome_says_how_the_file_was_read_when_it_is_not_the_default(world: World) -> None:
    text = csv_of([product(1)]).decode().replace(",category", ",Kategorie").replace(",", ";").replace("19.99", "19,99")
    parsed = world.put(text.encode())
    upload = world.upload_of(parsed)
    world.parse(parsed)
    world.validate(world.staged(upload))

    outcome = _record(
        world,
        {
            "upload": upload.as_execution_input(),
            "completion": world.completion(upload),
            "error_file_s3_key": None,
            "corrections_file_s3_key": None,
        },
    )

    assert outcome["message"].endswith(
        '\n\nRead as: semicolon-separated, decimal comma. Columns: "Kategorie" as category.\n'
    )
    assert (outcome["read_as"]["separator"], outcome["read_as"]["decimal_sign"]) == (";", ",")
    assert world.database.execute("SELECT read_as FROM upload_history") == [(outcome["read_as"],)]
    assert json.loads(json.dumps(outcome)) == outcome


def test_outcome_fits_into_a_message_when_the_header_is_enormous(world: World) -> None:
    header, line = csv_of([product(1)]).decode().split("\r\n")[:2]
    names = ",".join(f"\U0001f600 {n} " + "x" * 400 for n in range(9_000))
    parsed = world.put(f"{header},{names}\r\n{line}{',' * 9_000}\r\n".encode())
    upload = world.upload_of(parsed)
    world.parse(parsed)
    world.validate(world.staged(upload))

    outcome = _record(
        world,
        {"upload": upload.as_execution_input(), "completion": world.completion(upload), "error_file_s3_key": None},
    )

    assert outcome["status"] == "completed"
    assert len(json.dumps(outcome)) < 200_000  # Step Functions and SNS take 256 KiB


def test_upload_has_failed_when_no_row_is_valid(world: World) -> None:
    upload, event = _ended(world, BAD)

    outcome = _record(world, event)

    assert outcome["status"] == "failed"
    assert _history(world, upload.upload_id)["failure_reason"] is None
    assert outcome["subject"] == "Product Upload Complete - products.csv (0% Success)"
    assert "Download Error Report" in outcome["message"]


def test_email_has_no_link_when_the_report_could_not_be_built(world: World) -> None:
    _, event = _ended(world, GOOD, BAD)

    outcome = _record(world, {**event, "error_file_s3_key": None})

    assert outcome["error_file_s3_key"] is None
    assert "could not be made because of a problem on our side" in outcome["message"]


def test_reason_is_recorded_when_the_file_was_refused(world: World) -> None:
    parsed = world.put(b"")
    upload = world.upload_of(parsed)
    world.parse(parsed)

    outcome = _record(
        world,
        {
            "upload": upload.as_execution_input(),
            "completion": world.completion(upload),
            "error_file_s3_key": None,
        },
    )

    history = _history(world, upload.upload_id)
    assert history["status"] == outcome["status"] == "failed"
    assert history["failure_reason"] == "EMPTY_FILE: The file is empty. Add a header row and at least one product."
    assert history["total_records"] is None
    assert outcome["subject"] == "Product Upload Refused - products.csv (EMPTY_FILE)"
    assert outcome["topic_arn"] == VENDOR_TOPIC_ARN


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [("outcome_refused", "failed", "EMPTY_FILE: "), ("outcome_abandoned", "failed", "PROCESSING_ERROR: ")],
)
def test_upload_is_recorded_when_the_parser_never_wrote_it_down(
    world: World, name: str, status: str, reason: str
) -> None:
    event = sample(name)

    outcome = _record(world, event)

    history = _history(world, event["upload"]["upload_id"])
    assert (history["status"], history["is_closed"]) == (status, True)
    assert history["failure_reason"].startswith(reason)
    assert outcome["status"] == status


def test_outcome_is_not_recorded_when_the_ledger_does_not_add_up(world: World) -> None:
    upload = world.stage([GOOD, BAD])
    event = {**sample("outcome_validated"), "upload": upload.as_execution_input()}

    with pytest.raises(psycopg2.errors.CheckViolation):
        _record(world, event)

    assert world.database.status(upload.upload_id) == "processing"


def test_upload_is_closed_when_it_was_abandoned_half_way(world: World) -> None:
    upload = world.stage([GOOD, BAD, product(3)])
    world.validate(world.staged(upload)[:2])

    outcome = _record(
        world,
        {"upload": upload.as_execution_input(), "completion": {"outcome": "abandoned"}, "error_file_s3_key": None},
    )

    history = _history(world, upload.upload_id)
    assert (history["status"], history["valid_records"], history["error_records"]) == ("failed", 1, 1)
    assert history["failure_reason"].startswith("PROCESSING_ERROR: ")
    assert outcome["subject"] == "Product Upload Failed - products.csv (problem on our side)"
    assert "1 of its products was added to the catalogue." in outcome["message"]


def test_nobody_is_told_and_the_upload_is_counted_when_the_vendor_is_unknown(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    parsed = world.put(b"", "uploads/VEND999/products.csv")
    upload = world.upload_of(parsed)
    world.parse(parsed)

    outcome = _record(
        world,
        {
            "upload": upload.as_execution_input(),
            "completion": world.completion(upload),
            "error_file_s3_key": None,
        },
    )

    assert (outcome["topic_arn"], outcome["recipients"]) == (None, 0)
    assert outcome["failure_reason"].startswith("UNKNOWN_VENDOR: ")
    assert _reach(capsys) == {"UploadsOfUnknownVendors": [1.0]}


def test_upload_is_counted_when_the_vendor_has_no_topic(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.database.execute("UPDATE vendors SET notification_topic_arn = NULL")
    _, event = _ended(world, GOOD)

    outcome = _record(world, event)

    assert (outcome["topic_arn"], outcome["recipients"]) == (None, 0)
    assert _reach(capsys) == {"VendorsUnreachable": [1.0]}


def test_upload_is_counted_when_the_vendors_topic_is_gone(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.sns.delete_topic(TopicArn=VENDOR_TOPIC_ARN)
    _, event = _ended(world, GOOD)

    outcome = _record(world, event)

    assert (outcome["topic_arn"], outcome["recipients"]) == (VENDOR_TOPIC_ARN, 0)
    assert _reach(capsys) == {"VendorsUnreachable": [1.0]}


def test_upload_is_counted_when_no_address_is_confirmed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    _, event = _ended(world, GOOD)

    outcome = _record(world, event)

    assert (outcome["topic_arn"], outcome["recipients"]) == (VENDOR_TOPIC_ARN, 0)
    assert _reach(capsys) == {"VendorsUnreachable": [1.0]}


def test_upload_is_not_counted_when_an_address_is_confirmed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    # moto has the number but never counts.
    get_backend("sns")["123456789012"]["us-east-1"].topics[VENDOR_TOPIC_ARN].subscriptions_confimed = 1
    _, event = _ended(world, GOOD)

    outcome = _record(world, event)

    assert outcome["recipients"] == 1
    assert _reach(capsys) == {}


def test_end_of_the_upload_is_measured_when_sns_does_not_answer(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, event = _ended(world, GOOD)

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "Throttled"}}, "GetTopicAttributes")

    with monkeypatch.context() as patched:
        patched.setattr(world.functions.outcome_recorder.sns, "get_topic_attributes", refuse)
        with pytest.raises(ClientError, match="Throttled"):
            _record(world, event)

    (emitted,) = _metrics(capsys)
    assert emitted["UploadsCompleted"] == [1.0]
    assert _record(world, event)["status"] == "completed"


def _reach(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the metrics that count e-mails nobody reads."""
    documents = metric_lines(capsys.readouterr().out)
    names = ("UploadsOfUnknownVendors", "VendorsUnreachable")
    return {name: document[name] for document in documents for name in names if name in document}


def test_unprocessed_rows_are_counted_when_some_were_closed(world: World) -> None:
    upload = world.stage([GOOD, product(2), product(3)])
    rows = _staged_rows(world, upload)
    world.functions.reconciler.reconciliation.validation.give_up(rows[1:])
    world.validate(world.staged(upload))

    outcome = _record(
        world,
        {
            "upload": upload.as_execution_input(),
            "completion": world.completion(upload),
            "error_file_s3_key": "errors/VEND001/x.csv",
        },
    )

    assert (outcome["status"], outcome["unprocessed_records"]) == ("partial", 2)
    assert "2 of the invalid products could not be checked" in outcome["message"]


def _staged_rows(world: World, upload: Any) -> list[Any]:
    from onboarding.stores.staging import row_of

    return [row_of(item) for item in world.staged(upload)]


def test_outcome_and_text_are_the_same_when_the_execution_asks_twice(world: World) -> None:
    upload, event = _ended(world, GOOD, BAD)

    first = _record(world, event)
    before = _history(world, upload.upload_id)
    second = _record(world, event)

    assert _history(world, upload.upload_id) == before
    tokens = [re.findall(r"/reports/(\S+)", each["message"])[0] for each in (first, second)]
    # A token also says when it was made.
    assert first | {"message": first["message"].replace(tokens[0], "")} == second | {
        "message": second["message"].replace(tokens[1], "")
    }
    links = world.functions.report_link.links
    assert links.read(tokens[0]) == links.read(tokens[1]) == ("VEND001", upload.upload_id, "errors")


def test_upload_is_measured_once_when_the_execution_asks_twice(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    _, event = _ended(world, GOOD, BAD)

    _record(world, event)
    _record(world, event)

    (emitted,) = _metrics(capsys)
    assert emitted["UploadsPartiallyCompleted"] == [1.0]
    assert emitted["UploadDuration"][0] >= 0
    assert "vendor_id" not in json.dumps(emitted)


def test_status_is_written_once_when_two_record_at_once(world: World) -> None:
    upload, event = _ended(world, GOOD)
    recorders = [world.functions.outcome_recorder.recorder, world.functions.another("outcome_recorder").recorder]

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(lambda each: each.record(upload, event["completion"], None), recorders))

    assert sorted(outcome.is_first for outcome in outcomes) == [False, True]
    assert outcomes[0].email == outcomes[1].email
    assert outcomes[0].record == outcomes[1].record


def test_first_outcome_stays_when_a_later_one_differs(world: World) -> None:
    upload, event = _ended(world, GOOD)
    _record(world, event)

    outcome = _record(world, {**event, "completion": {"outcome": "abandoned"}})

    assert (outcome["status"], outcome["failure_reason"]) == ("completed", None)
    assert _history(world, upload.upload_id)["status"] == "completed"
