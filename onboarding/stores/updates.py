"""What the rows of an update do: each changes a product of the vendor, unless a later upload did so before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from psycopg2.extensions import cursor as Cursor

from onboarding.rows import CheckedRow
from onboarding.stores import catalogue, changes
from onboarding.stores.catalogue import UNIQUE_COLUMNS, Key
from onboarding.stores.changes import Setting
from onboarding.stores.history import Effects, OpenUpload
from onboarding.stores.imports import keys_to_look_up
from rules import RowError, UpdateRules

_CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class _NamedRow:
    """A row, the keys that it names its product by, and the vendor's product that all of them belong to, if they do."""

    row: CheckedRow
    keys: Sequence[Key]
    product_id: int | None
    is_mismatch: bool
    """Some key belongs to a product of the vendor, but not all of them to the same one."""


def decide(
    cursor: Cursor, rules: UpdateRules, upload: OpenUpload, rows: Sequence[CheckedRow]
) -> tuple[list[CheckedRow], Effects]:
    """Set what the rows say in the products that they name; return the rows in error, with all errors, and the effects.

    Of the uploads that set a field the latest wins, in whatever order their rows come: what a later one has set already
    is left alone. A preview compares and changes nothing.
    """
    named = _name_products(cursor, upload, rules, rows)
    product_ids = {each.product_id for each in named if each.product_id is not None}
    if not upload.is_preview:
        changes.lock_products(cursor, product_ids)
    recorded = changes.recorded_since(cursor, upload, product_ids)
    named_before = {each.product_id: each.row_number for each in recorded if each.by(upload)}
    judged = _keep_out_of_retired(cursor, rules, _judge(rules, named, named_before))
    wanted = [
        Setting(each.row.row_number, each.product_id, _values_of(each.row, rules))
        for each in judged
        if not each.row.errors and each.product_id is not None
    ]
    later = changes.fields_set_later(cursor, upload, recorded, product_ids)
    effects = changes.put_in_place(cursor, upload, wanted, later, is_preview=upload.is_preview)
    return [each.row for each in judged if each.row.errors], effects


def _name_products(
    cursor: Cursor, upload: OpenUpload, rules: UpdateRules, rows: Sequence[CheckedRow]
) -> list[_NamedRow]:
    """Look up which products the rows name; return the rows in the order of the file."""
    keys = {row.row_number: keys_to_look_up(row, rules) for row in rows}
    found = changes.find_products(cursor, upload.vendor_id, keys)
    named = []
    for row in sorted(rows, key=lambda row: row.row_number):
        products = {found.get((row.row_number, name)) for name, _ in keys[row.row_number]}
        product_id = products.pop() if len(products) == 1 else None
        named.append(_NamedRow(row, keys[row.row_number], product_id, is_mismatch=bool(products)))
    return named


def _judge(rules: UpdateRules, rows: Iterable[_NamedRow], named_before: Mapping[int, int]) -> list[_NamedRow]:
    """Return the rows with what their keys are found to be, in addition to their errors.

    `named_before` says which row of this file has named a product already, in an earlier batch. A product that two
    rows name in different ways, by SKU and by vendor product id, is found repeated here.
    """
    first = dict(named_before)
    judged = []
    for each in rows:
        found: list[RowError] = []
        if each.keys and each.product_id is None:
            found = [_unknown(rules, each)]
        elif each.product_id is not None and not _has_refused_key(each.row):
            earlier = first.setdefault(each.product_id, each.row.row_number)
            if earlier != each.row.row_number:
                name, value = each.keys[0]
                found = [rules.duplicate(name, value, earlier_row=earlier)]
        judged.append(_with_errors(each, rules, found) if found else each)
    return judged


def _keep_out_of_retired(cursor: Cursor, rules: UpdateRules, rows: Sequence[_NamedRow]) -> Sequence[_NamedRow]:
    """Refuse rows that would move a product into a retired category. A product that is in one may stay."""
    position = rules.columns.index(_CATEGORY)
    wanted = {
        each.row.row_number: each.row.values[position]
        for each in rows
        if each.product_id is not None and each.row.values[position] is not None
    }
    if not wanted:
        return rows
    categories = catalogue.whitelist(cursor)
    doubtful = [each for each in rows if wanted.get(each.row.row_number) in categories.retired]
    if not doubtful:
        return rows
    present = changes.categories_of(cursor, {each.product_id for each in doubtful if each.product_id is not None})
    moved = {
        each.row.row_number: rules.retired_category(_CATEGORY, value, categories.allowed)
        for each in doubtful
        if (value := wanted[each.row.row_number]) is not None and present.get(each.product_id) != value
    }
    return [
        _with_errors(each, rules, [moved[each.row.row_number]]) if each.row.row_number in moved else each
        for each in rows
    ]


def _has_refused_key(row: CheckedRow) -> bool:
    """Tell whether the file alone has decided on a key of the row; what else it names would depend on the batch."""
    return any(error.field in UNIQUE_COLUMNS for error in row.errors)


def _with_errors(named: _NamedRow, rules: UpdateRules, found: Sequence[RowError]) -> _NamedRow:
    return replace(named, row=named.row._replace(errors=rules.in_order((*named.row.errors, *found))))


def _unknown(rules: UpdateRules, row: _NamedRow) -> RowError:
    if row.is_mismatch:
        return rules.product_mismatch(dict(row.keys))
    return rules.unknown_product(*row.keys[0])


def _values_of(row: CheckedRow, rules: UpdateRules) -> dict[str, str | None]:
    """Return what the row sets, None where it clears; blank cells set nothing."""
    return {
        name: None if rules.is_cleared(name, value) else value
        for name, value in zip(rules.columns, row.values, strict=True)
        if value is not None and name not in UNIQUE_COLUMNS
    }
