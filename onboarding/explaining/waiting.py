"""What waits in the queues, and what died there. Dead messages are looked into; they stay where they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import unquote_plus

from onboarding.explaining.facts import Identity, Kept, Message, Place

_MOST_MESSAGES = 200
_MOST_BATCHES = 20
_HIDDEN_SECONDS = 30
_TEXT_CHARACTERS = 120
_KINDS = ("error_rows", "report_request")
"""Kinds of messages to the error processor (onboarding/stores/error_queue.py)."""


def count(sqs: Any, place: Place, queue_url: str) -> Kept:
    """Count a live queue's messages, those that are being worked on included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return Kept(place, sum(int(attributes[name]) for name in names))


def look_into(sqs: Any, place: Place, queue_url: str, identity: Identity) -> Kept:
    """Say what of a queue that nothing reads from is about this upload.

    Messages are hidden from other readers for a moment. Such queues have no dead-letter queue behind them, so that
    reading costs a message nothing.
    """
    messages = _messages(sqs, queue_url)
    try:
        about = [(message, _subjects(message["Body"])) for message in messages]
        return Kept(
            place,
            len(messages),
            sum(_is_about(identity, subjects) for _, subjects in about),
            tuple(Message(message["MessageId"], _text(message["Body"])) for message, subjects in about if not subjects),
        )
    finally:
        for message in messages:
            sqs.change_message_visibility(
                QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )


def look_into_bucket(s3: Any, bucket: str, identity: Identity) -> Kept:
    """Say how many stream batches that failed for good hold rows of this upload, among the latest ones."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    entries = [entry for page in pages for entry in page.get("Contents", [])]
    since = identity.uploaded_at
    recent = [entry for entry in entries if since is None or entry["LastModified"] >= since.replace(microsecond=0)]
    recent.sort(key=lambda entry: entry["LastModified"], reverse=True)
    ours = 0
    if identity.upload_id is not None:
        for entry in islice(recent, _MOST_BATCHES):
            body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read().decode(errors="replace")
            ours += f"{identity.upload_id}#" in body
    return Kept(Place.BATCHES, len(entries), ours)


def _messages(sqs: Any, queue_url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < _MOST_MESSAGES:
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN_SECONDS)
        if not answer.get("Messages"):
            break
        found += answer["Messages"]
    return found


def _subjects(body: str) -> set[tuple[str, ...]]:
    """Return which uploads a message is about, by `(id,)` or by `(key, version)`; none when it names none."""
    try:
        document = json.loads(body)
    except ValueError:
        return set()
    if not isinstance(document, Mapping):
        return set()
    if "Records" in document:
        objects = [record["s3"]["object"] for record in document["Records"] if "s3" in record]
        return {(unquote_plus(each["key"]), each.get("versionId") or "null") for each in objects}
    if "kind" in document and document["kind"] not in _KINDS:
        return set()
    return {(document["upload_id"],)} if "upload_id" in document else set()


def _is_about(identity: Identity, subjects: set[tuple[str, ...]]) -> bool:
    return bool(subjects & {(str(identity.upload_id),), (str(identity.s3_key), str(identity.object_version))})


def _text(body: str) -> str:
    """Return the beginning of a message without its values: what kind it is, and which fields it has."""
    try:
        document = json.loads(body)
    except ValueError:
        return f"no JSON, {len(body)} characters"
    if not isinstance(document, Mapping):
        return f"JSON, {type(document).__name__}"
    return f"kind {document.get('kind', 'none')}, fields {', '.join(sorted(document))}"[:_TEXT_CHARACTERS]
