"""Which vendors `make up` registers."""

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.vendors import register_samples
from tests.conftest import TestDatabase


@dataclass
class _Registrar:
    """Stands for the deployed vendor registrar: keeps what it was asked."""

    failure: str = ""
    asked: list[str] = field(default_factory=list)

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 (boto3's names)
        self.asked.append(json.loads(Payload)["vendor_id"])
        answer = {"Payload": io.BytesIO(self.failure.encode())}
        return answer | {"FunctionError": "Unhandled"} if self.failure else answer


@pytest.fixture
def registrar(monkeypatch: pytest.MonkeyPatch) -> _Registrar:
    registrar = _Registrar()
    monkeypatch.setattr(StackEnvironment, "client", lambda _, service: {"lambda": registrar}[service])
    return registrar


def _stack(database: TestDatabase) -> StackEnvironment:
    return StackEnvironment(
        endpoint_url="http://127.0.0.1:1",
        access_key_id="key",
        secret_access_key="secret",
        region="us-east-1",
        database_url=database.url,
        outputs={},
    )


def test_sample_vendors_are_registered_when_none_is_known(database: TestDatabase, registrar: _Registrar) -> None:
    register_samples(_stack(database))

    assert registrar.asked == ["VEND001", "VEND002", "VEND003"]


def test_vendor_is_left_alone_when_an_operator_has_changed_it(database: TestDatabase, registrar: _Registrar) -> None:
    database.add_vendor("VEND002", status="suspended")

    register_samples(_stack(database))

    assert registrar.asked == ["VEND001", "VEND003"]


def test_answer_is_told_when_the_registrar_refuses(database: TestDatabase, registrar: _Registrar) -> None:
    registrar.failure = "the e-mail address is not one"

    with pytest.raises(LocalStackError, match="refused VEND001: the e-mail address is not one"):
        register_samples(_stack(database))
