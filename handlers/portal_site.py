"""Portal Site: a browser asks for the portal's pages; answer with the files of the package."""

from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from api.site import Site
from onboarding.config import PortalSiteConfig, from_environment

logger = Logger()
config = from_environment(PortalSiteConfig)
site = Site(
    Path(__file__).parent.parent / "portal" / "dist",
    {
        "sign_in_url": config.sign_in_url,
        "user_pool_url": config.user_pool_url,
        "client_id": config.portal_client_id,
        "portal_url": config.portal_url,
    },
    config.upload_origins.split(),
)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer /portal and everything below it that is no address of the API (payload format 2.0)."""
    # Without a variable in the path AWS leaves the key out, and the emulator makes it null.
    name = (event.get("pathParameters") or {}).get("proxy", "")
    return site.answer(event["requestContext"]["http"]["method"], name, event.get("headers", {}))
