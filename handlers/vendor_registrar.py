"""Vendor Registrar: an operator registers a vendor with `sls invoke` or the console."""

from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import VendorRegistrarConfig, from_environment
from onboarding.registration import VendorRegistrar, VendorRegistration
from onboarding.runtime import logger, tracer
from onboarding.stores.database import Database

config = from_environment(VendorRegistrarConfig)
registrar = VendorRegistrar(
    database=Database(config),
    sns=boto3.client("sns"),
    topic_prefix=config.vendor_topic_prefix,
    copy_queue_arn=config.notification_copy_queue_arn,
)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Register `{vendor_id, vendor_name, email, status?}` and say where to upload. Raises InvalidVendorError."""
    registration = VendorRegistration.from_event(event)
    topic_arn = registrar.register(registration)
    logger.info("vendor registered", vendor_id=registration.vendor_id, status=registration.status)
    return {
        "vendor_id": registration.vendor_id,
        "status": registration.status,
        "topic_arn": topic_arn,
        "upload_prefix": f"uploads/{registration.vendor_id}/",
        "next": "the vendor has to confirm the subscription in the e-mail that was sent",
    }
