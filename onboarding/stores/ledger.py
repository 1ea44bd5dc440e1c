"""The ledger: PostgreSQL decides here what happened to each row of an upload, once.

Each function takes the cursor of an open transaction and leaves commit and retry to `Database.run`.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring

from psycopg2.extensions import cursor as Cursor

from onboarding.rows import CheckedRow
from onboarding.stores import history, imports, updates
from onboarding.stores.copying import array_of_numbers, copy_in, copy_line, multirange
from onboarding.stores.history import Effects, OpenUpload, Progress
from rules import ErrorCode, ProductRules, RowError, UpdateRules


@dataclass(frozen=True, slots=True)
class Settlement:
    """Outcome of every row of a batch, and how many of them this transaction decided."""

    valid: frozenset[int]
    errors: Mapping[int, tuple[RowError, ...]]
    accepted: int
    rejected: int
    changed: int
    is_preview: bool
    progress: Progress


def settle(
    cursor: Cursor, rules: ProductRules, upload_id: str, vendor_id: str, rows: Sequence[CheckedRow]
) -> Settlement:
    """Decide the rows that have no outcome yet, record the decisions, and return the outcome of all.

    Batches of one upload come one after the other: each holds the lock of its
    upload_history row until commit. Rows that come after their upload was abandoned get no outcome: its vendor was told
    to upload them again.

    Raises UploadNotRecordedError, UnexplainedConflictError.
    """
    by_number = {row.row_number: row for row in rows}
    upload, settled = history.lock_upload(cursor, upload_id, vendor_id, by_number)
    rules = upload.mode.rules(rules)
    decided = by_number.keys() - settled if upload.is_open else set()
    fresh = [row for number, row in by_number.items() if number in decided]
    rejected, effects = _decide(cursor, rules, upload, fresh)
    _insert_errors(cursor, rules, upload_id, rejected)
    errors = _recorded_errors(cursor, rules, upload_id, settled)
    errors.update({row.row_number: row.errors for row in rejected})
    has_conflicts = len(rejected) > sum(bool(row.errors) for row in fresh)
    return Settlement(
        valid=frozenset((settled | decided) - errors.keys()),
        errors=errors,
        accepted=len(fresh) - len(rejected),
        rejected=len(rejected),
        changed=effects.changed,
        is_preview=upload.is_preview,
        progress=_record_outcomes(cursor, upload, decided, len(rejected), effects, has_conflicts=has_conflicts),
    )


def _decide(
    cursor: Cursor, rules: ProductRules, upload: OpenUpload, rows: Sequence[CheckedRow]
) -> tuple[list[CheckedRow], Effects]:
    """Do what the rows ask of the catalogue; return those that are in error, with all their errors, and the effects."""
    if not rows:
        return [], Effects()
    if isinstance(rules, UpdateRules):
        return updates.decide(cursor, rules, upload, rows)
    return imports.decide(cursor, rules, upload, rows), Effects()


def _insert_errors(cursor: Cursor, rules: ProductRules, upload_id: str, rows: Sequence[CheckedRow]) -> None:
    if not rows:
        return
    target = "validation_errors (upload_id, row_number, field, error_type, error_message, original_data)"
    copy_in(cursor, target, _error_lines(rules, upload_id, rows))


def _error_lines(rules: ProductRules, upload_id: str, rows: Iterable[CheckedRow]) -> Iterator[str]:
    """Yield a line for each error; they are made while PostgreSQL works on those before them."""
    # Nearly twice as fast as an encoder for objects of any kind.
    json_object = "{" + ", ".join(f'"{name}": %s' for name in rules.columns) + "}"
    for row in rows:
        original = json_object % tuple(map(encode_basestring, row.staged.row.sent_in(rules.columns)))
        for field, code, message in row.errors:
            yield copy_line((upload_id, str(row.row_number), field, code, message, original))


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
        (upload_id, array_of_numbers(row_numbers)),
    )
    found: dict[int, list[RowError]] = {}
    for row_number, field, error_type, message in cursor.fetchall():
        found.setdefault(row_number, []).append(RowError(field, ErrorCode(error_type), message))
    return {row_number: rules.in_order(errors) for row_number, errors in found.items()}


def _record_outcomes(
    cursor: Cursor,
    upload: OpenUpload,
    row_numbers: Collection[int],
    rejected: int,
    effects: Effects,
    *,
    has_conflicts: bool,
) -> Progress:
    """Note that these rows are settled, add to the counts, and return them. Errors are recorded already."""
    cursor.execute(
        """
        UPDATE upload_history
        SET settled_rows = settled_rows + %s::int4multirange,
            valid_records = valid_records + %s, error_records = error_records + %s,
            changed_records = changed_records + %s, unchanged_records = unchanged_records + %s,
            superseded_records = superseded_records + %s, changed_fields = %s, has_conflicts = has_conflicts OR %s
        WHERE upload_id = %s
        RETURNING total_records, valid_records, error_records,
                  changed_records, unchanged_records, superseded_records, changed_fields
        """,
        (
            *(multirange(row_numbers), len(row_numbers) - rejected, rejected),
            *(effects.changed, effects.unchanged, effects.superseded),
            json.dumps(_sum(upload.changed_fields, effects.changed_fields)),
            has_conflicts,
            upload.upload_id,
        ),
    )
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - the row is locked by this transaction
    total, valid, errors, *counts = row
    return Progress(total, valid, errors, Effects(*counts))


def _sum(before: Mapping[str, int], added: Mapping[str, int]) -> dict[str, int]:
    return {name: before.get(name, 0) + added.get(name, 0) for name in (*before, *(added.keys() - before.keys()))}


def count_rows_with(cursor: Cursor, upload_id: str, code: ErrorCode) -> int:
    """Return how many rows of the upload have an error of this code."""
    cursor.execute(
        "SELECT count(DISTINCT row_number) FROM validation_errors WHERE upload_id = %s AND error_type = %s",
        (upload_id, code),
    )
    row = cursor.fetchone()
    return int(row[0]) if row else 0
