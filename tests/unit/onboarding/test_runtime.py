"""What a trace keeps of an invocation, with the X-Ray SDK as it runs on Lambda."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent.parent
ON_LAMBDA = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
    "POWERTOOLS_SERVICE_NAME": "product-onboarding-test",
}
SECRET = "link with a token"
PROGRAM = f"""
from aws_xray_sdk.core import xray_recorder
from onboarding.runtime import tracer

sent = []
xray_recorder.emitter.send_entity = lambda entity: sent.append(entity.serialize())

@tracer.capture_lambda_handler
def handler(event, context):
    return {{"message": "{SECRET}"}}

handler({{}}, None)
print(sent)
"""


def trace(environment: dict[str, str]) -> str:
    """Return what X-Ray is sent about an invocation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("POWERTOOLS_", "AWS_"))}
    command = [sys.executable, "-c", PROGRAM]
    result = subprocess.run(
        command, cwd=PROJECT, env=kept | ON_LAMBDA | environment, capture_output=True, text=True, check=True
    )
    return result.stdout


def test_trace_keeps_no_answer_when_the_template_says_so() -> None:
    by_default = trace({})
    kept = trace({"POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false"})  # serverless.yml

    assert SECRET in by_default
    assert "## handler" in kept
    assert SECRET not in kept
