"""Uploads on the running stack, seen from outside: the object put, its audit trail, report and e-mail."""

import csv
import io
import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import psycopg2
from botocore.exceptions import ClientError

from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.settings import SERVICE, STAGE

_PARSER_LOG_GROUP = f"/aws/lambda/{SERVICE}-{STAGE}-csv-parser"
_PICKED_UP_WITHIN = 60  # seconds; the parser records an upload before anything else

FINAL_STATUSES = ("completed", "partial", "failed")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One version of one object in the bucket."""

    bucket: str
    key: str
    version: str


@dataclass(frozen=True, slots=True)
class Progress:
    """One reading of an upload's row in the audit trail."""

    upload_id: str
    status: str
    total: int | None
    valid: int
    errors: int
    failure_reason: str | None
    report_key: str | None

    @property
    def vendor_is_unknown(self) -> bool:
        """Return whether nobody can be told, because the vendor is not registered."""
        return (self.failure_reason or "").startswith("UNKNOWN_VENDOR")

    @property
    def final(self) -> bool:
        return self.status in FINAL_STATUSES


@dataclass(frozen=True, slots=True)
class Email:
    """A message as SNS hands it to a subscriber."""

    subject: str
    body: str


def put(
    environment: StackEnvironment, vendor_id: str, file_name: str, content: bytes, *, folder: str = "uploads/"
) -> StoredFile:
    """Put the file where the vendor would, and return which object version it became.

    The folder says what is to become of it: `uploads/`, `updates/`, `previews/uploads/` or `previews/updates/`.
    """
    bucket = environment.output("UploadBucketName")
    key = f"{folder}{vendor_id}/{file_name}"
    response = environment.client("s3").put_object(Bucket=bucket, Key=key, Body=content, ContentType="text/csv")
    return StoredFile(bucket, key, response["VersionId"])


def watch(
    environment: StackEnvironment, stored: StoredFile, timeout: float = 300, interval: float = 0.2
) -> Iterator[Progress | None]:
    """Yield the upload's audit trail as it changes, last its final state; None until the upload is recorded.

    Raises LocalStackError that says where to look when the upload is not picked up or fails to end in time.
    """
    started = time.monotonic()
    with closing(psycopg2.connect(environment.database_url)) as connection:
        connection.autocommit = True
        shown = progress = None
        yield None
        while (elapsed := time.monotonic() - started) < timeout:
            progress = _read(connection, stored)
            if progress != shown:
                yield progress
                shown = progress
            if progress is not None and progress.final:
                return
            if progress is None and elapsed > _PICKED_UP_WITHIN:
                break
            time.sleep(interval)
    if progress is None:
        raise LocalStackError(
            f"{stored.key} was not picked up within {elapsed:.0f} s: the CSV parser recorded no upload for it. "
            f"Its last words: {_last_words(environment)}"
        )
    raise LocalStackError(
        f"{progress.upload_id} did not end within {elapsed:.0f} s "
        f"({progress.valid + progress.errors} of {progress.total} rows accounted for). "
        f"Its execution: {execution_arn(environment, progress.upload_id)}"
    )


def execution_arn(environment: StackEnvironment, upload_id: str) -> str:
    """Return the ARN of the upload's execution, which has the upload's name."""
    machine = environment.output("UploadStateMachineArn")
    return f"{machine.replace(':stateMachine:', ':execution:')}:{upload_id}"


def error_report(environment: StackEnvironment, progress: Progress) -> list[dict[str, str]]:
    """Return the lines of the upload's error report."""
    body = environment.client("s3").get_object(Bucket=environment.output("UploadBucketName"), Key=progress.report_key)[
        "Body"
    ]
    return list(csv.DictReader(io.StringIO(body.read().decode("utf-8-sig"), newline="")))


def take_email(environment: StackEnvironment, upload_id: str, *, timeout: float = 20) -> Email | None:
    """Take the e-mail about an upload out of the mailbox and return it.

    None when none arrives in time. All other messages are left there.
    """
    queue_url = environment.output("MailboxQueueUrl")
    sqs = environment.client("sqs")
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        # Hidden for a moment, so that the next call returns others: a mailbox holds more than one call's ten.
        response = sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=5,
            WaitTimeSeconds=1,
        )
        for message in response.get("Messages", []):
            envelope = json.loads(message["Body"])
            if upload_id in envelope.get("Message", ""):
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                return Email(envelope.get("Subject") or "", envelope["Message"])
    return None


def _last_words(environment: StackEnvironment) -> str:
    """Return the last line of the CSV parser's log that speaks of an error."""
    logs = environment.client("logs")
    try:
        events = logs.filter_log_events(logGroupName=_PARSER_LOG_GROUP)["events"]
    except ClientError:
        return "it logged nothing."
    errors = [line for event in events for line in event["message"].splitlines() if "rror" in line]
    return errors[-1] if errors else f"no error; the log group is {_PARSER_LOG_GROUP}."


def _read(connection: "psycopg2.extensions.connection", stored: StoredFile) -> Progress | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT upload_id, status, total_records, valid_records, error_records, failure_reason, error_file_s3_key"
            " FROM upload_history WHERE s3_key = %s AND object_version = %s",
            (stored.key, stored.version),
        )
        row = cursor.fetchone()
    return Progress(*row) if row else None
