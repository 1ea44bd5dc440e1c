"""S3 events as they come through the upload event queue: which uploads does a message announce?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aws_lambda_powertools import Logger

from onboarding.uploads import Upload, is_upload_key

logger = Logger(child=True)


class UnreadableEventError(ValueError):
    """A message in the upload event queue is no event of S3."""


def uploads_in(body: str) -> list[Upload]:
    """Return the uploads that a message announces; none for the event by which S3 tries the queue out.

    Raises UnreadableEventError.
    """
    try:
        event = json.loads(body)
        # S3 writes once when the notification is set up (S3 user guide, "Event message structure").
        if event.get("Event") == "s3:TestEvent":
            return []
        return list(_uploads_of(event["Records"]))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableEventError(f"not an S3 event: {type(error).__name__}: {error}") from error


def _uploads_of(records: list[Mapping[str, Any]]) -> Iterator[Upload]:
    for record in records:
        upload = Upload.from_s3_record(record)
        if not is_upload_key(upload.s3_key):
            logger.warning("object is not an upload", s3_key=upload.s3_key)
        elif upload.s3_key.endswith("/") and not record["s3"]["object"].get("size"):
            logger.info("folder ignored", s3_key=upload.s3_key)
        else:
            yield upload
