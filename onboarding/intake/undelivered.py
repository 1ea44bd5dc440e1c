"""Uploads whose event the parser failed on for good: they still end, and their events are kept for a redrive."""

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from onboarding.execution import Executions
from onboarding.intake.announced import Announced
from onboarding.intake.events import UnreadableEventError, uploads_in

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class UndeliveredUploads:
    """Needs the executions and the queue that keeps events until an operator has found the cause."""

    announced: Announced
    executions: Executions
    sqs: Any
    kept_queue_url: str

    def take_over(self, body: str) -> None:
        """Start the execution of each upload in a message, then keep the message. Repeating it is harmless.

        Nobody answers such an execution, so its wait runs out, and the reconciler finishes the upload from its file.
        A message that is no event of S3 is only kept.
        """
        try:
            for upload in map(self.announced.recognise, uploads_in(body)):
                self.executions.start(upload)
                logger.warning("upload taken over from the parser", upload_id=upload.upload_id)
        except UnreadableEventError:
            logger.exception("message is no event of S3")
        self.sqs.send_message(QueueUrl=self.kept_queue_url, MessageBody=body)
