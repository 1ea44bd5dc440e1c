"""Operator Desk: an operator's command wants something done that has to be recorded (`python -m operations`)."""

from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import OperatorDeskConfig, from_environment
from onboarding.operating.desk import Desk
from onboarding.registration import AccessManager
from onboarding.runtime import logger, tracer
from onboarding.stores.database import Database

config = from_environment(OperatorDeskConfig)
desk = Desk(Database(config), AccessManager(boto3.client("lambda"), config.access_manager_name))


@logger.inject_lambda_context(clear_state=True)
# A new key is in the response, an e-mail address may be in an exception.
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do one `action` (onboarding/operating/desk.py) and return what came of it; raise what was wrong with it."""
    answer = desk.act(event)
    logger.info("operator's request done", action=event["action"])
    return answer
