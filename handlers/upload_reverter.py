"""Upload Reverter: an operator takes an upload back (`make revert`), or asks what that would do."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import UploadReverterConfig, from_environment
from onboarding.operating.journal import OPERATIONS
from onboarding.runtime import logger, tracer
from onboarding.stores.database import Database
from onboarding.upkeep.reverting import revert

database = Database(from_environment(UploadReverterConfig))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Revert `{upload_id, carry_out, actor?}` and return what that did, or would do. Raises NotRevertibleError."""
    upload_id = event["upload_id"]
    logger.append_keys(upload_id=upload_id)
    actor = str(event.get("actor") or OPERATIONS) if event["carry_out"] is True else None
    done = revert(database, upload_id, actor=actor)
    logger.info("revert", is_done=done.is_done, changed=done.effects.changed, superseded=done.effects.superseded)
    return done.as_document()
