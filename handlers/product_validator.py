"""Product Validator: rows were staged; decide each and say so to catalogue, audit trail, queue and execution."""

import gc
from collections.abc import Sequence
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import ProductValidatorConfig, from_environment
from onboarding.execution import CompletionSignal
from onboarding.rows import StagedRow
from onboarding.runtime import logger, metrics, tracer
from onboarding.stores.database import Database
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.ledger import Settlement
from onboarding.stores.staging import StagingTable
from onboarding.validation.batching import UploadBatchProcessor
from onboarding.validation.settling import Validation
from rules import ProductRules

config = from_environment(ProductValidatorConfig)
staging = StagingTable(dynamodb_client(), config.staging_table_name, shards=int(config.staging_shards))
validation = Validation(
    database=Database(config),
    rules=ProductRules.load(),
    staging=staging,
    sqs=boto3.client("sqs"),
    error_queue_url=config.error_queue_url,
    completion=CompletionSignal(staging, boto3.client("stepfunctions")),
)
processor = UploadBatchProcessor(logger)
gc.freeze()  # what lives as long as the function is never searched for cycles again


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Validate a stream batch and return the records that have to be delivered again."""
    return process_partial_response(event=event, record_handler=validate, processor=processor, context=context)


def validate(rows: Sequence[StagedRow]) -> None:
    """Validate the rows of one upload."""
    with logger.append_context_keys(upload_id=rows[0].upload_id):
        settlement = validation.validate(rows)
        measure(settlement)
        logger.info(
            "rows settled",
            rows=len(rows),
            accepted=settlement.accepted,
            rejected=settlement.rejected,
            is_complete=settlement.progress.is_complete,
        )


def measure(settlement: Settlement) -> None:
    """Count the rows that this batch decided. Previewed ones are counted apart: they change nothing."""
    if settlement.is_preview:
        metrics.add_metric("ProductsPreviewed", MetricUnit.Count, settlement.accepted + settlement.rejected)
        return
    metrics.add_metric("ProductsAccepted", MetricUnit.Count, settlement.accepted)
    metrics.add_metric("ProductsRejected", MetricUnit.Count, settlement.rejected)
    metrics.add_metric("ProductsChanged", MetricUnit.Count, settlement.changed)
