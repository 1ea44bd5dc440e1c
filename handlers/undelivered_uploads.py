"""Undelivered Uploads: the parser failed on an upload's event for good; see that the upload ends all the same."""

import logging
from typing import Any, cast

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import UndeliveredUploadsConfig, from_environment
from onboarding.execution import Executions
from onboarding.intake.announced import Announced
from onboarding.intake.undelivered import UndeliveredUploads
from onboarding.runtime import logger, tracer
from onboarding.stores.trackers import Trackers

config = from_environment(UndeliveredUploadsConfig)
undelivered = UndeliveredUploads(
    announced=Announced(Trackers(boto3.client("dynamodb"), config.staging_table_name)),
    executions=Executions(boto3.client("stepfunctions"), config.upload_state_machine_arn, config.portal_url),
    sqs=boto3.client("sqs"),
    kept_queue_url=config.undelivered_upload_queue_url,
)
processor = BatchProcessor(event_type=EventType.SQS, logger=cast(logging.Logger, logger))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Take a batch of messages over and return those that have to be delivered again."""
    return process_partial_response(event=event, record_handler=process, processor=processor, context=context)


def process(record: SQSRecord) -> None:
    """Take over the uploads of one message."""
    undelivered.take_over(record.body)
