"""Outcome Recorder: the execution knows how its upload ended; write it down and compose the e-mail."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import OutcomeRecorderConfig, from_environment
from onboarding.reporting.links import ReportLinks
from onboarding.reporting.outcome import Outcome, OutcomeRecorder, duration
from onboarding.reporting.recipients import confirmed_recipients
from onboarding.runtime import logger, metrics, tracer
from onboarding.stores.database import Database
from onboarding.uploads import Upload, UploadStatus

METRICS = {
    UploadStatus.COMPLETED: "UploadsCompleted",
    UploadStatus.PARTIAL: "UploadsPartiallyCompleted",
    UploadStatus.FAILED: "UploadsFailed",
}
"""Names instead of a dimension: CloudWatch charges every combination, and the duration needs none."""

config = from_environment(OutcomeRecorderConfig)
sns = boto3.client("sns")
recorder = OutcomeRecorder(
    database=Database(config),
    links=ReportLinks(config.report_link_secret_arn),
    link_base_url=config.report_link_base_url,
    portal_url=config.portal_url,
)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Return the end of the upload.

    In: `{upload: …, completion: …, error_file_s3_key: … or null, corrections_file_s3_key: … or null}`; the last is
    missing in executions that began before there were such files.
    """
    upload = Upload.from_execution_input(event["upload"])
    logger.append_keys(upload_id=upload.upload_id)
    outcome = recorder.record(
        upload, event["completion"], event["error_file_s3_key"], event.get("corrections_file_s3_key")
    )
    if outcome.is_first:
        measure(outcome)
    recipients = confirmed_recipients(sns, outcome.topic_arn)
    measure_reach(outcome, recipients)
    record = outcome.record
    logger.info("outcome recorded", status=record.status, failure_reason=record.failure_reason, recipients=recipients)
    effects = record.progress.effects
    return {
        "mode": record.mode,
        "is_preview": record.is_preview,
        "status": record.status,
        "failure_reason": record.failure_reason,
        "total_records": record.progress.total_records,
        "valid_records": record.progress.valid_records,
        "error_records": record.progress.error_records,
        "changed_records": effects.changed,
        "unchanged_records": effects.unchanged,
        "superseded_records": effects.superseded,
        "changed_fields": effects.changed_fields,
        "unprocessed_records": outcome.unprocessed_records,
        "error_file_s3_key": record.error_file_s3_key,
        "corrections_file_s3_key": record.corrections_file_s3_key,
        "read_as": record.read_as,
        "topic_arn": outcome.topic_arn,
        "recipients": recipients,
        "subject": outcome.email.subject,
        "message": outcome.email.message,
    }


def measure(outcome: Outcome) -> None:
    """Count the upload by how it ended and note how long it took. A preview ends well whatever it finds."""
    name = "UploadsPreviewed" if outcome.record.is_preview else METRICS[outcome.record.status]
    metrics.add_metric(name, MetricUnit.Count, 1)
    metrics.add_metric("UploadDuration", MetricUnit.Milliseconds, duration(outcome.record).total_seconds() * 1000)


def measure_reach(outcome: Outcome, recipients: int) -> None:
    """Count the upload whose e-mail nobody reads; operations get an alarm, not a message for each (docs/runbook.md)."""
    if not outcome.vendor_is_known:
        metrics.add_metric("UploadsOfUnknownVendors", MetricUnit.Count, 1)
    elif not recipients:
        metrics.add_metric("VendorsUnreachable", MetricUnit.Count, 1)
