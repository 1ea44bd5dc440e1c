"""Access Manager: an operator or the vendor registrar lets somebody in or keeps somebody out.

Outside the network: AWS lists no dual-stack name for the user pool's endpoint, and nothing here needs PostgreSQL.
"""

from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.admission import Admission
from onboarding.api_keys import KeyKind
from onboarding.config import AccessManagerConfig, from_environment
from onboarding.people import People
from onboarding.runtime import logger, tracer
from onboarding.stores.access import AccessTable

config = from_environment(AccessManagerConfig)
access = AccessTable(boto3.client("dynamodb"), config.access_table_name)
people = People(boto3.client("cognito-idp"), config.user_pool_id, access)
admission = Admission(access, people, KeyKind(config.api_key_kind))


@logger.inject_lambda_context(clear_state=True)
# A new key is in the response, an e-mail address may be in an exception.
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do one `action` (onboarding/admission.py) and return what came of it; raise what was wrong with it."""
    answer = admission.act(event)
    logger.info("access changed", action=event["action"], vendor_id=event.get("vendor_id"))
    return answer
