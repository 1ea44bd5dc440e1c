"""Admin API: an operator who is signed in asks for something, through the portal."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from api.admin_services import admin_services_of
from api.app import build_app
from api.identity import Callers
from api.routes.admin import ADMIN_ROUTES
from onboarding.config import AdminApiConfig, from_environment

logger = Logger()
services = admin_services_of(from_environment(AdminApiConfig))
app = build_app("/portal/v1", Callers(services.access).person_of, services, ADMIN_ROUTES)


# Lambda's own trace is enough here, as in portal_api; and a new key may be in the answer.
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of API Gateway (payload format 2.0)."""
    return app.resolve(event, context)
