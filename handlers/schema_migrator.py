"""Schema Migrator: a custom resource that applies the SQL migrations during `sls deploy`."""

from contextlib import closing
from typing import Any

import psycopg2
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import SchemaMigratorConfig, from_environment
from onboarding.runtime import logger, tracer
from onboarding.stores.database import connect, read_secret
from onboarding.upkeep.custom_resource import answer
from onboarding.upkeep.migrations import database_url, migrate
from onboarding.upkeep.roles import owner_parameters, set_application_password

config = from_environment(SchemaMigratorConfig)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Bring schema and application role up to date on Create and Update; on Delete the data stays."""

    def work() -> dict[str, Any]:
        if event["RequestType"] == "Delete":
            return {}
        # A database that has paused answers after a while.
        connect(lambda _: owner_parameters(config)).close()
        owner = owner_parameters(config)
        applied = migrate(database_url(owner))
        logger.info("migrations applied", migrations=applied)
        application = read_secret(config.database_secret_arn, fresh=True)
        with closing(psycopg2.connect(**owner)) as connection:
            set_application_password(connection, application["username"], application["password"])
        return {"Applied": ",".join(applied)}

    answer(event, physical_id="database-schema", work=work)
