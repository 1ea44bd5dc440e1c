"""Error Processor: keeps the errors of each row, and builds the report of an upload when its execution asks for it."""

import gc
import logging
from typing import Any, cast

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import ErrorProcessorConfig, from_environment
from onboarding.reporting.answering import Reporting
from onboarding.rows import RowStatus, StagedRow
from onboarding.runtime import logger, metrics, tracer
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.error_queue import ReportRequest, read_message
from onboarding.stores.staging import StagingTable
from rules import ProductRules

config = from_environment(ErrorProcessorConfig)
staging = StagingTable(dynamodb_client(), config.staging_table_name, shards=int(config.staging_shards))
reporting = Reporting(
    staging=staging,
    rules=ProductRules.load(),
    s3=boto3.client("s3"),
    step_functions=boto3.client("stepfunctions"),
    bucket=config.upload_bucket_name,
)
processor = BatchProcessor(event_type=EventType.SQS, logger=cast(logging.Logger, logger))
gc.freeze()  # what lives as long as the function is never searched for cycles again


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Process a batch of messages and return those that have to be delivered again."""
    return process_partial_response(event=event, record_handler=process, processor=processor, context=context)


def process(record: SQSRecord) -> None:
    """Process one message of either kind. A failure is logged after this function, and must name the upload, too."""
    logger.remove_keys(["upload_id"])
    message = read_message(record.body)
    logger.append_keys(upload_id=message.upload_id if isinstance(message, ReportRequest) else message[0].upload_id)
    if not isinstance(message, ReportRequest):
        keep_errors(message)
    elif not reporting.answer(message):
        metrics.add_metric("CorrectionsNotBuilt", MetricUnit.Count, 1)
        metrics.flush_metrics()


def keep_errors(rows: list[StagedRow]) -> None:
    """Mark staged rows with their errors."""
    staging.put_rows(rows, RowStatus.ERROR)
    logger.info("error rows kept", rows=len(rows))
