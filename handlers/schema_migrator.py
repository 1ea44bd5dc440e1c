"""Schema Migrator: a custom resource that applies the SQL migrations during `sls deploy`."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import SchemaMigratorConfig, from_environment
from onboarding.custom_resource import answer
from onboarding.migrations import database_url, migrate
from onboarding.observability import logger, tracer

config = from_environment(SchemaMigratorConfig)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Bring the schema up to date on Create and Update; on Delete the data stays."""

    def work() -> dict[str, Any]:
        if event["RequestType"] == "Delete":
            return {}
        applied = migrate(database_url(config))
        logger.info("migrations applied", migrations=applied)
        return {"Applied": ",".join(applied)}

    answer(event, physical_id="database-schema", work=work)
