"""Decides rows: rules first, the ledger's transaction second, and only then what others learn of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.errors import ForeignKeyViolation
from psycopg2.extensions import cursor as Cursor

from onboarding.execution import Completion, CompletionSignal
from onboarding.rows import CheckedRow, RowStatus, StagedRow
from onboarding.stores import catalogue, history, ledger
from onboarding.stores.database import Database
from onboarding.stores.error_queue import send_error_rows
from onboarding.stores.ledger import Settlement
from onboarding.stores.staging import StagingTable
from onboarding.uploads import UploadMode
from rules import ErrorCode, ProductRules, Verdict


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
            return self._settle(rows, self._check)
        except ForeignKeyViolation:
            # A category was renamed between the check and the settlement: by now the list has the new name.
            return self._settle(rows, self._check)

    def give_up(self, rows: Sequence[StagedRow]) -> Settlement:
        """Close rows of one upload that cannot be processed; an outcome they have already stays."""
        error = self.rules.processing_error()
        return self._settle(rows, lambda _, unique: [CheckedRow(row, (error,), ()) for row in unique])

    def _check(self, cursor: Cursor, rows: Sequence[StagedRow]) -> list[CheckedRow]:
        mode, whitelist = history.mode_of(cursor, rows[0].upload_id), catalogue.whitelist(cursor)
        # Of changes the ledger knows the products: those in a retired category may be told to stay there.
        categories = whitelist.kept if mode is UploadMode.UPDATE else whitelist.allowed
        return check_rows(mode.rules(self.rules), rows, categories)

    def _settle(
        self, rows: Sequence[StagedRow], check: Callable[[Cursor, Sequence[StagedRow]], list[CheckedRow]]
    ) -> Settlement:
        """Check and decide in one transaction, which takes the upload's lock only when the rows are checked."""
        unique = list({row.row_number: row for row in rows}.values())  # a batch may carry the same event twice
        upload_id, vendor_id = unique[0].upload_id, unique[0].vendor_id
        settlement = self.database.run(
            lambda cursor: ledger.settle(cursor, self.rules, upload_id, vendor_id, check(cursor, unique))
        )
        self._announce(unique, settlement)
        return settlement

    def _announce(self, rows: Sequence[StagedRow], settlement: Settlement) -> None:
        """Tell queue, staging table and execution. A repetition of the batch comes here again, so nothing is lost."""
        errors = settlement.errors
        invalid = [row.with_errors(errors[row.row_number]) for row in rows if row.row_number in errors]
        send_error_rows(self.sqs, self.error_queue_url, invalid)
        self.staging.put_rows([row for row in rows if row.row_number in settlement.valid], RowStatus.VALIDATED)
        if settlement.progress.is_complete:
            self.completion.send(rows[0].upload_id, Completion.of_rows(settlement.progress))


def check_rows(rules: ProductRules, rows: Sequence[StagedRow], categories: frozenset[str]) -> list[CheckedRow]:
    """Return the rows with what the rules say about them and what their whole file said."""
    judged = [row for row in rows if not _is_malformed(row)]
    verdicts = iter(rules.check_all([row.row for row in judged], categories))
    return [
        CheckedRow(row, row.row.findings, ()) if _is_malformed(row) else _checked(rules, row, next(verdicts))
        for row in rows
    ]


def _is_malformed(staged: StagedRow) -> bool:
    """Tell whether the cells may stand in the wrong columns."""
    findings = staged.row.findings
    return bool(findings) and any(finding.code == ErrorCode.MALFORMED_ROW for finding in findings)


def _checked(rules: ProductRules, staged: StagedRow, verdict: Verdict) -> CheckedRow:
    errors, values = verdict
    findings = staged.row.findings
    return CheckedRow(staged, rules.in_order((*errors, *findings)) if findings else errors, values)
