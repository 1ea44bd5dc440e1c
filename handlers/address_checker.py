"""Address Checker: once a day, asks which vendors' addresses are confirmed and counts those that are not in time."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import AddressCheckerConfig, from_environment
from onboarding.runtime import logger, metrics, tracer
from onboarding.stores.database import Database
from onboarding.upkeep.addresses import AddressCheck

_SECONDS_TO_END = 120
"""Left for a database that wakes up, and for the last address."""

database = Database(from_environment(AddressCheckerConfig))
sns = boto3.client("sns")


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Return how many addresses were asked about, and how many vendors have not confirmed theirs in two days."""
    seconds = context.get_remaining_time_in_millis() / 1000 - _SECONDS_TO_END
    checked, overdue = AddressCheck(database, sns, seconds).run()
    metrics.add_metric("VendorsUnconfirmed", MetricUnit.Count, overdue)
    logger.info("addresses checked", checked=checked, overdue=overdue)
    return {"checked": checked, "overdue": overdue}
