"""Starts the one execution of an upload."""

import json
from typing import Any

from onboarding.uploads import Upload


def start_execution(step_functions: Any, state_machine_arn: str, upload: Upload) -> None:
    """Start the upload's execution unless it was started before: its name, the upload id, is taken then."""
    try:
        step_functions.start_execution(
            stateMachineArn=state_machine_arn, name=upload.upload_id, input=json.dumps(upload.as_execution_input())
        )
    except step_functions.exceptions.ExecutionAlreadyExists:
        return
