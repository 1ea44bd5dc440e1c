"""Vendor Registrar: an operator registers or changes a vendor, by `make register` or in the portal."""

from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import VendorRegistrarConfig, from_environment
from onboarding.operating.journal import OPERATIONS
from onboarding.registration import AccessManager, InvalidVendorError, VendorRegistrar, VendorRegistration
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
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Register `{vendor_id, vendor_name, email, status?}`; with `{vendor_id, status}` change the status alone.

    With `{vendor_id, action}` send the confirmation of the address again (`send_confirmation`), or ask whether it is
    confirmed (`check_address`). `actor` says in whose name.

    Raises InvalidVendorError, UnknownVendorError and AccessManagerError.
    """
    wanted = {name: value for name, value in event.items() if name != "actor"}
    actor = str(event.get("actor") or OPERATIONS)
    if wanted.keys() == {"vendor_id", "status"}:
        return change_status(wanted["vendor_id"], wanted["status"], actor)
    if wanted.keys() == {"vendor_id", "action"}:
        return confirm(wanted["vendor_id"], wanted["action"], actor)
    registration = VendorRegistration.from_event(wanted)
    done = registrar.register(registration, actor)
    logger.info("vendor registered", vendor_id=registration.vendor_id, status=done.status)
    return {
        "vendor_id": registration.vendor_id,
        "status": done.status,
        "topic_arn": done.topic_arn,
        "upload_prefix": f"uploads/{registration.vendor_id}/",
        "invitation": "sent" if done.was_invited else "not sent: the vendor has people already, or is suspended",
        "next": "the vendor has to confirm the subscription in the e-mail that was sent",
    }


def change_status(vendor_id: str, status: str, actor: str) -> dict[str, Any]:
    """Suspend or resume a vendor."""
    registrar.set_status(vendor_id, status, actor)
    logger.info("vendor status changed", vendor_id=vendor_id, status=status)
    return {"vendor_id": vendor_id, "status": status}


def confirm(vendor_id: str, action: str, actor: str) -> dict[str, Any]:
    """Send the confirmation of the address again, or only ask whether it is confirmed."""
    match action:
        case "send_confirmation":
            is_confirmed = registrar.send_confirmation(vendor_id, actor)
        case "check_address":
            is_confirmed = registrar.check_address(vendor_id)
        case _:
            raise InvalidVendorError("action: send_confirmation or check_address")
    logger.info("address asked about", vendor_id=vendor_id, action=action, is_confirmed=is_confirmed)
    return {"vendor_id": vendor_id, "is_confirmed": is_confirmed}
