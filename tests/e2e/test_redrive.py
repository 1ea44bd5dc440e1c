"""The operators' commands of docs/runbook.md, each on a failure of its kind."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from onboarding.stores.error_queue import send_error_rows
from onboarding.stores.staging import row_of
from tests.e2e.faults import states_changed
from tests.e2e.files import csv_file, product
from tests.e2e.invariants import check_settled, messages_in
from tests.e2e.pipeline import EVENT_TIME, Pipeline, Upload, contracted_upload_id, s3_event
from tests.e2e.runbook import follow
from tests.e2e.staging import staged_items
from tests.e2e.waiting import wait_for


def test_redrive_errors_restores_the_row_when_its_message_is_a_dead_letter(pipeline: Pipeline, vendor: str) -> None:
    upload = upload_good_and_bad(pipeline, vendor)
    (bad,) = [item for item in staged_items(pipeline, upload.upload_id) if "errors" in item]
    delete_item(pipeline, bad)
    dead = pipeline.environment.output("ErrorDeadLetterQueueUrl")
    send_error_rows(pipeline.client("sqs"), dead, [row_of(bad)])

    said = follow(pipeline, "error-dead-letter-queue")

    assert said.endswith("1 messages are back in the error queue.\n")
    wait_for("the row is marked again", lambda: bad in staged_items(pipeline, upload.upload_id))
    assert messages_in(pipeline, dead) == 0
    check_settled(pipeline, upload, {2: ["INVALID_PRICE"]})


def test_redrive_events_processes_the_upload_when_its_event_was_given_up(pipeline: Pipeline, vendor: str) -> None:
    upload = upload_good_and_bad(pipeline, vendor)
    pipeline.client("sqs").send_message(
        QueueUrl=pipeline.environment.output("UndeliveredUploadQueueUrl"), MessageBody=json.dumps(s3_event(upload.sent))
    )

    said = redrive(pipeline, "events")

    assert said == "1 events are back in the upload event queue.\n"
    again = pipeline.end_of(upload.sent, upload_id=contracted_upload_id(upload.sent, EVENT_TIME))
    assert again.execution.ended_in == "Upload Failed"  # an upload of its own; its good row is in the catalogue already


def test_redrive_stream_settles_the_rows_when_their_batch_was_given_up(pipeline: Pipeline, vendor: str) -> None:
    upload = upload_good_and_bad(pipeline, vendor)
    pipeline.query("DELETE FROM products WHERE upload_id = %s", upload.upload_id)
    s3, bucket = pipeline.client("s3"), pipeline.environment.output("StreamFailureBucketName")
    s3.put_object(Bucket=bucket, Key="aws/lambda/mapping/shard/2026/03/14/batch", Body=failure_record(pipeline, upload))
    pipeline.query(
        "UPDATE upload_history SET status = 'processing', completed_at = NULL, valid_records = 0,"
        " settled_rows = '{[2,2]}' WHERE upload_id = %s",
        upload.upload_id,
    )

    said = redrive(pipeline, "stream")

    assert said == "1 failed stream batches were validated again.\n"
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    counts = pipeline.query(
        "SELECT valid_records, error_records FROM upload_history WHERE upload_id = %s", upload.upload_id
    )
    assert counts == [{"valid_records": 1, "error_records": 1}]
    redrive(
        pipeline, "upload", upload.upload_id
    )  # closes it again; its vendor hears of it twice, as operators were told
    wait_for("it is closed", lambda: status_of(pipeline, upload) == "partial")
    check_settled(pipeline, upload, {2: ["INVALID_PRICE"]}, emails=2)


def test_redrive_upload_sends_the_email_when_the_vendor_was_not_notified(pipeline: Pipeline, vendor: str) -> None:
    sns, topic = pipeline.client("sns"), pipeline.topic_of(vendor)
    sns.delete_topic(TopicArn=topic)
    with states_changed(pipeline, {"Notify Vendor": {"Retry": []}}):  # they would take a minute
        upload = upload_good_and_bad(pipeline, vendor)
    assert upload.execution.ended_in == "Vendor Not Notified"
    pipeline.invoke("vendor-registrar", {"vendor_id": vendor, "vendor_name": "Again", "email": "a@vendor.example"})

    said = follow(pipeline, "failed-executions", UPLOAD=upload.upload_id)

    assert "Diagnosis: e-mail not handed over\n" in said
    assert f"Started {upload.execution.arn}_redrive_1\n" in said
    wait_for("the vendor has the e-mail", lambda: pipeline.mailbox.about(upload.upload_id, topic))
    check_settled(pipeline, upload, {2: ["INVALID_PRICE"]}, ended_in="Vendor Not Notified")


def upload_good_and_bad(pipeline: Pipeline, vendor: str) -> Upload:
    """Upload a file of one good row and one with a bad price."""
    rows = [product(f"{vendor}-REDRIVE-1"), product(f"{vendor}-REDRIVE-2", price="-1")]
    return pipeline.upload(vendor, "redrive.csv", csv_file(rows))


def redrive(pipeline: Pipeline, what: str, upload_id: str = "") -> str:
    """Run the command as `make redrive` does and return what it says."""
    command = [sys.executable, "-m", "operations", "redrive", what, "--stage", "local", "--upload-id", upload_id]
    environment = {**os.environ, **pipeline.environment.variables()}
    return subprocess.run(
        command,
        env=environment,
        cwd=pipeline.settings.project,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    ).stdout


def status_of(pipeline: Pipeline, upload: Upload) -> str:
    (row,) = pipeline.query("SELECT status FROM upload_history WHERE upload_id = %s", upload.upload_id)
    return str(row["status"])


def delete_item(pipeline: Pipeline, item: Mapping[str, Any]) -> None:
    key = {name: item[name] for name in ("upload_id", "record_id")}
    pipeline.client("dynamodb").delete_item(TableName=pipeline.environment.output("StagingTableName"), Key=key)


def failure_record(pipeline: Pipeline, upload: Upload) -> bytes:
    """Return what an event source mapping keeps of a batch that failed for good: the whole batch is its payload."""
    records = [
        {
            "eventID": str(number),
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": {"upload_id": item["upload_id"], "record_id": item["record_id"]},
                "NewImage": item,
                "SequenceNumber": str(number),
                "StreamViewType": "NEW_IMAGE",
            },
        }
        for number, item in enumerate(staged_items(pipeline, upload.upload_id))
        if item["record_id"]["S"].isdigit()
    ]
    record = {"requestContext": {"condition": "RetryAttemptsExhausted"}, "payload": json.dumps({"Records": records})}
    return json.dumps(record).encode()
