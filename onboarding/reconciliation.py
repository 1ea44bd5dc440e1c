"""Finishes an upload that the pipeline left unfinished: from the file itself, whatever became of staging and stream."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import BotoCoreError, ClientError

from onboarding.execution import REFUSED, Completion
from onboarding.intake.receiving import AcceptedBeforeError, Intake
from onboarding.intake.refusal import FileRefused
from onboarding.rows import StagedRow, stage
from onboarding.stores import history
from onboarding.stores.catalogue import UnexplainedConflictError
from onboarding.stores.database import is_outage
from onboarding.stores.error_queue import MessagesNotSentError
from onboarding.stores.history import Progress
from onboarding.uploads import Upload
from onboarding.validation.settling import Validation

logger = Logger(child=True)

_BATCH_ROWS = 500
_OUTAGES = (
    ClientError,
    BotoCoreError,
    GetParameterError,
    MessagesNotSentError,
    UnexplainedConflictError,
)
"""Failures of a service, or of timing; those of the database are told by `is_outage`. No row is to blame, so they are
raised and the execution tries again."""


class StillIncompleteError(RuntimeError):
    """Every row has been settled, yet the counts do not add up."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Needs what the parser and the validator need."""

    intake: Intake
    validation: Validation

    def recover(self, upload: Upload) -> Completion:
        """Settle every row that can be settled, close the others as PROCESSING_ERROR, and return the completion.

        Rows that have an outcome keep it and are announced again, which restores lost error messages.
        Waits for a parser that is still at work on the upload, and keeps a later one waiting.

        Raises StillIncompleteError, AcceptedBeforeError if rows are open of a file that has become unreadable, and
        whatever an outage raises.
        """
        with self.intake.database.exclusive(upload.upload_id):
            return self._recover(upload)

    def _recover(self, upload: Upload) -> Completion:
        stored = self.intake.staging.completion(upload.upload_id)
        if stored is not None:
            completion = Completion(**json.loads(stored))
            if completion.outcome == REFUSED:
                return completion
        try:
            rows, _ = self.intake.accept(upload)
        except FileRefused as refusal:
            return self._sent(upload, Completion.of_refusal(refusal))
        except AcceptedBeforeError:
            # Without the file there is nothing to settle rows from; but perhaps none is open.
            progress = self._progress(upload)
            if progress is None or not progress.is_complete:
                raise
            return self._sent(upload, Completion.of_rows(progress))
        return self._settle(upload, stage(upload, rows))  # whose last batch has told the execution

    def _settle(self, upload: Upload, rows: Sequence[StagedRow]) -> Completion:
        hopeless: list[StagedRow] = []
        for start in range(0, len(rows), _BATCH_ROWS):
            hopeless += self._validate(rows[start : start + _BATCH_ROWS])
        if hopeless:
            self.validation.give_up(hopeless)
        progress = self._progress(upload)
        if progress is None or not progress.is_complete:
            raise StillIncompleteError(f"{upload.upload_id}: {progress}")
        return Completion.of_rows(progress)

    def _progress(self, upload: Upload) -> Progress | None:
        record = self.validation.database.run(lambda cursor: history.find_upload(cursor, upload.upload_id))
        return None if record is None else record.progress

    def _sent(self, upload: Upload, completion: Completion) -> Completion:
        self.validation.completion.send(upload.upload_id, completion)
        return completion

    def _validate(self, rows: Sequence[StagedRow]) -> list[StagedRow]:
        """Validate rows, halving the batch around any that break it, and return those that fail alone."""
        try:
            self.validation.validate(rows)
        except Exception as error:
            if isinstance(error, _OUTAGES) or is_outage(error):
                raise
            if len(rows) == 1:
                logger.exception("row cannot be processed", row_number=rows[0].row_number)
                return list(rows)
            middle = len(rows) // 2
            return self._validate(rows[:middle]) + self._validate(rows[middle:])
        return []
