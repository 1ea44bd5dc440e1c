"""The deployed pipeline in the hands of a tester: files go in, finished uploads come out."""

import hashlib
import itertools
import json
import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import psycopg2
from psycopg2.extras import RealDictCursor

from local import stack, uploads
from local.environment import StackEnvironment
from local.ports import free_port
from local.settings import SERVICE, STAGE, Settings
from local.uploads import StoredFile
from local.vendors import Vendor, register
from tests.e2e.executions import Execution, read_execution
from tests.e2e.mailbox import Mailbox
from tests.e2e.waiting import LEAST_SECONDS, USUAL_SECONDS, wait_for


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file in the bucket."""

    vendor_id: str
    file_name: str
    content: bytes
    stored: StoredFile
    folder: str = "uploads/"

    @property
    def mode(self) -> str:
        return "update" if "updates/" in self.folder else "import"

    @property
    def is_preview(self) -> bool:
        return self.folder.startswith("previews/")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken in, with its execution as last read."""

    upload_id: str
    sent: SentFile
    execution: Execution

    @property
    def vendor_id(self) -> str:
        return self.sent.vendor_id


@dataclass(slots=True)
class Pipeline:
    settings: Settings
    environment: StackEnvironment
    vendor_ids: list[str] = field(default_factory=list)
    announced_again: set[str] = field(default_factory=set)
    """Uploads that an operator had announced to their vendor once more."""
    _patience: float = math.inf
    """Halved with every upload that does not end, so that a broken pipeline does not take an hour to say so."""
    _clients: dict[str, Any] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    mailbox: Mailbox = field(init=False)

    def __post_init__(self) -> None:
        self.mailbox = Mailbox(self.client("sqs"), self.environment.output("MailboxQueueUrl"))

    def client(self, service: str) -> Any:
        """Return a client of the emulator with the administrator's rights."""
        if service not in self._clients:
            self._clients[service] = self.environment.client(service)
        return self._clients[service]

    def query(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Return the rows of a query, on a connection of its own: fault tests restart the database."""
        url = self.environment.database_url
        with (
            closing(psycopg2.connect(url, cursor_factory=RealDictCursor)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, values)
            return [dict(row) for row in cursor.fetchall()] if cursor.description else []

    def function_name(self, function: str) -> str:
        return f"{SERVICE}-{STAGE}-{function}"

    def invoke(self, function: str, event: Any) -> Any:
        """Invoke a function of the service, wait for it and return its answer; fail the test when it fails."""
        response = self.client("lambda").invoke(
            FunctionName=self.function_name(function), Payload=json.dumps(event).encode()
        )
        answer = response["Payload"].read().decode()
        assert "FunctionError" not in response, f"{function}: {answer}"
        return json.loads(answer)

    ##### Vendors

    def new_vendor(self) -> str:
        """Register a vendor that no other test uses, and return its id."""
        vendor_id = f"E2E-{next(self._numbers):04d}"
        register(self.environment, Vendor(vendor_id, f"Vendor {vendor_id}", f"{vendor_id.lower()}@vendor.example"))
        self.vendor_ids.append(vendor_id)
        return vendor_id

    def topic_of(self, vendor_id: str) -> str:
        """Return the ARN of the topic that is this vendor's alone."""
        operations = self.environment.output("OperationsTopicArn")
        return f"{operations.rpartition(':')[0]}:{SERVICE}-{STAGE}-vendor-{vendor_id}"

    ##### Uploads

    def send(self, vendor_id: str, file_name: str, content: bytes, *, folder: str = "uploads/") -> SentFile:
        """Put a file into the bucket."""
        stored = uploads.put(self.environment, vendor_id, file_name, content, folder=folder)
        return SentFile(vendor_id, file_name, content, stored, folder)

    def upload(
        self,
        vendor_id: str,
        file_name: str,
        content: bytes,
        *,
        folder: str = "uploads/",
        seconds: float = USUAL_SECONDS,
    ) -> Upload:
        """Put a file into the bucket and return the upload once it has ended."""
        return self.end_of(self.send(vendor_id, file_name, content, folder=folder), seconds=seconds)

    def upload_id_of(self, sent: SentFile) -> str:
        """Return the upload id under which the file was recorded."""
        stored = sent.stored

        def look() -> str | None:
            rows = self.query(
                "SELECT upload_id FROM upload_history WHERE s3_key = %s AND object_version = %s",
                stored.key,
                stored.version,
            )
            return rows[0]["upload_id"] if rows else None

        return wait_for(f"{stored.key} is in the audit trail", look)

    def end_of(self, sent: SentFile, *, upload_id: str | None = None, seconds: float = USUAL_SECONDS) -> Upload:
        """Return the upload of this file once its execution has ended."""
        upload_id = upload_id or self.upload_id_of(sent)
        return Upload(upload_id, sent, self._ended(upload_id, seconds))

    def _ended(self, name: str, seconds: float) -> Execution:
        """Return the execution of this name once it has ended."""

        def look() -> Execution | None:
            execution = self.execution(name)
            return execution if execution and execution.status != "RUNNING" else None

        seconds = min(seconds, self._patience)
        try:
            return wait_for(f"{name} ends", look, seconds)
        except AssertionError as error:
            self._patience = max(seconds / 2, LEAST_SECONDS)
            execution = self.execution(name)
            raise AssertionError(f"{error}; it is in {execution.states if execution else 'no state'}") from None

    def redriven(self, upload: Upload, seconds: float = USUAL_SECONDS) -> Upload:
        """Return the upload as its first redriven execution tells it, once that has ended."""
        self.announced_again.add(upload.upload_id)
        return Upload(upload.upload_id, upload.sent, self._ended(f"{upload.upload_id}_redrive_1", seconds))

    def execution(self, upload_id: str) -> Execution | None:
        """Return the execution of this upload id as it is now."""
        return read_execution(self.client("stepfunctions"), uploads.execution_arn(self.environment, upload_id))

    def start_by_hand(self, sent: SentFile) -> str:
        """Start the file's execution the way the parser does, and return the upload id."""
        document = execution_input(sent)
        self.client("stepfunctions").start_execution(
            stateMachineArn=self.environment.output("UploadStateMachineArn"),
            name=document["upload_id"],
            input=json.dumps(document),
        )
        return str(document["upload_id"])

    def tracker(self, upload_id: str) -> dict[str, Any]:
        """Return the upload's tracker item in DynamoDB's own JSON, empty while there is none."""
        response = self.client("dynamodb").get_item(
            TableName=self.environment.output("StagingTableName"),
            Key={"upload_id": {"S": upload_id}, "record_id": {"S": "#upload"}},
            ConsistentRead=True,
        )
        return response.get("Item", {})


@contextmanager
def own_pipeline(name: str) -> Iterator[Pipeline]:
    """Deploy the pipeline on a stack in a folder of this name, and take it down at the end; others are left alone."""
    settings = Settings(Settings.from_environment().directory / name, port=free_port(), database_port=free_port())
    try:
        yield Pipeline(settings, stack.up(settings))
    finally:
        stack.down(settings)


EVENT_TIME = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
"""When the files happened whose events are made by hand."""


def s3_event(sent: SentFile, happened: datetime = EVENT_TIME) -> dict[str, Any]:
    """Return the event with which S3 announces this file (S3 user guide, "Event message structure")."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "eventTime": f"{happened:%Y-%m-%dT%H:%M:%S}.000Z",
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "bucket": {"name": sent.stored.bucket, "arn": f"arn:aws:s3:::{sent.stored.bucket}"},
                    "object": {
                        "key": quote_plus(sent.stored.key, safe="/"),
                        "size": len(sent.content),
                        "versionId": sent.stored.version,
                    },
                },
            }
        ]
    }


def delivery(sent: SentFile, happened: datetime = EVENT_TIME) -> dict[str, Any]:
    """Return the batch in which the parser gets that event from its queue."""
    return {
        "Records": [
            {
                "messageId": "delivered-by-hand",
                "receiptHandle": "none",
                "body": json.dumps(s3_event(sent, happened)),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:by-hand",
                "awsRegion": "us-east-1",
            }
        ]
    }


def execution_input(sent: SentFile, happened: datetime = EVENT_TIME) -> dict[str, str | bool]:
    """Return what the parser starts the execution of that event with."""
    return {
        "upload_id": contracted_upload_id(sent, happened),
        "vendor_id": sent.vendor_id,
        "file_name": sent.file_name,
        "bucket": sent.stored.bucket,
        "s3_key": sent.stored.key,
        "object_version": sent.stored.version,
        "uploaded_at": happened.isoformat(timespec="milliseconds"),
        "mode": sent.mode,
        "is_preview": sent.is_preview,
    }


def contracted_upload_id(sent: SentFile, happened: datetime) -> str:
    """Return the id that an upload of this time must have: the time and a digest of bucket, key and version."""
    identity = f"{sent.stored.bucket}{sent.stored.key}{sent.stored.version}"
    return f"UPLOAD_{happened:%Y%m%d_%H%M%S}_{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
