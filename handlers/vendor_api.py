"""Vendor API: a vendor's program asks for something, with its API key."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from api.app import build_app
from api.identity import Callers
from api.services import services_of
from onboarding.config import ApiConfig, from_environment

logger = Logger()
services = services_of(from_environment(ApiConfig))
app = build_app("/v1", Callers(services.access).program_of, services)


# Lambda's own trace is enough here: X-Ray's SDK would take a third of the time to import, and record links.
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of API Gateway (payload format 2.0)."""
    return app.resolve(event, context)
