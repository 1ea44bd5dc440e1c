"""The account that handler tests run in. moto is there before any client, and handlers make theirs when imported."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from tests.conftest import TestDatabase
from tests.handlers.api_client import ApiClient, let_vendors_in
from tests.handlers.operator_client import OLGA, Operator
from tests.handlers.world import ENVIRONMENT, VENDOR_TOPIC_ARN, Functions, TaskCallbacks, World


@pytest.fixture(scope="session")
def functions() -> Iterator[Functions]:
    """The handler modules, in the environment that the template gives them."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ENVIRONMENT.items():
            environment.setenv(name, value)
        for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
            environment.delenv(name, raising=False)
        # For each new pool moto checks the key that it signs tokens with: a third of the time for an account. Nobody
        # signs in here.
        environment.setattr("moto.cognitoidp.models.jwk.RSAKey.import_key", lambda file: None)
        yield Functions(TaskCallbacks())


@pytest.fixture
def world(functions: Functions, database: TestDatabase) -> Iterator[World]:
    """An account with empty resources, and a database with the active vendors VEND001 and VEND002."""
    from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS

    for provider in DEFAULT_PROVIDERS.values():
        provider.clear_cache()
    functions.callbacks.forget()
    database.add_vendor("VEND001", topic_arn=VENDOR_TOPIC_ARN)
    database.add_vendor("VEND002", topic_arn="arn:aws:sns:us-east-1:123456789012:vendor-VEND002")
    with mock_aws():
        yield World(functions, database)


@pytest.fixture
def logged(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What the functions have logged since the test began, with all keys of every line.

    The logger keeps the standard output of the moment it was made, which capsys does not see.
    """
    from onboarding import runtime

    stream = io.StringIO()
    for logger in (runtime.logger, world.functions.api_key_authorizer.logger):
        monkeypatch.setattr(logger.registered_handler, "stream", stream)
    return stream.getvalue


@pytest.fixture
def api(world: World) -> ApiClient:
    """A program of VEND001."""
    let_vendors_in(world)
    return ApiClient(world)


@pytest.fixture
def other(api: ApiClient) -> ApiClient:
    """A program of VEND002, in the same account."""
    return ApiClient(api.world, "VEND002")


@pytest.fixture
def operator(api: ApiClient) -> Operator:
    """An operator, beside the vendors' programs."""
    from onboarding.access import Person, Role

    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    api.world.access.add_person(Person("sub-olga", Role.OPERATOR, None, OLGA, now))
    return Operator(api)
