"""The ledger: PostgreSQL decides here what happened to each row of an upload, once.

Each function takes the cursor of an open transaction and leaves commit and retry to `Database.run`.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor

from onboarding.rows import StagedRow
from onboarding.stores import catalogue
from onboarding.stores.catalogue import Key
from onboarding.stores.copying import array_of, copy_file, multirange, numbers_of
from onboarding.stores.history import Progress, UploadNotRecordedError
from onboarding.uploads import UploadStatus
from rules import ErrorCode, ProductRules, RowError

_ONLY_FINDING = frozenset({ErrorCode.MALFORMED_ROW, ErrorCode.PROCESSING_ERROR})
"""Findings that make a row's cells unusable for any other check."""
_REPEATED_KEY = frozenset({ErrorCode.DUPLICATE_SKU, ErrorCode.DUPLICATE_VENDOR_PRODUCT_ID})
_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A staged row, what the rules found, and its values in the order of the rules' columns."""

    staged: StagedRow
    errors: tuple[RowError, ...]
    values: tuple[str | None, ...]

    @property
    def row_number(self) -> int:
        return self.staged.row_number


@dataclass(frozen=True, slots=True)
class Settlement:
    """Outcome of every row of a batch, and how many of them this transaction decided."""

    valid: frozenset[int]
    errors: Mapping[int, tuple[RowError, ...]]
    accepted: int
    rejected: int
    progress: Progress


def settle(
    cursor: Cursor, rules: ProductRules, upload_id: str, vendor_id: str, rows: Sequence[CheckedRow]
) -> Settlement:
    """Decide the rows that have no outcome yet, record the decisions, and return the outcome of all.

    Batches of one upload come one after the other: each holds the lock of its upload_history row until commit.
    Rows that come after their upload was abandoned get no outcome: its vendor was told to upload them again.

    Raises UploadNotRecordedError, UnexplainedConflictError.
    """
    is_open, settled = _lock_upload(cursor, upload_id, [row.row_number for row in rows])
    fresh = [row for row in rows if row.row_number not in settled] if is_open else []
    rejected = _decide(cursor, rules, upload_id, vendor_id, fresh)
    _insert_errors(cursor, rules, upload_id, rejected)
    errors = _recorded_errors(cursor, rules, upload_id, settled)
    errors.update({row.row_number: row.errors for row in rejected})
    decided = {row.row_number for row in fresh}
    accepted = len(fresh) - len(rejected)
    return Settlement(
        valid=frozenset((settled | decided) - errors.keys()),
        errors=errors,
        accepted=accepted,
        rejected=len(rejected),
        progress=_record_outcomes(cursor, upload_id, decided, accepted, len(rejected)),
    )


def _lock_upload(cursor: Cursor, upload_id: str, row_numbers: Collection[int]) -> tuple[bool, set[int]]:
    """Take the upload's lock; return whether its rows may still be decided, and which of these rows are decided.

    Raises UploadNotRecordedError.
    """
    cursor.execute(
        "SELECT status, settled_rows * %s::int4multirange FROM upload_history WHERE upload_id = %s FOR UPDATE",
        (multirange(row_numbers), upload_id),
    )
    row = cursor.fetchone()
    if row is None:
        raise UploadNotRecordedError(upload_id)
    status, settled = row
    return UploadStatus(status) is UploadStatus.PROCESSING, numbers_of(settled)


def _decide(
    cursor: Cursor, rules: ProductRules, upload_id: str, vendor_id: str, rows: Sequence[CheckedRow]
) -> list[CheckedRow]:
    """Insert the rows that keep the rules and whose keys are free; return the others with all their errors.

    A row that breaks a rule is still told when its keys are taken.
    """
    good = {row.row_number: row.values for row in rows if not row.errors}
    taken = catalogue.insert_products(cursor, upload_id, vendor_id, rules.columns, good)
    doubtful = [row for row in rows if row.errors or taken]
    keys = {row.row_number: _keys_to_look_up(row, rules) for row in doubtful}
    of_bad_rows = [key for row in doubtful if row.errors for key in keys[row.row_number]]
    taken |= catalogue.taken_keys(cursor, upload_id, vendor_id, of_bad_rows)
    judged = [_with_duplicates(row, rules, taken.intersection(keys[row.row_number])) for row in doubtful]
    return [row for row in judged if row.errors]


def _keys_to_look_up(row: CheckedRow, rules: ProductRules) -> list[Key]:
    """Return the row's keys that may be its own: none of a malformed row, and none that repeats an earlier row's."""
    if any(error.code in _ONLY_FINDING for error in row.errors):
        return []
    repeated = {error.field for error in row.errors if error.code in _REPEATED_KEY}
    return [key for key in catalogue.keys_of(rules.columns, row.values) if key[0] not in repeated]


def _with_duplicates(row: CheckedRow, rules: ProductRules, taken: Iterable[Key]) -> CheckedRow:
    duplicates = [rules.duplicate(name, value, earlier_row=None) for name, value in taken]
    return CheckedRow(row.staged, rules.in_order((*row.errors, *duplicates)), row.values) if duplicates else row


def _insert_errors(cursor: Cursor, rules: ProductRules, upload_id: str, rows: Sequence[CheckedRow]) -> None:
    if not rows:
        return
    records = []
    for row in rows:
        sent = row.staged.row.as_sent()
        original = _encode({name: sent.get(name, "") for name in rules.columns})
        for error in row.errors:
            records.append((upload_id, str(row.row_number), error.field, error.code, error.message, original))
    cursor.copy_expert(
        "COPY validation_errors (upload_id, row_number, field, error_type, error_message, original_data)"
        " FROM STDIN (NULL '')",
        copy_file(records),
    )


def _recorded_errors(
    cursor: Cursor, rules: ProductRules, upload_id: str, row_numbers: Collection[int]
) -> dict[int, tuple[RowError, ...]]:
    """Return the errors of those of the rows that have some."""
    if not row_numbers:
        return {}
    cursor.execute(
        """
        SELECT row_number, field, error_type, error_message FROM validation_errors
        WHERE upload_id = %s AND row_number = ANY(%s::int[]) ORDER BY error_id
        """,
        (upload_id, array_of(map(str, row_numbers))),
    )
    found: dict[int, list[RowError]] = {}
    for row_number, field, error_type, message in cursor.fetchall():
        found.setdefault(row_number, []).append(RowError(field, ErrorCode(error_type), message))
    return {row_number: rules.in_order(errors) for row_number, errors in found.items()}


def _record_outcomes(
    cursor: Cursor, upload_id: str, row_numbers: Collection[int], accepted: int, rejected: int
) -> Progress:
    """Note that these rows are settled, add to the counts, and return them. Errors are recorded already."""
    cursor.execute(
        """
        UPDATE upload_history
        SET settled_rows = settled_rows + %s::int4multirange,
            valid_records = valid_records + %s, error_records = error_records + %s
        WHERE upload_id = %s
        RETURNING total_records, valid_records, error_records
        """,
        (multirange(row_numbers), accepted, rejected, upload_id),
    )
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - the row is locked by this transaction
    return Progress(*row)


def count_rows_with(cursor: Cursor, upload_id: str, code: ErrorCode) -> int:
    """Return how many rows of the upload have an error of this code."""
    cursor.execute(
        "SELECT count(DISTINCT row_number) FROM validation_errors WHERE upload_id = %s AND error_type = %s",
        (upload_id, code),
    )
    row = cursor.fetchone()
    return int(row[0]) if row else 0
