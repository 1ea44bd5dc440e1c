"""Parts that die, lose messages or are taken away: the upload ends all the same, and says truly how."""

import json
import time

import requests

from onboarding.explaining.causes import Cause
from samples.generate import generate_upload
from tests.e2e.explaining import diagnosed
from tests.e2e.faults import (
    State,
    database_killed,
    failed_messages_return_at_once,
    mapping_changed,
    permission_removed,
    product_breaks_the_database,
    s3_events_withheld,
    states_changed,
    variable_removed,
)
from tests.e2e.files import csv_file, product
from tests.e2e.invariants import check_settled, messages_in
from tests.e2e.listening import heard
from tests.e2e.logs import logged, structured
from tests.e2e.pipeline import Pipeline, Upload, delivery
from tests.e2e.redelivery import everything_about
from tests.e2e.runbook import follow, run
from tests.e2e.waiting import wait_for

AWAIT_SHORTLY: dict[str, State] = {"Await Validation": {"TimeoutSeconds": 3}}
ASK_FOR_REPORT_SHORTLY: dict[str, State] = {
    "Build Error Report": {
        "TimeoutSeconds": 30,
        "Retry": [{"ErrorEquals": ["ErrorRowsPending"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 1}],
    }
}
NO_RETRY: State = {"Retry": []}


def told(pipeline: Pipeline, upload: Upload) -> str:
    """Return the one e-mail that the vendor got."""
    (email,) = pipeline.mailbox.about(upload.upload_id, pipeline.topic_of(upload.vendor_id))
    return email.body


def trouble(upload: Upload) -> str:
    """Return what the execution tells operators about what went wrong."""
    return upload.execution.cause or str(upload.execution.output["trouble"])


def test_upload_is_recovered_when_the_parser_died_after_starting_the_execution(pipeline: Pipeline, vendor: str) -> None:
    file = generate_upload(rows=700, error_rate=0.1, seed=31, vendor_id=vendor)
    with s3_events_withheld(pipeline):
        sent = pipeline.send(vendor, "products.csv", file.body)
        assert diagnosed(pipeline, sent.stored.key).cause is Cause.NOT_ANNOUNCED

    with states_changed(pipeline, AWAIT_SHORTLY):
        upload = pipeline.end_of(sent, upload_id=pipeline.start_by_hand(sent))

    check_settled(pipeline, upload, file.expected_errors, ended_in="Stalled Upload Recovered")
    assert "Await Validation: States.Timeout" in trouble(upload)
    assert diagnosed(pipeline, upload.upload_id).cause is Cause.PARSER_SILENT
    before = everything_about(pipeline, upload.upload_id, vendor)
    pipeline.invoke("csv-parser", delivery(sent))  # Lambda repeats the event of a function that died
    assert everything_about(pipeline, upload.upload_id, vendor) == before


def test_upload_ends_when_the_parser_dies_three_times_before_it_can_start_the_execution(
    pipeline: Pipeline, vendor: str
) -> None:
    file = generate_upload(rows=60, error_rate=0.2, seed=34, vendor_id=vendor)
    door = pipeline.environment.output("UploadEventQueueUrl")
    kept = pipeline.environment.output("UndeliveredUploadQueueUrl")

    with states_changed(pipeline, AWAIT_SHORTLY):
        with (
            variable_removed(pipeline, "csv-parser", "STAGING_SHARDS"),
            failed_messages_return_at_once(pipeline, "UploadEventQueueUrl"),
        ):
            sent = pipeline.send(vendor, "products.csv", file.body)
            wait_for("the event is given up", lambda: messages_in(pipeline, kept) == 1)
        upload = pipeline.end_of(sent)

    check_settled(pipeline, upload, file.expected_errors, ended_in="Stalled Upload Recovered")
    before = everything_about(pipeline, upload.upload_id, vendor)
    diagnosis = diagnosed(pipeline, upload.upload_id)
    assert (diagnosis.cause, diagnosis.command) == (Cause.PARSER_FAILED, "make redrive WHAT=events STAGE=local")
    assert diagnosis.sentence in follow(pipeline, "function-errors", UPLOAD=upload.upload_id)
    assert follow(pipeline, "undelivered-uploads").endswith("1 events are back in the upload event queue.\n")
    wait_for("the event is taken", lambda: messages_in(pipeline, door) == 0)
    assert everything_about(pipeline, upload.upload_id, vendor) == before


def test_rows_keep_their_outcome_when_the_wait_is_over_before_the_parser_has_staged_them(
    pipeline: Pipeline, vendor: str
) -> None:
    file = generate_upload(rows=5_000, error_rate=0.3, seed=35, vendor_id=vendor)

    with states_changed(pipeline, {"Await Validation": {"TimeoutSeconds": 1}}):
        upload = pipeline.upload(vendor, "products.csv", file.body, seconds=150)

    check_settled(pipeline, upload, file.expected_errors, ended_in="Stalled Upload Recovered")
    assert diagnosed(pipeline, upload.upload_id).cause is Cause.ROWS_OVERDUE


def test_message_goes_out_twice_at_most_when_its_answer_is_lost(pipeline: Pipeline, vendor: str) -> None:
    sqs = pipeline.client("sqs")
    out = sqs.create_queue(QueueName="messages-without-answer")["QueueUrl"]
    taken_without_an_answer: State = {
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": out, "MessageBody": "{% $states.context.Task.Token %}"},
        "TimeoutSeconds": 2,
    }

    with states_changed(pipeline, {"Notify Vendor": taken_without_an_answer}):
        upload = pipeline.upload(vendor, "products.csv", csv_file([product(f"{vendor}-1")]))

    assert messages_in(pipeline, out) == 2
    check_settled(pipeline, upload, {}, ended_in="Vendor Not Notified", emails=0)
    assert diagnosed(pipeline, upload.upload_id).cause is Cause.EMAIL_UNANSWERED


def test_outcome_stands_and_the_event_is_kept_when_the_bus_refuses_it(
    pipeline: Pipeline, vendor: str, listener: str
) -> None:
    entry = {"Source": "product-onboarding", "DetailType": "Too Many", "Detail": "{}"}
    more_than_a_request_takes: State = {**NO_RETRY, "Arguments": {"Entries": [entry] * 11}}

    with states_changed(pipeline, {"Announce End": more_than_a_request_takes}):
        upload = pipeline.upload(vendor, "products.csv", csv_file([product(f"{vendor}-1")]))

    check_settled(pipeline, upload, {})
    assert upload.execution.status == "SUCCEEDED"
    assert diagnosed(pipeline, upload.upload_id).cause is Cause.END_NOT_ANNOUNCED
    assert follow(pipeline, "unannounced-end").endswith("1 events are on the bus.\n")
    assert messages_in(pipeline, pipeline.environment.output("UnannouncedEndQueueUrl")) == 0
    (event,) = heard(pipeline, listener, upload.upload_id)
    assert event["detail"] == {
        "version": "1",
        "upload_id": upload.upload_id,
        "vendor_id": vendor,
        "file_name": "products.csv",
        "mode": "import",
        "preview": False,
        "status": "completed",
        "total_records": 1,
        "valid_records": 1,
        "error_records": 0,
        "failure_code": None,
    }


def test_refused_file_is_refused_when_the_parser_died_before_saying_so(pipeline: Pipeline, vendor: str) -> None:
    with s3_events_withheld(pipeline):
        sent = pipeline.send(vendor, "products.csv", b"no,product,list\r\n")

    with states_changed(pipeline, AWAIT_SHORTLY):
        upload = pipeline.end_of(sent, upload_id=pipeline.start_by_hand(sent))

    assert upload.execution.output_of("Record Outcome")["failure_reason"].startswith("MISSING_COLUMNS: ")
    assert "Reason: MISSING_COLUMNS\n" in told(pipeline, upload)
    assert "Await Validation: States.Timeout" in trouble(upload)
    diagnosis = diagnosed(pipeline, upload.upload_id)
    assert (diagnosis.cause, diagnosis.is_fine) == (Cause.PARSER_SILENT, True)
    assert "MISSING_COLUMNS" in diagnosis.sentence


def test_report_is_complete_when_its_error_rows_were_lost(pipeline: Pipeline, vendor: str) -> None:
    file = generate_upload(rows=300, error_rate=0.5, seed=32, vendor_id=vendor)

    with states_changed(pipeline, ASK_FOR_REPORT_SHORTLY):
        with mapping_changed(pipeline, "error-processor", Enabled=False):
            sent = pipeline.send(vendor, "products.csv", file.body)
            assert lose_error_rows(pipeline) >= 1
            assert diagnosed(pipeline, sent.stored.key).cause is Cause.FEED_STOPPED
        upload = pipeline.end_of(sent)

    assert "Restore Error Rows" in upload.execution.states
    check_settled(pipeline, upload, file.expected_errors, ended_in="Stalled Upload Recovered")
    assert "Build Error Report: ErrorRowsPending 0 of 150 error rows have arrived" in trouble(upload)
    assert diagnosed(pipeline, upload.upload_id).cause is Cause.ERROR_ROWS_LOST


def lose_error_rows(pipeline: Pipeline) -> int:
    """Wait for the report request in the error queue, delete all error rows before it, and return how many messages."""
    sqs, queue = pipeline.client("sqs"), pipeline.environment.output("ErrorQueueUrl")
    lost = 0

    def look() -> bool:
        nonlocal lost
        requested = False
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        for message in answer.get("Messages", []):
            if json.loads(message["Body"])["kind"] == "report_request":
                requested = True
            else:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                lost += 1
        return requested

    wait_for("the report is asked for", look)
    return lost


def test_upload_adds_up_when_the_database_is_killed_in_the_middle(pipeline: Pipeline, vendor: str) -> None:
    file = generate_upload(rows=3000, error_rate=0.05, seed=33, vendor_id=vendor)
    sent = pipeline.send(vendor, "products.csv", file.body)
    upload_id = pipeline.upload_id_of(sent)

    def settled() -> int:
        (row,) = pipeline.query(
            "SELECT valid_records + error_records AS rows FROM upload_history WHERE upload_id = %s", upload_id
        )
        return int(row["rows"])

    at_the_kill = wait_for("some rows are settled", settled)
    with database_killed(pipeline):
        diagnosis = diagnosed(pipeline, upload_id)  # waits for the database, too, for 15 s

    assert diagnosis.cause is Cause.DATABASE_DOWN
    assert 0 < at_the_kill < 3000
    upload = pipeline.end_of(sent, upload_id=upload_id, seconds=120)
    check_settled(pipeline, upload, file.expected_errors)
    assert diagnosed(pipeline, upload.upload_id).cause is Cause.ENDED


def test_row_ends_as_processing_error_when_nothing_can_process_it(pipeline: Pipeline, vendor: str) -> None:
    started = time.time()
    name = "between you and me"
    products = [product(f"{vendor}-{number}", product_name=name) for number in range(1, 41)]
    content = csv_file([*products, product(f"{vendor}-41", price="0")])

    with (
        product_breaks_the_database(pipeline, f"{vendor}-17"),
        states_changed(pipeline, AWAIT_SHORTLY),
    ):
        upload = pipeline.upload(vendor, "products.csv", content)

    errors = {17: ("PROCESSING_ERROR",), 41: ("INVALID_PRICE",)}
    check_settled(pipeline, upload, errors, ended_in="Stalled Upload Closed")
    assert "1 of the invalid products could not be checked because of a problem on our side" in told(pipeline, upload)
    diagnosis = diagnosed(pipeline, upload.upload_id)
    assert diagnosis.cause is Cause.ROWS_BREAK_THE_CODE
    assert "row 17" in diagnosis.sentence
    assert "broken_on_purpose" in diagnosis.sentence
    lines = logged(pipeline, started)
    assert [line for function in lines for line in lines[function] if name in line] == []
    for function in ("product-validator", "reconciler"):
        failures = [document for document in structured(lines[function]) if document["level"] != "INFO"]
        invocations = [line for line in lines[function] if line.startswith("START ")]
        assert 0 < len(failures) <= len(invocations), "a failure is logged once, not for each row"
        assert {document.get("upload_id") for document in failures} == {upload.upload_id}


def test_vendor_is_asked_to_try_again_when_the_upload_cannot_be_finished(pipeline: Pipeline, vendor: str) -> None:
    with s3_events_withheld(pipeline):
        sent = pipeline.send(vendor, "products.csv", csv_file([product(f"{vendor}-1")]))

    with (
        permission_removed(pipeline, "reconciler", "s3:GetObjectVersion"),
        states_changed(pipeline, AWAIT_SHORTLY | {"Recover Stalled Upload": NO_RETRY}),
    ):
        upload = pipeline.end_of(sent, upload_id=pipeline.start_by_hand(sent))

    assert upload.execution.ended_in == "Stalled Upload Abandoned"
    (history,) = pipeline.query("SELECT * FROM upload_history WHERE upload_id = %s", upload.upload_id)
    assert history["status"] == "failed"
    assert history["failure_reason"].startswith("PROCESSING_ERROR: ")
    assert "nothing is wrong with your file" in told(pipeline, upload)
    assert "AccessDenied" in trouble(upload)
    diagnosis = diagnosed(pipeline, upload.upload_id)
    assert diagnosis.cause is Cause.RECOVERY_FAILED
    assert "s3:GetObjectVersion" in diagnosis.sentence
    address, _, section = str(upload.execution.cause).partition(" | Rows: not counted | Runbook: ")[2].partition("#")
    assert f'id="{section}"' in requests.get(address, timeout=30).text
    follow(pipeline, "stalled-upload-abandoned", KEY=sent.stored.key)
    again = pipeline.end_of(sent, upload_id=later_upload(pipeline, upload))
    assert again.execution.ended_in == "Upload Completed"


def later_upload(pipeline: Pipeline, earlier: Upload) -> str:
    """Return the upload that the same file has become later."""

    def look() -> str | None:
        rows = pipeline.query(
            "SELECT upload_id FROM upload_history WHERE s3_key = %s AND upload_id <> %s",
            earlier.sent.stored.key,
            earlier.upload_id,
        )
        return rows[0]["upload_id"] if rows else None

    return wait_for("the file is taken in again", look)


def test_execution_fails_when_the_vendor_cannot_be_told(pipeline: Pipeline, vendor: str) -> None:
    content = csv_file([product(f"{vendor}-1"), product(f"{vendor}-2", price="0")])
    pipeline.client("sns").delete_topic(TopicArn=pipeline.topic_of(vendor))

    with states_changed(pipeline, {"Notify Vendor": NO_RETRY}):
        upload = pipeline.upload(vendor, "products.csv", content)

    check_settled(pipeline, upload, {2: ("INVALID_PRICE",)}, ended_in="Vendor Not Notified", emails=0)
    diagnosis = diagnosed(pipeline, upload.upload_id)
    assert diagnosis.cause is Cause.EMAIL_REFUSED
    assert "Topic does not exist" in diagnosis.sentence
    assert " | Rows: 1 of 2 valid | Runbook: " in str(upload.execution.cause)
    address = f"{vendor.lower()}@vendor.example"
    follow(pipeline, "vendor-not-notified", VENDOR=vendor, NAME="Vendor", EMAIL=address, UPLOAD=upload.upload_id)
    assert pipeline.redriven(upload).execution.ended_in == "Upload Partially Completed"
    assert f"Upload ID: {upload.upload_id}\n" in told(pipeline, upload)


def test_execution_fails_when_the_report_may_not_be_written(pipeline: Pipeline, vendor: str) -> None:
    content = csv_file([product(f"{vendor}-1"), product(f"{vendor}-2", price="0")])
    once_shortly: dict[str, State] = {"Build Error Report": {"TimeoutSeconds": 3, "Retry": []}}

    errors = {2: ("INVALID_PRICE",)}
    with (
        permission_removed(pipeline, "error-processor", "s3:PutObject"),
        states_changed(pipeline, once_shortly),
        failed_messages_return_at_once(pipeline),
    ):
        upload = pipeline.upload(vendor, "products.csv", content)
        wait_for("both requests for the report died", lambda: dead_kinds(pipeline).count("report_request") == 2)
        check_settled(pipeline, upload, errors, ended_in="Error Report Missing", has_report=False)

    assert "The error report could not be made because of a problem on our side." in told(pipeline, upload)
    diagnosis = diagnosed(pipeline, upload.upload_id)
    assert diagnosis.cause is Cause.REPORT_FAILED
    assert "s3:PutObject" in diagnosis.sentence
    assert "of its messages are dead letters" in diagnosis.sentence
    follow(pipeline, "error-report-missing", UPLOAD=upload.upload_id)
    assert pipeline.redriven(upload).execution.ended_in == "Upload Partially Completed"
    assert reported(pipeline, upload)


def reported(pipeline: Pipeline, upload: Upload) -> bool:
    """Return whether the audit trail names both files about the upload's errors."""
    (history,) = pipeline.query(
        "SELECT error_file_s3_key, corrections_file_s3_key FROM upload_history WHERE upload_id = %s", upload.upload_id
    )
    return None not in history.values()


def test_message_becomes_a_dead_letter_when_it_cannot_be_processed(pipeline: Pipeline, vendor: str) -> None:
    poison = {"kind": "nonsense", "vendor_id": vendor}

    with failed_messages_return_at_once(pipeline):
        pipeline.client("sqs").send_message(
            QueueUrl=pipeline.environment.output("ErrorQueueUrl"), MessageBody=json.dumps(poison)
        )
        upload = pipeline.upload(vendor, "products.csv", csv_file([product(f"{vendor}-1", price="0")]))
        wait_for("it is a dead letter", lambda: "nonsense" in dead_kinds(pipeline))

    diagnosis = diagnosed(pipeline, upload.upload_id)
    assert diagnosis.cause is Cause.DEAD_LETTER
    assert "kind nonsense" in diagnosis.sentence
    assert diagnosis.command is not None
    run(pipeline, diagnosis.command)
    assert messages_in(pipeline, pipeline.environment.output("ErrorDeadLetterQueueUrl")) == 0
    check_settled(pipeline, upload, {1: ("INVALID_PRICE",)})


def dead_kinds(pipeline: Pipeline) -> list[str]:
    """Return the kinds of the messages in the error dead-letter queue, and leave them visible."""
    sqs, queue = pipeline.client("sqs"), pipeline.environment.output("ErrorDeadLetterQueueUrl")
    answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [json.loads(message["Body"])["kind"] for message in answer.get("Messages", [])]
