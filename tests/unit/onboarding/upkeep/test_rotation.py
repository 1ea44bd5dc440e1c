"""A rotation as Secrets Manager runs it: four steps, each maybe twice."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import psycopg2
import pytest
from moto import mock_aws

from onboarding.config import SecretRotatorConfig
from onboarding.upkeep.roles import APPLICATION_ROLE, set_application_password
from onboarding.upkeep.rotation import SecretRotation, UnexpectedRotationError
from tests.conftest import TestDatabase

TOKEN = "11111111-2222-3333-4444-555555555555"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Announced:
    """The client of Secrets Manager during a rotation: AWS lists the new version before it has a value."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_secret(self, **arguments: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._client.describe_secret(**arguments)
        found["VersionIdsToStages"].setdefault(TOKEN, ["AWSPENDING"])
        return found


@pytest.fixture
def rotation(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretRotation]:
    """A rotation of the test database's application password, which it has back at the end."""
    from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    owner = psycopg2.extensions.parse_dsn(database.url)
    with mock_aws():
        DEFAULT_PROVIDERS.pop("secrets", None)
        client = boto3.client("secretsmanager")
        create = client.create_secret
        application = create(Name="application", SecretString=json.dumps(database.application_secret()))["ARN"]
        owner_secret = json.dumps({"username": owner["user"], "password": owner["password"]})
        config = SecretRotatorConfig(
            database_secret_arn=application,
            database_ssl_mode="prefer",
            database_owner_secret_arn=create(Name="owner", SecretString=owner_secret)["ARN"],
        )
        yield SecretRotation(config, Announced(client))
        DEFAULT_PROVIDERS.pop("secrets", None)
    with closing(psycopg2.connect(database.url)) as connection:
        set_application_password(connection, APPLICATION_ROLE, database.application_secret()["password"])


def current(rotation: SecretRotation) -> dict[str, Any]:
    arn = rotation.config.database_secret_arn
    return json.loads(rotation.secrets.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")["SecretString"])


def can_connect(secret: dict[str, Any]) -> bool:
    try:
        psycopg2.connect(
            host=secret["host"],
            port=secret["port"],
            dbname=secret["dbname"],
            user=secret["username"],
            password=secret["password"],
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


@pytest.mark.parametrize("times", [1, 2])
def test_rotation_replaces_the_password_when_each_step_runs(rotation: SecretRotation, times: int) -> None:
    before = current(rotation)

    for step in STEPS:
        for _ in range(times):
            rotation.step(step, rotation.config.database_secret_arn, TOKEN)

    after = current(rotation)
    assert after["password"] != before["password"]
    assert {**after, "password": ""} == {**before, "password": ""}
    assert can_connect(after)
    assert not can_connect(before)


def test_current_password_stays_valid_when_only_the_first_step_ran(rotation: SecretRotation) -> None:
    before = current(rotation)

    rotation.step("createSecret", rotation.config.database_secret_arn, TOKEN)

    assert current(rotation) == before
    assert can_connect(before)


def test_test_step_fails_when_the_password_was_not_set(rotation: SecretRotation) -> None:
    rotation.step("createSecret", rotation.config.database_secret_arn, TOKEN)

    with pytest.raises(UnexpectedRotationError):
        rotation.step("testSecret", rotation.config.database_secret_arn, TOKEN)


def test_test_step_succeeds_when_a_schedule_is_only_set_up(rotation: SecretRotation) -> None:
    before = current(rotation)

    rotation.step("testSecret", rotation.config.database_secret_arn, TOKEN)

    assert current(rotation) == before


def test_step_is_refused_when_it_is_for_another_secret(rotation: SecretRotation) -> None:
    with pytest.raises(UnexpectedRotationError):
        rotation.step("setSecret", rotation.config.database_owner_secret_arn, TOKEN)


def test_step_is_refused_when_the_version_is_unknown(rotation: SecretRotation) -> None:
    with pytest.raises(UnexpectedRotationError):
        rotation.step("createSecret", rotation.config.database_secret_arn, "0" * 36)
