"""Upload Finder: an operator asks for the story of an upload (`make explain`); say what the database knows of it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import UploadFinderConfig, from_environment
from onboarding.runtime import logger, tracer
from onboarding.stores.database import Database
from onboarding.stores.upload_search import search

DATABASE_PATIENCE_SECONDS = 15
"""An operator wants to hear soon that the database does not answer. One that was paused answers at the second try."""

database = Database(from_environment(UploadFinderConfig), DATABASE_PATIENCE_SECONDS)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Return what is known of the upload `{name}`: an id, an S3 key or a file name (stores/upload_search.py)."""
    return database.run(lambda cursor: search(cursor, event["name"])).as_document()
