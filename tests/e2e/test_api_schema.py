"""The deployed API against its own description: whatever is sent, the answer is one that is described."""

import json
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.e2e.pipeline import Pipeline

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]
DESCRIPTION = json.loads((Path(__file__).parent.parent.parent / "api" / "openapi.json").read_text(encoding="utf-8"))
# A program's key opens none of the operators' routes, which tests/handlers/test_api_description.py goes through.
DESCRIPTION["paths"] = {path: found for path, found in DESCRIPTION["paths"].items() if path.startswith("/v1/")}

schema = schemathesis.openapi.from_dict(DESCRIPTION)
# The same requests in every run, and no more of them than a minute takes. Who may come in is tested for itself.
schema.config.generation.update(max_examples=12, deterministic=True, allow_x00=False, with_security_parameters=False)


@schema.hook
def filter_path_parameters(context: schemathesis.HookContext, path_parameters: dict[str, str] | None) -> bool:
    """Leave out control characters: the emulator's gateway finds no route for them, and answers by itself."""
    texts = (str(value) for value in (path_parameters or {}).values())
    return not any(unicodedata.category(character) == "Cc" for text in texts for character in unquote(text))


@schema.parametrize()
@settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_answer_is_described_whatever_is_sent(case: "schemathesis.Case[Any]", pipeline: Pipeline) -> None:
    variables = pipeline.environment.variables()

    case.call_and_validate(
        base_url=variables["API_URL"],
        headers={"Authorization": f"Bearer {variables['VENDOR_API_KEY']}"},
        checks=CHECKS,
    )
