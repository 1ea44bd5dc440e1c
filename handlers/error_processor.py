"""Error Processor: keeps the errors of each row, and builds the report of an upload when its execution asks for it."""

import gc
import json
import logging
from typing import Any, cast

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import ErrorProcessorConfig, from_environment
from onboarding.execution import answer_task, fail_task
from onboarding.reporting.report import build_report, report_key
from onboarding.rows import RowStatus, StagedRow
from onboarding.runtime import logger, tracer
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.error_queue import ReportRequest, read_message
from onboarding.stores.staging import StagingTable

config = from_environment(ErrorProcessorConfig)
s3 = boto3.client("s3")
step_functions = boto3.client("stepfunctions")
staging = StagingTable(dynamodb_client(), config.staging_table_name, shards=int(config.staging_shards))
processor = BatchProcessor(event_type=EventType.SQS, logger=cast(logging.Logger, logger))
gc.freeze()  # what lives as long as the function is never searched for cycles again


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Process a batch of messages and return those that have to be delivered again."""
    return process_partial_response(event=event, record_handler=process, processor=processor, context=context)


def process(record: SQSRecord) -> None:
    """Process one message of either kind."""
    message = read_message(record.body)
    upload_id = message.upload_id if isinstance(message, ReportRequest) else message[0].upload_id
    with logger.append_context_keys(upload_id=upload_id):
        if isinstance(message, ReportRequest):
            answer_request(message)
        else:
            keep_errors(message)


def keep_errors(rows: list[StagedRow]) -> None:
    """Mark staged rows with their errors."""
    staging.put_rows(rows, RowStatus.ERROR)
    logger.info("error rows kept", rows=len(rows))


def answer_request(request: ReportRequest) -> None:
    """Build the report if all its rows have arrived; the request can overtake them in the queue."""
    rows = staging.error_rows(request.upload_id)
    if len(rows) != request.error_records:
        logger.info("error rows still on their way", found=len(rows), expected=request.error_records)
        fail_task(
            step_functions,
            request.task_token,
            error="ErrorRowsPending",
            cause=f"{len(rows)} of {request.error_records} error rows have arrived",
        )
        return
    key = report_key(request.vendor_id, request.upload_id)
    s3.put_object(
        Bucket=config.upload_bucket_name, Key=key, Body=build_report(rows), ContentType="text/csv; charset=utf-8"
    )
    logger.info("error report built", rows=len(rows), s3_key=key)
    answer_task(step_functions, request.task_token, json.dumps({"error_file_s3_key": key, "error_rows": len(rows)}))
