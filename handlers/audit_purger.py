"""Audit Purger: once a week, deletes what the audit trail need not keep any longer."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import AuditPurgerConfig, from_environment
from onboarding.runtime import logger, tracer
from onboarding.stores.database import Database
from onboarding.upkeep.purge import purge, retention

config = from_environment(AuditPurgerConfig)
kept_for = retention(config.audit_retention_days)
database = Database(config)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Return how much was deleted. Raises what the database raises; what was deleted until then stays deleted."""
    purged = purge(database, kept_for)
    deleted = asdict(purged)
    logger.info("audit trail purged", kept_days=kept_for.days, **deleted)
    return deleted
