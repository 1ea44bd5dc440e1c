"""What the topics sent: every message is kept for the whole run, so that a second e-mail is seen whenever it comes."""

import json
from dataclasses import dataclass, field
from typing import Any

from local.uploads import Email


@dataclass(frozen=True, slots=True)
class Message:
    """An e-mail and the topic it came by."""

    topic_arn: str
    email: Email


@dataclass(slots=True)
class Mailbox:
    sqs: Any
    queue_url: str
    _messages: list[Message] = field(default_factory=list)

    def about(self, upload_id: str, topic_arn: str) -> list[Email]:
        """Return the e-mails so far that name this upload and came by this topic."""
        self._collect()
        return [
            message.email
            for message in self._messages
            if message.topic_arn == topic_arn and upload_id in message.email.body
        ]

    def _collect(self) -> None:
        """Take everything out of the queue; the messages of one call can be fewer than there are."""
        while messages := self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                envelope = json.loads(message["Body"])
                email = Email(envelope.get("Subject") or "", envelope["Message"])
                self._messages.append(Message(envelope["TopicArn"], email))
                self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
