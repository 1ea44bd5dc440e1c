"""The executions of an upload: the newest one, and running it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

_MOST = 100


class NotRedrivableError(LookupError):
    """There is no execution to run again, or it is still running; the message says which."""


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution as Step Functions knows it."""

    arn: str
    name: str
    status: str
    error: str | None
    cause: str | None
    started_at: datetime
    ended_at: datetime | None

    @property
    def console_url(self) -> str:
        """Return the address of its page in the AWS console."""
        region = self.arn.split(":")[3]
        return f"https://{region}.console.aws.amazon.com/states/home?region={region}#/v2/executions/details/{self.arn}"


@dataclass(frozen=True, slots=True)
class Executions:
    """Uploads' executions are named by the upload id; those that were run again have a number behind it."""

    step_functions: Any
    state_machine_arn: str

    def newest(self, upload_id: str) -> Execution | None:
        """Return the newest execution of an upload; None if it had none, or Step Functions has forgotten it."""
        found = self._newest(upload_id)
        return _execution_of(found) if found else None

    def start_again(self, upload_id: str) -> str:
        """Run an upload's execution again under a new name and return the name.

        A new execution uses today's definition, and works when the 14 days of Step Functions' own redrive are over.
        Raises NotRedrivableError.
        """
        newest = self._newest(upload_id)
        if newest is None:
            raise NotRedrivableError(f"There is no execution of {upload_id}.")
        if newest["status"] == "RUNNING":
            raise NotRedrivableError(f"{upload_id} is still running; nothing to do yet.")
        for attempt in range(1, _MOST):
            name = _name(upload_id, attempt)
            try:
                self.step_functions.start_execution(
                    stateMachineArn=self.state_machine_arn, name=name, input=newest["input"]
                )
            except self.step_functions.exceptions.ExecutionAlreadyExists:
                continue
            return name
        raise NotRedrivableError(f"{upload_id} has been redriven {_MOST - 1} times; look for the cause instead.")

    def arn_of(self, name: str) -> str:
        """Return the ARN of the execution of this name."""
        return f"{self.state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    def _newest(self, upload_id: str) -> dict[str, Any] | None:
        found = self._describe(upload_id)  # forgotten 90 days after it ended, before those that were run again
        for attempt in range(1, _MOST):
            later = self._describe(_name(upload_id, attempt))
            if later is None:
                break
            found = later
        return found

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.step_functions.describe_execution(executionArn=self.arn_of(name))
        except self.step_functions.exceptions.ExecutionDoesNotExist:
            return None
        return found


def _name(upload_id: str, attempt: int) -> str:
    return f"{upload_id}_redrive_{attempt}"


def _execution_of(found: dict[str, Any]) -> Execution:
    return Execution(
        arn=found["executionArn"],
        name=found["name"],
        status=found["status"],
        error=found.get("error"),
        cause=found.get("cause"),
        started_at=found["startDate"],
        ended_at=found.get("stopDate"),
    )
