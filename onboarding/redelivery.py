"""Failed queue messages, tried again soon instead of after their queue's whole visibility timeout."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

FIRST_WAIT_SECONDS = 60
LONGEST_WAIT_SECONDS = 900


@contextmanager
def retried_soon(sqs: Any, queue_url: str, record: Any) -> Iterator[None]:
    """Raise what fails inside, after making the message visible again in a minute, then two, then four.

    The queue's own timeout is six times that of the function, so that a slow one is never overtaken by a second
    (Lambda developer guide, "Using Lambda with Amazon SQS"): too long a wait for one that has failed already.
    """
    try:
        yield
    except Exception:
        received = int(record.attributes.approximate_receive_count)
        wait = min(FIRST_WAIT_SECONDS * 2 ** (received - 1), LONGEST_WAIT_SECONDS)
        sqs.change_message_visibility(QueueUrl=queue_url, ReceiptHandle=record.receipt_handle, VisibilityTimeout=wait)
        raise
