"""The ledger on a real PostgreSQL: what is recorded once stays, and the counts cannot lie."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import psycopg2
import pytest
from psycopg2.extensions import cursor as Cursor

from onboarding.rows import CheckedRow, ProductRow, stage
from onboarding.stores import history, ledger
from onboarding.stores.catalogue import UnexplainedConflictError
from onboarding.stores.history import Progress, UploadNotRecordedError
from onboarding.uploads import Upload, UploadStatus
from rules import ErrorCode, ProductRules, RowError
from tests.conftest import TestDatabase
from tests.unit.onboarding.conftest import Product

CATEGORIES = frozenset({"Computer Accessories"})
BAD_PRICE = RowError("price", ErrorCode.INVALID_PRICE, "Price must be a plain number")


@pytest.fixture
def checked(rules: ProductRules, upload: Upload, product: Product) -> Callable[..., CheckedRow]:
    """Make row n of an upload as the rules leave it."""

    def make(n: int, *errors: RowError, of: Upload = upload, **changed: str) -> CheckedRow:
        (staged,) = stage(of, [ProductRow.of(n, product(n, **changed))])
        return CheckedRow(staged, errors, rules.check(staged.row.cells, CATEGORIES).values)

    return make


@pytest.fixture
def other(upload: Upload) -> Upload:
    return replace(upload, upload_id="UPLOAD_20261121_103045_ffffffff")


@pytest.fixture
def opened(database: TestDatabase, cursor: Cursor, upload: Upload, other: Upload) -> Cursor:
    """A cursor in a transaction in which two uploads of one vendor, of four rows each, are open."""
    database.add_vendor("VEND001")
    for each in (upload, other):
        history.open_upload(cursor, each, 4)
    return cursor


def _settle(cursor: Cursor, rules: ProductRules, upload: Upload, rows: Sequence[CheckedRow]) -> ledger.Settlement:
    return ledger.settle(cursor, rules, upload.upload_id, upload.vendor_id, rows)


def _count(cursor: Cursor, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")
    return int(cursor.fetchall()[0][0])


# Rows


def test_products_have_the_values_of_their_cells_when_rows_are_valid(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    text = "a\\b\tc\nd\re\"f'g\\N \N{HEADPHONE} %s {} ;--"

    settlement = _settle(
        opened, rules, upload, [checked(1, description=text, brand="", weight_kg=" 0.250 ", product_name="\\N")]
    )

    opened.execute(
        "SELECT description, brand, weight_kg, product_name, price, stock_quantity, vendor_id, upload_id, row_number,"
        " status FROM products"
    )
    assert opened.fetchall() == [
        (text, None, Decimal("0.250"), "\\N", Decimal("19.99"), 150, "VEND001", upload.upload_id, 1, "active")
    ]
    assert (settlement.valid, settlement.errors) == (frozenset({1}), {})


def test_errors_are_recorded_with_what_was_sent_when_rows_are_invalid(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow], product: Product
) -> None:
    _settle(opened, rules, upload, [checked(2, BAD_PRICE, price=" \u20ac 5\n\\N ", brand="")])

    opened.execute("SELECT row_number, field, error_type, error_message, original_data FROM validation_errors")
    assert opened.fetchall() == [
        (2, "price", "INVALID_PRICE", BAD_PRICE.message, {**product(2), "price": " \u20ac 5\n\\N ", "brand": ""})
    ]


def test_nothing_is_counted_again_when_a_batch_comes_twice(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    batch = [checked(1), checked(2, BAD_PRICE), checked(3)]

    first = _settle(opened, rules, upload, batch)
    second = _settle(opened, rules, upload, batch)

    assert (first.accepted, first.rejected, first.progress) == (2, 1, Progress(4, 2, 1))
    assert (second.accepted, second.rejected, second.progress) == (0, 0, Progress(4, 2, 1))
    assert (second.valid, second.errors) == (first.valid, first.errors)


def test_outcome_is_known_when_a_later_upload_has_changed_the_product(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    batch = [checked(1), checked(2, BAD_PRICE), checked(3)]
    first = _settle(opened, rules, upload, batch)
    opened.execute("UPDATE products SET price = 1, upload_id = 'UPLOAD_20261121_103045_ffffffff', row_number = 4")

    second = _settle(opened, rules, upload, batch)

    assert (second.valid, second.errors) == (first.valid, first.errors)
    assert (second.accepted, second.rejected, second.progress) == (0, 0, first.progress)
    assert _count(opened, "products") == 2


def test_verdict_stays_when_the_rules_judge_a_settled_row_differently(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    _settle(opened, rules, upload, [checked(1), checked(2, BAD_PRICE)])

    again = _settle(opened, rules, upload, [checked(1, BAD_PRICE), checked(2)])

    assert again.valid == frozenset({1})
    assert set(again.errors) == {2}
    assert _count(opened, "products") == _count(opened, "validation_errors") == 1


def test_row_stays_closed_when_it_turns_out_to_be_valid_later(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    _settle(opened, rules, upload, [checked(1, rules.processing_error())])

    again = _settle(opened, rules, upload, [checked(1)])

    assert [error.code for error in again.errors[1]] == [ErrorCode.PROCESSING_ERROR]
    assert again.progress == Progress(4, 0, 1)
    assert _count(opened, "products") == 0
    assert ledger.count_rows_with(opened, upload.upload_id, ErrorCode.PROCESSING_ERROR) == 1


def test_upload_is_complete_when_every_row_has_an_outcome(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    first = _settle(opened, rules, upload, [checked(1), checked(2)])
    second = _settle(opened, rules, upload, [checked(2), checked(3, BAD_PRICE), checked(4)])

    assert (first.progress.is_complete, second.progress.is_complete) == (False, True)


def test_rows_are_not_settled_when_their_upload_is_unknown(
    database: TestDatabase, cursor: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    with pytest.raises(UploadNotRecordedError):
        _settle(cursor, rules, upload, [checked(1)])


# Keys


def test_row_is_a_duplicate_when_another_upload_has_its_keys(
    opened: Cursor, rules: ProductRules, upload: Upload, other: Upload, checked: Callable[..., CheckedRow]
) -> None:
    _settle(opened, rules, upload, [checked(1, sku="A"), checked(2, vendor_product_id="P")])

    settlement = _settle(
        opened,
        rules,
        other,
        [checked(1, of=other, sku="A", vendor_product_id="P"), checked(3, BAD_PRICE, of=other, sku="A")],
    )

    assert {n: [error.code for error in errors] for n, errors in settlement.errors.items()} == {
        1: [ErrorCode.DUPLICATE_VENDOR_PRODUCT_ID, ErrorCode.DUPLICATE_SKU],
        3: [ErrorCode.DUPLICATE_SKU, ErrorCode.INVALID_PRICE],
    }


def test_free_rows_come_in_when_many_of_the_batch_are_taken(
    opened: Cursor, rules: ProductRules, upload: Upload, other: Upload, checked: Callable[..., CheckedRow]
) -> None:
    _settle(opened, rules, upload, [checked(1, sku="A"), checked(2, sku="C"), checked(3, vendor_product_id="P")])

    settlement = _settle(
        opened,
        rules,
        other,
        [
            checked(1, of=other, sku="A", vendor_product_id="1"),
            checked(2, of=other, sku="B", vendor_product_id="2"),
            checked(3, of=other, sku="C", vendor_product_id="3"),
            checked(4, of=other, sku="D", vendor_product_id="P"),
        ],
    )

    assert settlement.valid == frozenset({2})
    assert {n: [error.field for error in errors] for n, errors in settlement.errors.items()} == {
        1: ["sku"],
        3: ["sku"],
        4: ["vendor_product_id"],
    }
    assert _count(opened, "products") == 4


def test_conflict_is_raised_when_nothing_explains_it(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    """Two rows of one file with one key, which the reader should have found."""
    with pytest.raises(UnexplainedConflictError):
        _settle(opened, rules, upload, [checked(1, sku="A"), checked(2, sku="A")])


def test_taken_keys_are_asked_for_first_when_the_upload_had_some_before(
    opened: Cursor, rules: ProductRules, upload: Upload, other: Upload, checked: Callable[..., CheckedRow]
) -> None:
    _settle(opened, rules, upload, [checked(1, sku="A"), checked(2, sku="B")])
    _settle(opened, rules, other, [checked(1, of=other, sku="A", vendor_product_id="1")])
    numbers_used = "SELECT last_value FROM products_product_id_seq"
    opened.execute(numbers_used)
    ((before,),) = opened.fetchall()

    settlement = _settle(
        opened,
        rules,
        other,
        [
            checked(2, of=other, sku="B", vendor_product_id="2"),
            checked(3, of=other, sku="C", vendor_product_id="3"),
        ],
    )

    assert settlement.valid == {3}
    assert [error.code for error in settlement.errors[2]] == [ErrorCode.DUPLICATE_SKU]
    opened.execute(numbers_used)
    assert opened.fetchall() == [(before + 1,)], "an insert in vain would have used up a number for each row"


def test_upload_has_conflicts_when_the_catalogue_refuses_a_row_that_keeps_the_rules(
    opened: Cursor, rules: ProductRules, upload: Upload, other: Upload, checked: Callable[..., CheckedRow]
) -> None:
    _settle(opened, rules, upload, [checked(1, BAD_PRICE), checked(2, sku="A")])
    _settle(opened, rules, other, [checked(1, of=other, sku="A", vendor_product_id="1")])
    _settle(opened, rules, other, [checked(2, of=other, sku="B", vendor_product_id="2")])

    opened.execute("SELECT upload_id, has_conflicts FROM upload_history")
    assert dict(opened.fetchall()) == {upload.upload_id: False, other.upload_id: True}


def test_vendor_product_id_is_free_when_another_vendor_has_it(
    database: TestDatabase,
    opened: Cursor,
    rules: ProductRules,
    upload: Upload,
    other: Upload,
    checked: Callable[..., CheckedRow],
) -> None:
    database.add_vendor("VEND002")
    theirs = replace(other, vendor_id="VEND002")
    _settle(opened, rules, upload, [checked(1, vendor_product_id="P")])

    settlement = _settle(opened, rules, theirs, [checked(1, of=theirs, sku="B", vendor_product_id="P")])

    assert settlement.valid == frozenset({1})


def test_own_products_do_not_count_when_a_row_of_the_same_upload_is_invalid(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    in_file = rules.duplicate("sku", "A", earlier_row=1)
    _settle(opened, rules, upload, [checked(1, sku="A")])

    settlement = _settle(opened, rules, upload, [checked(2, in_file, sku="A"), checked(3, BAD_PRICE, sku="A")])

    assert settlement.errors == {2: (in_file,), 3: (BAD_PRICE,)}


def test_cells_are_not_looked_up_when_the_row_is_malformed(
    opened: Cursor, rules: ProductRules, upload: Upload, other: Upload, checked: Callable[..., CheckedRow]
) -> None:
    _settle(opened, rules, upload, [checked(1, sku="A")])

    settlement = _settle(
        opened, rules, other, [checked(1, rules.malformed(["A"] * 3, rules.columns, ","), of=other, sku="A")]
    )

    assert [error.code for error in settlement.errors[1]] == [ErrorCode.MALFORMED_ROW]


# What the schema itself refuses


def test_counts_are_refused_when_they_exceed_the_total(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    with pytest.raises(psycopg2.errors.CheckViolation, match="upload_history_adds_up"):
        _settle(opened, rules, upload, [checked(n) for n in range(1, 6)])


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE upload_history SET valid_records = -1", "upload_history_valid_positive"),
        (
            "UPDATE upload_history SET status = 'done', completed_at = now(), failure_reason = 'X: y'",
            "upload_history_status_known",
        ),
        ("UPDATE upload_history SET completed_at = now()", "upload_history_final_has_time"),
        ("UPDATE upload_history SET status = 'failed', failure_reason = 'X: y'", "upload_history_final_has_time"),
        ("UPDATE upload_history SET status = 'completed', completed_at = now()", "upload_history_final_adds_up"),
        ("UPDATE products SET price = 0", "products_price_range"),
        ("UPDATE products SET price = 1000000", "products_price_range"),
        ("UPDATE products SET stock_quantity = -1", "products_stock_range"),
        ("UPDATE products SET stock_quantity = 1000001", "products_stock_range"),
        ("UPDATE products SET row_number = 0", "products_row_number_positive"),
        ("UPDATE products SET category = 'Spaceships'", "products_category_fkey"),
        ("UPDATE products SET sku = 'SAME'", "products_sku_unique"),
        ("UPDATE products SET vendor_product_id = 'SAME'", "products_vendor_product_id_unique"),
        ("UPDATE validation_errors SET row_number = 0", "validation_errors_row_number_positive"),
        ("UPDATE validation_errors SET upload_id = 'UPLOAD_UNKNOWN'", "validation_errors_upload_id_fkey"),
        ("UPDATE vendors SET vendor_id = '../x'", "vendors_vendor_id_shape"),
        ("UPDATE vendors SET status = 'gone'", "vendors_status_known"),
        ("UPDATE vendors SET vendor_name = ' '", "vendors_name_not_blank"),
        ("UPDATE vendors SET email = 'nobody'", "vendors_email_shape"),
    ],
)
def test_change_is_refused_when_it_breaks_a_constraint(
    opened: Cursor,
    rules: ProductRules,
    upload: Upload,
    checked: Callable[..., CheckedRow],
    statement: str,
    constraint: str,
) -> None:
    _settle(opened, rules, upload, [checked(1), checked(2), checked(3, BAD_PRICE)])

    with pytest.raises(psycopg2.IntegrityError, match=constraint):
        opened.execute(statement)


def test_late_rows_stay_out_when_their_upload_was_abandoned(
    opened: Cursor, rules: ProductRules, upload: Upload, checked: Callable[..., CheckedRow]
) -> None:
    _settle(opened, rules, upload, [checked(1)])
    history.finish_upload(opened, upload.upload_id, UploadStatus.FAILED, "PROCESSING_ERROR: abandoned", None)

    settlement = _settle(opened, rules, upload, [checked(1), checked(2), checked(3, BAD_PRICE)])

    assert (settlement.valid, settlement.errors) == (frozenset({1}), {})
    assert (_count(opened, "products"), _count(opened, "validation_errors")) == (1, 0)
    assert settlement.progress == Progress(4, 1, 0)
