"""API Key Authorizer: a program calls the API; say whether its key is one, and whose."""

from datetime import UTC, datetime
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.api_keys import KeyKind, bearer_token, digest_of, is_key
from onboarding.config import ApiKeyAuthorizerConfig, from_environment
from onboarding.stores.access import AccessTable

logger = Logger()
config = from_environment(ApiKeyAuthorizerConfig)
access = AccessTable(boto3.client("dynamodb"), config.access_table_name)
kind = KeyKind(config.api_key_kind)


# Lambda's own trace is enough here: every request waits for this function, and X-Ray's SDK for its import.
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Return HTTP API's simple response: 403 for what is no key, else the vendor and the key for the function behind.

    Whether the vendor is let in is asked there (api/identity.py), where the answer can say why not.
    """
    token = bearer_token(event["headers"].get("authorization", ""))
    if token is None or not is_key(token, kind):
        return refusal("malformed")
    key = access.key(digest_of(token))
    if key is None:
        return refusal("unknown")
    access.mark_used(key, datetime.now(UTC))
    logger.info("api key accepted", key_id=key.key_id, vendor_id=key.vendor_id)
    return {
        "isAuthorized": True,
        "context": {"vendor_id": key.vendor_id, "key_id": key.key_id, "label": key.label},
    }


def refusal(reason: str) -> dict[str, Any]:
    """Return the answer that stops the request at the gateway; the reason is for the log alone."""
    logger.info("api key refused", reason=reason)
    return {"isAuthorized": False}
