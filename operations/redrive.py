"""Processes again what the retries gave up on. Every step may be repeated: the pipeline takes each event twice."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from onboarding.explaining.executions import find_upload_id
from onboarding.explaining.facts import StoredObject
from onboarding.explaining.identities import UPLOAD_ID, digest_of, s3_record
from onboarding.operating.redriving import Executions, NotRedrivableError
from onboarding.uploads import upload_id_for

_SERVICE = "product-onboarding"
_RECEIVE_WAIT_SECONDS = 1
_INVISIBLE_SECONDS = 60
_UNTIL_THE_RECONCILER_ENDS = Config(read_timeout=910, retries={"total_max_attempts": 1})
"""The reconciler may take 15 minutes, and a call that is repeated would have it begin once more."""


class NothingToRedriveError(RuntimeError):
    """There is no such stage, upload or failure, or it failed once more."""


def stack_outputs(session: Any, stage: str) -> dict[str, str]:
    """Return the outputs of a stage's stack by name."""
    stacks = session.client("cloudformation").describe_stacks(StackName=f"{_SERVICE}-{stage}")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}


class Redrive:
    """The ways back into the pipeline, one for each place where failures are kept."""

    def __init__(self, session: Any, stage: str, outputs: Mapping[str, str]) -> None:
        self._session = session
        self._stage = stage
        self._outputs = outputs

    def errors(self) -> int:
        """Put the messages of the error dead-letter queue back into the error queue; return how many."""
        return self._move("ErrorDeadLetterQueueUrl", "ErrorQueueUrl")

    def events(self) -> int:
        """Put the S3 events that the parser failed on back into the upload event queue; return how many."""
        return self._move("UndeliveredUploadQueueUrl", "UploadEventQueueUrl")

    def _move(self, source: str, target: str) -> int:
        sqs = self._session.client("sqs")
        moved = 0
        for message in self._messages(self._outputs[source]):
            sqs.send_message(QueueUrl=self._outputs[target], MessageBody=message["Body"])
            self._delete(self._outputs[source], message)
            moved += 1
        return moved

    def stream(self) -> int:
        """Validate the stream batches kept in the failure bucket; return how many, which are then removed.

        Raises NothingToRedriveError when one fails again; it stays in the bucket.
        """
        s3 = self._session.client("s3")
        bucket = self._outputs["StreamFailureBucketName"]
        batches = 0
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                record = json.loads(s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read())
                # The batch is a JSON text inside the record (Lambda developer guide, "DynamoDB", on-failure to S3).
                payload = record["payload"]
                self._validate(payload if isinstance(payload, str) else json.dumps(payload), entry["Key"])
                s3.delete_object(Bucket=bucket, Key=entry["Key"])
                batches += 1
        return batches

    def _validate(self, payload: str, key: str) -> None:
        response = self._session.client("lambda").invoke(
            FunctionName=f"{_SERVICE}-{self._stage}-product-validator", Payload=payload
        )
        answer = json.loads(response["Payload"].read())
        if response.get("FunctionError") or answer.get("batchItemFailures"):
            raise NothingToRedriveError(f"{key} failed again and stays where it is: {json.dumps(answer)[:500]}")

    def ends(self) -> int:
        """Put the events of ended uploads that the bus did not take onto it; return how many.

        Raises NothingToRedriveError when it refuses one again; it stays in the queue.
        """
        events, queue = self._session.client("events"), self._outputs["UnannouncedEndQueueUrl"]
        announced = 0
        for message in self._messages(queue):
            entry = {
                "EventBusName": self._outputs["EventBusName"],
                "Source": _SERVICE,
                "DetailType": "Product Upload Ended",
                "Detail": message["Body"],
            }
            answer = events.put_events(Entries=[entry])
            if answer["FailedEntryCount"]:
                raise NothingToRedriveError(f"The bus refused an event again: {answer['Entries'][0]}")
            self._delete(queue, message)
            announced += 1
        return announced

    def rows(self, upload_id: str) -> str:
        """Have the reconciler settle an upload's open rows from its file now; return what it says of the upload.

        An execution that waits for the rows goes on then. Raises NothingToRedriveError when the reconciler fails.
        """
        execution = self._execution(upload_id)
        response = self._session.client("lambda", config=_UNTIL_THE_RECONCILER_ENDS).invoke(
            FunctionName=f"{_SERVICE}-{self._stage}-reconciler",
            Payload=json.dumps({"upload": json.loads(execution["input"])}),
        )
        answer = json.loads(response["Payload"].read())
        if response.get("FunctionError"):
            raise NothingToRedriveError(f"The reconciler failed: {json.dumps(answer)[:500]}")
        return f"{answer['outcome']}, {answer['valid_records']} valid and {answer['error_records']} invalid rows"

    def file(self, key: str) -> str:
        """Announce the newest version of a file in the upload bucket as S3 would; return its key.

        A file that was taken in before becomes a new upload. One that came through the API is copied for that to its
        name in the vendor's folder, whose key is returned, and S3 announces it: its own key stands for one upload for
        ever. Raises NothingToRedriveError when there is no such file, and when its upload has not ended yet.
        """
        bucket = self._outputs["UploadBucketName"]
        key = key.removeprefix(f"s3://{bucket}/")
        try:
            found = self._session.client("s3").head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            raise NothingToRedriveError(f"There is no file {key} in {bucket}.") from None
        stored = StoredObject(key, found.get("VersionId") or "null", found["ContentLength"], found["LastModified"])
        earlier = self._taken_in_as(bucket, stored)
        if earlier is not None and self._is_running(earlier):
            raise NothingToRedriveError(f"{earlier} is still running; `WHAT=rows UPLOAD={earlier}` finishes it.")
        if earlier is not None and f"/{earlier}/" in key:
            return self._copied(bucket, stored, key.replace(f"/{earlier}/", "/"))
        # The time of the event makes the upload's id.
        stored = replace(stored, stored_at=datetime.now(UTC) if earlier else stored.stored_at.astimezone(UTC))
        self._session.client("sqs").send_message(
            QueueUrl=self._outputs["UploadEventQueueUrl"],
            MessageBody=json.dumps({"Records": [s3_record(bucket, stored)]}),
        )
        return key

    def _taken_in_as(self, bucket: str, stored: StoredObject) -> str | None:
        """Return the upload that this version of the file was taken in as; None if no execution tells of one."""
        announced = next(iter(UPLOAD_ID.findall(stored.key)), None)
        for upload_id in (announced, upload_id_for(bucket, stored.key, stored.version, stored.stored_at)):
            if upload_id is not None and self._is_of(upload_id, stored):
                return upload_id
        step_functions, machine = self._session.client("stepfunctions"), self._outputs["UploadStateMachineArn"]
        return find_upload_id(step_functions, machine, digest_of(bucket, stored.key, stored.version))

    def _is_of(self, upload_id: str, stored: StoredObject) -> bool:
        """Tell whether an execution of this name is about this version of the file."""
        try:
            upload = json.loads(self._execution(upload_id)["input"])
        except NothingToRedriveError:
            return False
        return (upload["s3_key"], upload["object_version"]) == (stored.key, stored.version)

    def _is_running(self, upload_id: str) -> bool:
        executions = Executions(self._session.client("stepfunctions"), self._outputs["UploadStateMachineArn"])
        newest = executions.newest(upload_id)
        return newest is not None and newest.status == "RUNNING"

    def _copied(self, bucket: str, stored: StoredObject, key: str) -> str:
        version = {} if stored.version == "null" else {"VersionId": stored.version}
        self._session.client("s3").copy_object(
            Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": stored.key, **version}
        )
        return key

    def discard(self, message_id: str) -> str:
        """Delete a dead message that cannot be processed, and return where it was.

        Raises NothingToRedriveError when no queue of dead messages has it.
        """
        for output in ("ErrorDeadLetterQueueUrl", "UndeliveredUploadQueueUrl", "UnannouncedEndQueueUrl"):
            for message in self._messages(self._outputs[output]):
                if message["MessageId"] == message_id:
                    self._delete(self._outputs[output], message)
                    return self._outputs[output].rpartition("/")[2]
        raise NothingToRedriveError(f"No queue of dead messages has {message_id}.")

    def upload(self, upload_id: str) -> str:
        """Run an upload's execution again under a new name and return its ARN.

        Raises NothingToRedriveError when the upload had no execution, or it is still running.
        """
        executions = Executions(self._session.client("stepfunctions"), self._outputs["UploadStateMachineArn"])
        try:
            return executions.arn_of(executions.start_again(upload_id))
        except NotRedrivableError as error:
            raise NothingToRedriveError(str(error)) from None

    def _execution(self, upload_id: str) -> Mapping[str, Any]:
        step_functions = self._session.client("stepfunctions")
        prefix = self._outputs["UploadStateMachineArn"].replace(":stateMachine:", ":execution:")
        try:
            described: Mapping[str, Any] = step_functions.describe_execution(executionArn=f"{prefix}:{upload_id}")
        except step_functions.exceptions.ExecutionDoesNotExist:
            raise NothingToRedriveError(f"There is no execution of {upload_id} in stage {self._stage}.") from None
        return described

    def _messages(self, queue_url: str) -> Iterator[dict[str, Any]]:
        """Yield the queue's messages until it is empty; each stays there until it is deleted."""
        sqs = self._session.client("sqs")
        while messages := sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=_RECEIVE_WAIT_SECONDS,
            VisibilityTimeout=_INVISIBLE_SECONDS,
        ).get("Messages"):
            yield from messages

    def _delete(self, queue_url: str, message: Mapping[str, Any]) -> None:
        self._session.client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
