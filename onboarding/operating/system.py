"""How the machinery is at this moment: queues, failed batches, alarms that ring. What cannot be found out is None."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

logger = Logger(child=True)

_DEPTHS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_AGE_WINDOW = timedelta(minutes=15)
_AGE_PERIOD_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue to look at. `runbook` is the section of docs/runbook.md about messages that stay in it."""

    name: str
    url: str
    is_dead_letter: bool
    runbook: str


@dataclass(frozen=True, slots=True)
class QueueState:
    """`waiting` and `in_flight` are messages; the age is that of the last measurement, a few minutes old."""

    queue: Queue
    waiting: int | None
    in_flight: int | None
    oldest_seconds: int | None


@dataclass(frozen=True, slots=True)
class Alarm:
    name: str
    description: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Machinery:
    """Looks at the parts by their own services. A part that does not answer hides none of the others."""

    sqs: Any
    cloudwatch: Any
    s3: Any
    queues: tuple[Queue, ...]
    failure_bucket: str
    alarm_prefix: str

    def queue_states(self) -> list[QueueState]:
        """Return the state of each queue."""
        ages = self._ages()
        return [self._state(queue, ages.get(queue.name)) for queue in self.queues]

    def _state(self, queue: Queue, age: int | None) -> QueueState:
        try:
            found = self.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=list(_DEPTHS))["Attributes"]
        except (ClientError, BotoCoreError):
            logger.exception("queue does not answer", queue=queue.name)
            return QueueState(queue, None, None, None)
        waiting, in_flight = (int(found[name]) for name in _DEPTHS)
        return QueueState(queue, waiting, in_flight, age)

    def _ages(self) -> Mapping[str, int]:
        """Return the age of the oldest message in seconds, by the name of the queue, as far as it was measured."""
        now = datetime.now(UTC)
        queries = [
            {
                "Id": f"age{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SQS",
                        "MetricName": "ApproximateAgeOfOldestMessage",
                        "Dimensions": [{"Name": "QueueName", "Value": queue.url.rpartition("/")[2]}],
                    },
                    "Period": _AGE_PERIOD_SECONDS,
                    "Stat": "Maximum",
                },
            }
            for number, queue in enumerate(self.queues)
        ]
        try:
            answer = self.cloudwatch.get_metric_data(
                MetricDataQueries=queries, StartTime=now - _AGE_WINDOW, EndTime=now, ScanBy="TimestampDescending"
            )
        except (ClientError, BotoCoreError):
            logger.exception("ages of queues not known")
            return {}
        newest = {found["Id"]: found["Values"][0] for found in answer["MetricDataResults"] if found["Values"]}
        return {
            queue.name: int(newest[f"age{number}"])
            for number, queue in enumerate(self.queues)
            if f"age{number}" in newest
        }

    def failed_stream_batches(self) -> int | None:
        """Return how many stream batches failed for good and wait, counting to 1,000."""
        try:
            return int(self.s3.list_objects_v2(Bucket=self.failure_bucket)["KeyCount"])
        except (ClientError, BotoCoreError):
            logger.exception("failed stream batches not known")
            return None

    def alarms(self) -> list[Alarm] | None:
        """Return the stage's alarms that ring; None when it has none at all, or CloudWatch does not answer."""
        try:
            pages = self.cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix=self.alarm_prefix)
            found = [alarm for page in pages for alarm in page.get("MetricAlarms", [])]
        except (ClientError, BotoCoreError):
            logger.exception("alarms not known")
            return None
        if not found:
            return None
        return [
            Alarm(each["AlarmName"], each.get("AlarmDescription", ""), each["StateUpdatedTimestamp"])
            for each in found
            if each["StateValue"] == "ALARM"
        ]
