"""How an upload talks with its execution: starts it, and tells it that every row is settled or the file refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from aws_lambda_powertools import Logger

if TYPE_CHECKING:  # the error processor answers tasks, too, and needs none of these
    from onboarding.intake.refusal import FileRefused
    from onboarding.stores.history import Progress
    from onboarding.stores.staging import StagingTable
    from onboarding.uploads import Upload

logger = Logger(child=True)

VALIDATED = "validated"
REFUSED = "refused"
_LATE_CALLBACKS = ("TaskDoesNotExist", "TaskTimedOut", "InvalidToken")
"""The execution went on without this callback; what it needed, it has read from the tracker."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the execution learns. Counts are rows; a refused file has none, but a code and a message."""

    outcome: str
    total_records: int = 0
    valid_records: int = 0
    error_records: int = 0
    refusal_code: str = ""
    refusal_message: str = ""

    @classmethod
    def of_rows(cls, progress: Progress) -> Self:
        return cls(VALIDATED, progress.total_records or 0, progress.valid_records, progress.error_records)

    @classmethod
    def of_refusal(cls, refusal: FileRefused) -> Self:
        return cls(REFUSED, refusal_code=refusal.code, refusal_message=refusal.message)

    def as_document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Executions:
    """Starts executions of the state machine. Their input is the upload and, for who looks at it, its portal page."""

    step_functions: Any
    state_machine_arn: str
    portal_url: str

    def start(self, upload: Upload) -> None:
        """Start the upload's execution unless it was started before: its name, the upload id, is taken then."""
        document = {**upload.as_execution_input(), "portal_page": portal_page(self.portal_url, upload.upload_id)}
        try:
            self.step_functions.start_execution(
                stateMachineArn=self.state_machine_arn, name=upload.upload_id, input=json.dumps(document)
            )
        except self.step_functions.exceptions.ExecutionAlreadyExists:
            return


def portal_page(portal_url: str, upload_id: str) -> str:
    """Return the address of the upload's page in the portal at this address."""
    return f"{portal_url}#/uploads/{upload_id}"


class CompletionSignal:
    """Marks the tracker, then answers the waiting execution. Repeating it is harmless."""

    def __init__(self, staging: StagingTable, step_functions: Any) -> None:
        self._staging = staging
        self._step_functions = step_functions

    def send(self, upload_id: str, completion: Completion) -> None:
        output = json.dumps(completion.as_document())
        token = self._staging.complete_tracker(upload_id, output)
        if token is None:
            logger.info("upload complete before its execution waited")
            return
        answer_task(self._step_functions, token, output)


def answer_task(step_functions: Any, token: str, output: str) -> None:
    """Send a task's result; a task that is over is no error."""
    _call_back(step_functions, lambda: step_functions.send_task_success(taskToken=token, output=output))


def fail_task(step_functions: Any, token: str, *, error: str, cause: str) -> None:
    """Send a task's failure under the name that the state machine retries; a task that is over is no error."""
    _call_back(step_functions, lambda: step_functions.send_task_failure(taskToken=token, error=error, cause=cause))


def _call_back(step_functions: Any, call: Callable[[], object]) -> None:
    try:
        call()
    except step_functions.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in _LATE_CALLBACKS:
            raise
        logger.info("task was over already", reason=error.response["Error"]["Code"])
