"""Another system that hears of every upload that ends, as the event bus tells it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.e2e.pipeline import Pipeline


@contextmanager
def listening(pipeline: Pipeline) -> Iterator[str]:
    """A queue that hears of every upload that ends; returns its URL."""
    sqs, events = pipeline.client("sqs"), pipeline.client("events")
    bus = pipeline.environment.output("EventBusName")
    queue_url = sqs.create_queue(QueueName="e2e-listener")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": arn}]}
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy)})
    pattern = {"source": ["product-onboarding"], "detail-type": ["Product Upload Ended"]}
    events.put_rule(Name="e2e-listener", EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule="e2e-listener", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    yield queue_url
    events.remove_targets(Rule="e2e-listener", EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name="e2e-listener", EventBusName=bus)
    sqs.delete_queue(QueueUrl=queue_url)


def heard(pipeline: Pipeline, queue_url: str, upload_id: str) -> list[Any]:
    """Return the events about an upload that have reached the queue."""
    sqs = pipeline.client("sqs")
    found: list[Any] = []
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and not found:
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            event = json.loads(message["Body"])
            if event["detail"]["upload_id"] == upload_id:
                found.append(event)
    return found
