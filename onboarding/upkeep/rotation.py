"""Rotates the application's password in the four steps of Secrets Manager, each of which may be repeated.

Secrets Manager user guide, "Rotation by Lambda function". There is one role, so between `setSecret` and
`finishSecret` the current secret is refused for a moment; `Database` asks again until it is not.
"""

import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from onboarding.config import SecretRotatorConfig
from onboarding.stores.database import connect
from onboarding.upkeep.roles import can_log_in, owner_parameters, set_application_password

_PASSWORD_LENGTH = 48


class UnexpectedRotationError(RuntimeError):
    """The event names a secret, a version or a step that is not up for rotation."""


@dataclass(frozen=True, slots=True)
class SecretRotation:
    config: SecretRotatorConfig
    secrets: Any

    def step(self, step: str, secret_id: str, token: str) -> None:
        """Do one step for the version `token`. Raises UnexpectedRotationError, and what AWS or the database raises."""
        if secret_id != self.config.database_secret_arn:
            raise UnexpectedRotationError(f"not the application's secret: {secret_id}")
        stages = self.secrets.describe_secret(SecretId=secret_id)["VersionIdsToStages"].get(token)
        if stages is None:
            raise UnexpectedRotationError(f"no version {token}")
        if "AWSCURRENT" in stages:
            return
        match step:
            case "createSecret":
                self._create(secret_id, token)
            case "setSecret":
                self._set(secret_id, token)
            case "testSecret":
                self._test(secret_id, token)
            case "finishSecret":
                self._finish(secret_id, token)
            case _:
                raise UnexpectedRotationError(f"no step {step!r}")

    def _create(self, secret_id: str, token: str) -> None:
        try:
            self._pending(secret_id, token)
        except self.secrets.exceptions.ResourceNotFoundException:
            current = self._current(secret_id)
            password = self.secrets.get_random_password(PasswordLength=_PASSWORD_LENGTH, ExcludePunctuation=True)
            self.secrets.put_secret_value(
                SecretId=secret_id,
                ClientRequestToken=token,
                SecretString=json.dumps({**current, "password": password["RandomPassword"]}),
                VersionStages=["AWSPENDING"],
            )

    def _set(self, secret_id: str, token: str) -> None:
        pending = self._pending(secret_id, token)
        with closing(connect(lambda _: owner_parameters(self.config))) as owner:
            set_application_password(owner, pending["username"], pending["password"])

    def _test(self, secret_id: str, token: str) -> None:
        """Log in. When a schedule is set up, Secrets Manager runs this step alone, with a version that has no value."""
        try:
            secret = self._pending(secret_id, token)
        except self.secrets.exceptions.ResourceNotFoundException:
            secret = self._current(secret_id)
        if not can_log_in(self.config, secret):
            raise UnexpectedRotationError("the database refuses the new password")

    def _finish(self, secret_id: str, token: str) -> None:
        versions = self.secrets.describe_secret(SecretId=secret_id)["VersionIdsToStages"]
        current = next(version for version, stages in versions.items() if "AWSCURRENT" in stages)
        self.secrets.update_secret_version_stage(
            SecretId=secret_id, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
        )

    def _current(self, secret_id: str) -> dict[str, Any]:
        found = self.secrets.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")
        secret: dict[str, Any] = json.loads(found["SecretString"])
        return secret

    def _pending(self, secret_id: str, token: str) -> dict[str, Any]:
        found = self.secrets.get_secret_value(SecretId=secret_id, VersionId=token, VersionStage="AWSPENDING")
        secret: dict[str, Any] = json.loads(found["SecretString"])
        return secret
