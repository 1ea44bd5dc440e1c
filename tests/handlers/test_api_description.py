"""The operators' routes against their own description: whatever is sent, the answer is one that is described."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.core import NotSet

from tests.handlers.operator_client import Operator

DESCRIPTION = json.loads((Path(__file__).parent.parent.parent / "api" / "openapi.json").read_text(encoding="utf-8"))
DESCRIPTION["paths"] = {
    path: found for path, found in DESCRIPTION["paths"].items() if path.startswith("/portal/v1/admin/")
}

schema = schemathesis.openapi.from_dict(DESCRIPTION)
schema.config.generation.update(max_examples=10, deterministic=True, allow_x00=True, with_security_parameters=False)


@schema.parametrize()
@settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_answer_is_described_whatever_is_sent(case: "schemathesis.Case[Any]", operator: Operator) -> None:
    path = unquote(case.formatted_path.removeprefix("/portal/v1"))  # as the gateway hands it over

    reply = operator.ask(
        case.method,
        path,
        query=urlencode(case.query or {}, doseq=True),
        body=None if isinstance(case.body, NotSet) else json.dumps(case.body, default=repr),
        headers={"Content-Type": case.media_type or "application/json"},
    )

    is_described_method = case.method.lower() == case.operation.method.lower()
    described = case.operation.definition.raw["responses"] if is_described_method else ("405",)
    assert str(int(reply.status)) in described, reply.text
    assert reply.status < 500, reply.text
