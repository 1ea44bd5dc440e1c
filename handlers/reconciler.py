"""Reconciler: a wait of the execution ran out; finish the upload from its file and say what came of it."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import ReconcilerConfig, from_environment
from onboarding.execution import CompletionSignal
from onboarding.intake.receiving import Intake
from onboarding.reconciliation import Reconciliation
from onboarding.runtime import logger, metrics, tracer
from onboarding.stores.database import Database
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.staging import StagingTable
from onboarding.uploads import Upload
from onboarding.validation.settling import Validation
from rules import ProductRules

config = from_environment(ReconcilerConfig)
database = Database(config)
rules = ProductRules.load()
staging = StagingTable(dynamodb_client(), config.staging_table_name, shards=int(config.staging_shards))
reconciliation = Reconciliation(
    intake=Intake(database, rules, staging, boto3.client("s3")),
    validation=Validation(
        database=database,
        rules=rules,
        staging=staging,
        sqs=boto3.client("sqs"),
        error_queue_url=config.error_queue_url,
        completion=CompletionSignal(staging, boto3.client("stepfunctions")),
    ),
)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Return the completion of the upload that the event, an execution's input, names."""
    upload = Upload.from_execution_input(event["upload"])
    logger.append_keys(upload_id=upload.upload_id)
    metrics.add_metric("UploadsStalled", MetricUnit.Count, 1)
    completion = reconciliation.recover(upload)
    logger.info("upload recovered", outcome=completion.outcome)
    return completion.as_document()
