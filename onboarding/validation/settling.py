"""Decides rows: rules first, the ledger's transaction second, and only then what others learn of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.errors import ForeignKeyViolation

from onboarding.execution import Completion, CompletionSignal
from onboarding.rows import CheckedRow, RowStatus, StagedRow
from onboarding.stores import catalogue, history, ledger
from onboarding.stores.database import Database
from onboarding.stores.error_queue import send_error_rows
from onboarding.stores.ledger import Settlement
from onboarding.stores.staging import StagingTable
from onboarding.uploads import UploadMode
from rules import ErrorCode, ProductRules


@dataclass(frozen=True, slots=True)
class Validation:
    """Everything it takes to settle rows; used by the validator and by the reconciler."""

    database: Database
    rules: ProductRules
    staging: StagingTable
    sqs: Any
    error_queue_url: str
    completion: CompletionSignal

    def validate(self, rows: Sequence[StagedRow]) -> Settlement:
        """Settle rows of one upload. Rows that are settled already keep their outcome; all is announced again."""
        try:
            return self._validate(rows)
        except ForeignKeyViolation:
            # A category was renamed between the check and the settlement: by now the list has the new name.
            return self._validate(rows)

    def _validate(self, rows: Sequence[StagedRow]) -> Settlement:
        upload_id = rows[0].upload_id
        mode, whitelist = self.database.run(
            lambda cursor: (history.mode_of(cursor, upload_id), catalogue.whitelist(cursor))
        )
        rules = mode.rules(self.rules)
        # Of changes the ledger knows the products: those in a retired category may be told to stay there.
        categories = whitelist.kept if mode is UploadMode.UPDATE else whitelist.allowed
        return self._settle([check_row(rules, row, categories) for row in rows])

    def give_up(self, rows: Sequence[StagedRow]) -> Settlement:
        """Close rows of one upload that cannot be processed; an outcome they have already stays."""
        error = self.rules.processing_error()
        return self._settle([CheckedRow(row, (error,), ()) for row in rows])

    def _settle(self, checked: Sequence[CheckedRow]) -> Settlement:
        rows = list({row.row_number: row for row in checked}.values())  # a batch may carry the same event twice
        upload_id, vendor_id = rows[0].staged.upload_id, rows[0].staged.vendor_id
        settlement = self.database.run(lambda cursor: ledger.settle(cursor, self.rules, upload_id, vendor_id, rows))
        self._announce([row.staged for row in rows], settlement)
        return settlement

    def _announce(self, rows: Sequence[StagedRow], settlement: Settlement) -> None:
        """Tell queue, staging table and execution. A repetition of the batch comes here again, so nothing is lost."""
        errors = settlement.errors
        invalid = [row.with_errors(errors[row.row_number]) for row in rows if row.row_number in errors]
        send_error_rows(self.sqs, self.error_queue_url, invalid)
        self.staging.put_rows([row for row in rows if row.row_number in settlement.valid], RowStatus.VALIDATED)
        if settlement.progress.is_complete:
            self.completion.send(rows[0].upload_id, Completion.of_rows(settlement.progress))


def check_row(rules: ProductRules, staged: StagedRow, categories: frozenset[str]) -> CheckedRow:
    """Return the row with what the rules say about it and what its whole file said."""
    row = staged.row
    if row.findings and any(finding.code == ErrorCode.MALFORMED_ROW for finding in row.findings):
        return CheckedRow(staged, row.findings, ())
    verdict = rules.check(row.cells, categories, lengths=row.lengths, sent=row.sent)
    errors = rules.in_order((*verdict.errors, *row.findings)) if row.findings else verdict.errors
    return CheckedRow(staged, errors, verdict.values)
