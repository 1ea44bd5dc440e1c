"""What the rows of an import do: new products come in, those with taken keys stay out."""

from collections.abc import Iterable, Sequence

from psycopg2.extensions import cursor as Cursor

from onboarding.rows import CheckedRow
from onboarding.stores import catalogue
from onboarding.stores.catalogue import Key
from onboarding.stores.history import OpenUpload
from rules import ErrorCode, ProductRules

_ONLY_FINDING = frozenset({ErrorCode.MALFORMED_ROW, ErrorCode.PROCESSING_ERROR})
"""Findings that make a row's cells unusable for any other check."""


def decide(cursor: Cursor, rules: ProductRules, upload: OpenUpload, rows: Sequence[CheckedRow]) -> list[CheckedRow]:
    """Insert the rows that keep the rules and whose keys are free; return the others with all their errors.

    A row that breaks a rule is still told when its keys are taken. A preview only asks for the keys: it inserts
    nothing, so it claims none. Of an upload that had taken keys before, all keys are looked up first: one that turns
    out to be taken when it is inserted costs more than all look-ups of the batch.

    Raises UnexplainedConflictError.
    """
    asked = rows if upload.is_preview or upload.has_conflicts else [row for row in rows if row.errors]
    keys = {row.row_number: keys_to_look_up(row, rules) for row in asked}
    wanted = [key for some in keys.values() for key in some]
    taken = catalogue.taken_keys(cursor, upload.upload_id, upload.vendor_id, wanted)
    found = {row_number: hit for row_number, some in keys.items() if (hit := taken.intersection(some))} if taken else {}
    if not upload.is_preview:
        free = {row.row_number: row.values for row in rows if not row.errors and row.row_number not in found}
        found |= catalogue.insert_products(cursor, upload.upload_id, upload.vendor_id, rules.columns, free)
    if not found:
        return [row for row in rows if row.errors]
    judged = [_with_duplicates(row, rules, found.get(row.row_number, ())) for row in rows]
    return [row for row in judged if row.errors]


def keys_to_look_up(row: CheckedRow, rules: ProductRules) -> list[Key]:
    """Return the row's keys that may be its own: none of a malformed row, and none that repeats another row's."""
    if not row.errors:
        return catalogue.keys_of(rules.columns, row.values)
    if any(error.code in _ONLY_FINDING for error in row.errors):
        return []
    refused = {error.field for error in row.errors}
    return [key for key in catalogue.keys_of(rules.columns, row.values) if key[0] not in refused]


def _with_duplicates(row: CheckedRow, rules: ProductRules, taken: Iterable[Key]) -> CheckedRow:
    duplicates = [rules.duplicate(name, value, earlier_row=None) for name, value in taken]
    return row._replace(errors=rules.in_order((*row.errors, *duplicates))) if duplicates else row
