"""CSV Parser: an object was created under uploads/, updates/ or previews/; start its execution and stage its rows."""

import gc
import logging
from typing import Any, cast

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import CsvParserConfig, from_environment
from onboarding.execution import CompletionSignal, Executions
from onboarding.intake.announced import Announced
from onboarding.intake.events import uploads_in
from onboarding.intake.receiving import Intake, Reception
from onboarding.redelivery import retried_soon
from onboarding.runtime import logger, tracer
from onboarding.stores.database import Database
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.staging import StagingTable
from onboarding.stores.trackers import Trackers
from rules import ProductRules

config = from_environment(CsvParserConfig)
sqs = boto3.client("sqs")
step_functions = boto3.client("stepfunctions")
staging = StagingTable(dynamodb_client(), config.staging_table_name, shards=int(config.staging_shards))
reception = Reception(
    intake=Intake(Database(config), ProductRules.load(), staging, boto3.client("s3")),
    completion=CompletionSignal(staging, step_functions),
    executions=Executions(step_functions, config.upload_state_machine_arn, config.portal_url),
)
announced = Announced(Trackers(boto3.client("dynamodb"), config.staging_table_name))
processor = BatchProcessor(event_type=EventType.SQS, logger=cast(logging.Logger, logger))
gc.freeze()  # what lives as long as the function is never searched for cycles again


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Receive what a batch of S3 events announces and return the messages that have to be delivered again."""
    return process_partial_response(event=event, record_handler=process, processor=processor, context=context)


def process(record: SQSRecord) -> None:
    """Receive the uploads of one message. A failure is logged after this function, and must name the upload, too."""
    logger.remove_keys(["upload_id"])
    with retried_soon(sqs, config.upload_event_queue_url, record):
        for upload in map(announced.recognise, uploads_in(record.body)):
            logger.append_keys(upload_id=upload.upload_id)
            reception.receive(upload)
