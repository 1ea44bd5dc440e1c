"""Vendor Registrar: an operator registers a vendor with `sls invoke` or the console."""

from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import VendorRegistrarConfig, from_environment
from onboarding.registration import AccessManager, VendorRegistrar, VendorRegistration
from onboarding.runtime import logger, tracer
from onboarding.stores.database import Database

config = from_environment(VendorRegistrarConfig)
registrar = VendorRegistrar(
    database=Database(config),
    sns=boto3.client("sns"),
    topic_prefix=config.vendor_topic_prefix,
    copy_queue_arn=config.notification_copy_queue_arn,
    access_manager=AccessManager(boto3.client("lambda"), config.access_manager_name),
)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Register `{vendor_id, vendor_name, email, status?}`; with `{vendor_id, status}` change the status alone.

    Raises InvalidVendorError, UnknownVendorError and AccessManagerError.
    """
    if event.keys() == {"vendor_id", "status"}:
        return change_status(event["vendor_id"], event["status"])
    registration = VendorRegistration.from_event(event)
    topic_arn, invited = registrar.register(registration)
    logger.info("vendor registered", vendor_id=registration.vendor_id, status=registration.status)
    return {
        "vendor_id": registration.vendor_id,
        "status": registration.status,
        "topic_arn": topic_arn,
        "upload_prefix": f"uploads/{registration.vendor_id}/",
        "invitation": "sent" if invited else "not sent: the vendor has people already, or is suspended",
        "next": "the vendor has to confirm the subscription in the e-mail that was sent",
    }


def change_status(vendor_id: str, status: str) -> dict[str, str]:
    """Suspend or resume a vendor."""
    registrar.set_status(vendor_id, status)
    logger.info("vendor status changed", vendor_id=vendor_id, status=status)
    return {"vendor_id": vendor_id, "status": status}
