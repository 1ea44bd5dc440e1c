"""Processes again what the retries gave up on. Every step may be repeated: the pipeline takes each event twice."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from onboarding.operating.redriving import Executions, NotRedrivableError

_SERVICE = "product-onboarding"
_RECEIVE_WAIT_SECONDS = 1
_INVISIBLE_SECONDS = 60


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

    def upload(self, upload_id: str) -> str:
        """Run an upload's execution again under a new name and return its ARN.

        Raises NothingToRedriveError when the upload had no execution, or it is still running.
        """
        executions = Executions(self._session.client("stepfunctions"), self._outputs["UploadStateMachineArn"])
        try:
            return executions.arn_of(executions.start_again(upload_id))
        except NotRedrivableError as error:
            raise NothingToRedriveError(str(error)) from None

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
