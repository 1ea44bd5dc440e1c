"""Secret Rotator: Secrets Manager wants a new password for the application's database role."""

from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import SecretRotatorConfig, from_environment
from onboarding.runtime import logger, tracer
from onboarding.upkeep.rotation import SecretRotation

config = from_environment(SecretRotatorConfig)
rotation = SecretRotation(config, boto3.client("secretsmanager"))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Do one step of a rotation: `{Step: …, SecretId: …, ClientRequestToken: …}`."""
    rotation.step(event["Step"], event["SecretId"], event["ClientRequestToken"])
    logger.info("rotation step done", step=event["Step"])
