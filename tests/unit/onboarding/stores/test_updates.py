"""Updates on a real PostgreSQL: who may change what, which of two uploads wins, and what is written down of it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import cursor as Cursor

from onboarding.rows import CheckedRow, ProductRow, stage
from onboarding.stores import history, ledger
from onboarding.stores.history import Effects, Progress
from onboarding.stores.ledger import Settlement
from onboarding.uploads import Upload, UploadMode
from onboarding.validation.settling import check_rows
from rules import ErrorCode, ProductRules
from tests.conftest import TestDatabase
from tests.unit.onboarding.conftest import Product

CATEGORIES = frozenset({"Computer Accessories", "Books"})
ROWS = 4

Cells = dict[str, str]


@pytest.fixture
def uploads(upload: Upload) -> Callable[..., Upload]:
    """Make the upload of the n-th minute."""

    def make(n: int, mode: UploadMode = UploadMode.UPDATE, **changed: Any) -> Upload:
        at = f"2026-11-21T11:{n:02d}:00+00:00"
        return replace(upload, upload_id=f"UPLOAD_20261121_11{n:02d}00_aaaaaaaa", uploaded_at=at, mode=mode, **changed)

    return make


@pytest.fixture
def listed(
    database: TestDatabase, cursor: Cursor, rules: ProductRules, product: Product, uploads: Callable[..., Upload]
) -> Any:
    """A cursor in a transaction in which VEND001 has products 1 to 3 and VEND002 has product 9."""
    for vendor_id, numbers in (("VEND001", (1, 2, 3)), ("VEND002", (9,))):
        database.add_vendor(vendor_id)
        origin = uploads(0, UploadMode.IMPORT, vendor_id=vendor_id)
        origin = replace(origin, upload_id=f"{origin.upload_id[:-1]}{vendor_id[-1]}")
        settle(cursor, rules, origin, {n: product(n) for n in numbers})
    return cursor


def settle(cursor: Any, rules: ProductRules, upload: Upload, rows: dict[int, Cells]) -> Settlement:
    """Settle rows as the validator does, in an upload that is opened if it is not yet."""
    history.open_upload(cursor, upload, max(ROWS, len(rows)))
    checked = checked_rows(rules, upload, rows)
    return ledger.settle(cursor, rules, upload.upload_id, upload.vendor_id, checked)


def checked_rows(rules: ProductRules, upload: Upload, rows: dict[int, Cells]) -> list[CheckedRow]:
    staged = stage(upload, [ProductRow.of(n, cells) for n, cells in rows.items()])
    return check_rows(upload.mode.rules(rules), staged, CATEGORIES)


def values(cursor: Any, *columns: str) -> list[tuple[Any, ...]]:
    cursor.execute(f"SELECT {', '.join(columns)} FROM products WHERE vendor_id = 'VEND001' ORDER BY product_id")
    return cursor.fetchall()


def recorded(cursor: Any) -> list[tuple[Any, ...]]:
    """Return row number, fields, old and new values of each record of a change, in the order of uploads and rows."""
    cursor.execute(
        "SELECT row_number, fields, old_values, new_values FROM product_changes"
        " ORDER BY uploaded_at, upload_id, row_number"
    )
    return cursor.fetchall()


def codes(settlement: Settlement) -> dict[int, list[ErrorCode]]:
    return {n: [error.code for error in errors] for n, errors in settlement.errors.items()}


# One upload


def test_only_filled_cells_are_set_when_a_row_names_its_product(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    settlement = settle(
        listed,
        rules,
        uploads(1),
        {
            1: {"sku": "SKU-0001", "price": " 17.5 ", "brand": ""},
            2: {"vendor_product_id": "PROD0002", "stock_quantity": "0", "product_name": "Mouse"},
            3: {"sku": "SKU-0003", "vendor_product_id": "PROD0003", "category": "Books", "status": "inactive"},
        },
    )

    assert settlement.valid == frozenset({1, 2, 3})
    assert values(listed, "price", "stock_quantity", "product_name", "category", "status", "brand") == [
        (Decimal("17.50"), 150, "Wireless Mouse 1", "Computer Accessories", "active", "TechGear"),
        (Decimal("19.99"), 0, "Mouse", "Computer Accessories", "active", "TechGear"),
        (Decimal("19.99"), 150, "Wireless Mouse 3", "Books", "inactive", "TechGear"),
    ]
    assert settlement.progress == Progress(
        ROWS,
        3,
        0,
        Effects(3, 0, 0, {"price": 1, "product_name": 1, "stock_quantity": 1, "category": 1, "status": 1}),
    )


def test_values_are_emptied_when_cells_hold_the_word(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    row = {"sku": "SKU-0001", "brand": " CLEAR", "weight_kg": "Clear", "description": "clear", "unit": "clear it"}

    settle(listed, rules, uploads(1), {1: row})

    assert values(listed, "brand", "weight_kg", "description", "unit")[0] == (None, None, None, "clear it")
    assert recorded(listed) == [
        (
            1,
            ["description", "brand", "unit", "weight_kg"],
            {"brand": "TechGear", "weight_kg": 0.25, "description": "Ergonomic, with two buttons", "unit": "piece"},
            {"brand": None, "weight_kg": None, "description": None, "unit": "clear it"},
        )
    ]


def test_change_is_recorded_with_old_and_new_values_when_some_differ(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    text = "a\\b\tc\nd\"e'f\\N {x} \N{HEADPHONE}"

    settlement = settle(
        listed,
        rules,
        uploads(1),
        {
            1: {"sku": "SKU-0001", "price": "17.50", "stock_quantity": "150", "description": text},
            2: {"sku": "SKU-0002", "price": "19.990"[:5], "weight_kg": "0.250"},
            3: {"sku": "SKU-0003"},
        },
    )

    assert recorded(listed) == [
        (
            1,
            ["description", "price", "stock_quantity"],
            {"price": 19.99, "description": "Ergonomic, with two buttons"},
            {"price": 17.5, "description": text},
        ),
        (2, ["price", "weight_kg"], {}, {}),
    ]
    assert settlement.progress.effects == Effects(1, 2, 0, {"price": 1, "description": 1})


def test_time_of_change_is_kept_when_nothing_changes(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    listed.execute("UPDATE products SET updated_at = '2026-01-01'")

    settle(listed, rules, uploads(1), {1: {"sku": "SKU-0001", "price": "19.99"}, 2: {"sku": "SKU-0002", "price": "1"}})

    assert [at.year for (at,) in values(listed, "updated_at")] == [2026, 2026, 2026]
    assert [at.month for (at,) in values(listed, "updated_at")].count(1) == 2


def test_origin_stays_when_a_product_is_changed(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    before = values(listed, "upload_id", "row_number", "created_at")

    settle(listed, rules, uploads(1), {4: {"sku": "SKU-0001", "price": "1"}})

    assert values(listed, "upload_id", "row_number", "created_at") == before


def test_product_is_unknown_when_it_is_anothers_as_when_there_is_none(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    settlement = settle(
        listed,
        rules,
        uploads(1),
        {
            1: {"sku": "SKU-0009", "price": "1"},
            2: {"sku": "SKU-8888", "price": "1"},
            3: {"vendor_product_id": "PROD0009", "price": "free"},
            4: {"vendor_product_id": "PROD0009", "sku": "SKU-0009", "price": "1"},
        },
    )

    assert codes(settlement) == {
        1: [ErrorCode.UNKNOWN_PRODUCT],
        2: [ErrorCode.UNKNOWN_PRODUCT],
        3: [ErrorCode.UNKNOWN_PRODUCT, ErrorCode.INVALID_PRICE],
        4: [ErrorCode.UNKNOWN_PRODUCT],
    }
    anothers, nobodys = settlement.errors[1][0].message, settlement.errors[2][0].message
    assert anothers.replace("SKU-0009", "SKU-8888") == nobodys
    assert values(listed, "price") == [(Decimal("19.99"),)] * 3


@pytest.mark.parametrize(
    ("vendor_product_id", "sku"), [("PROD0001", "SKU-0002"), ("PROD0001", "SKU-0009"), ("PROD7777", "SKU-0001")]
)
def test_row_is_refused_when_its_two_keys_do_not_agree(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload], vendor_product_id: str, sku: str
) -> None:
    row = {"vendor_product_id": vendor_product_id, "sku": sku, "price": "1"}

    settlement = settle(listed, rules, uploads(1), {1: row})

    assert codes(settlement) == {1: [ErrorCode.PRODUCT_MISMATCH]}
    assert vendor_product_id in settlement.errors[1][0].message
    assert sku in settlement.errors[1][0].message


@pytest.mark.parametrize("batches", [[(1, 2)], [(2, 1)], [(1,), (2,)]])
def test_later_row_is_a_duplicate_when_two_name_one_product_differently(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload], batches: list[tuple[int, ...]]
) -> None:
    rows = {1: {"sku": "SKU-0001", "price": "1"}, 2: {"vendor_product_id": "PROD0001", "price": "2"}}
    upload = uploads(1)

    for batch in batches:
        settlement = settle(listed, rules, upload, {n: rows[n] for n in batch})

    assert codes(settlement) == {2: [ErrorCode.DUPLICATE_VENDOR_PRODUCT_ID]}
    assert "row 1 of this file" in settlement.errors[2][0].message
    assert values(listed, "price")[0] == (Decimal(1),)


def test_row_names_no_product_when_both_keys_are_blank(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    settlement = settle(listed, rules, uploads(1), {1: {"price": "1"}})

    assert codes(settlement) == {1: [ErrorCode.MISSING_REQUIRED_FIELD]}


def test_table_decides_when_the_rules_let_something_through(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    upload = uploads(1)
    history.open_upload(listed, upload, 1)
    (row,) = checked_rows(rules, upload, {1: {"sku": "SKU-0001", "price": "0"}})

    with pytest.raises(psycopg2.errors.CheckViolation, match="products_price_range"):
        ledger.settle(listed, rules, upload.upload_id, upload.vendor_id, [row._replace(errors=())])


# The same rows again


def test_nothing_happens_again_when_a_batch_comes_after_a_later_upload(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    rows = {1: {"sku": "SKU-0001", "price": "1"}, 2: {"sku": "SKU-8888", "price": "1"}}
    first = settle(listed, rules, uploads(1), rows)
    settle(listed, rules, uploads(2), {1: {"sku": "SKU-0001", "price": "2"}})

    again = settle(listed, rules, uploads(1), rows)

    assert (again.valid, again.errors, again.progress) == (first.valid, first.errors, first.progress)
    assert (again.accepted, again.rejected) == (0, 0)
    assert values(listed, "price")[0] == (Decimal(2),)
    assert len(recorded(listed)) == 2


# Which upload wins


def test_later_upload_wins_when_its_rows_come_first(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    settle(listed, rules, uploads(2), {1: {"sku": "SKU-0001", "price": "2"}})

    settlement = settle(
        listed,
        rules,
        uploads(1),
        {1: {"sku": "SKU-0001", "price": "1", "stock_quantity": "7"}, 2: {"sku": "SKU-0002", "price": "1"}},
    )

    assert values(listed, "price", "stock_quantity")[:2] == [(Decimal(2), 7), (Decimal(1), 150)]
    assert settlement.progress.effects == Effects(2, 0, 0, {"price": 1, "stock_quantity": 1})


def test_row_is_superseded_when_a_later_upload_has_set_all_its_fields(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    settle(listed, rules, uploads(2), {1: {"sku": "SKU-0001", "price": "2", "brand": "CLEAR"}})

    settlement = settle(listed, rules, uploads(1), {3: {"sku": "SKU-0001", "price": "1", "brand": "Acme"}})

    assert settlement.valid == frozenset({3})
    assert settlement.progress.effects == Effects(0, 0, 1)
    assert values(listed, "price", "brand")[0] == (Decimal(2), None)
    assert [row for row, *_ in recorded(listed)] == [1]


def test_later_upload_wins_when_it_set_the_value_that_was_there(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    settle(listed, rules, uploads(2), {1: {"sku": "SKU-0001", "price": "19.99"}})

    settle(listed, rules, uploads(1), {1: {"sku": "SKU-0001", "price": "1"}})

    assert values(listed, "price")[0] == (Decimal("19.99"),)


def test_id_decides_when_two_uploads_came_in_the_same_second(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    later = replace(uploads(1), upload_id=f"{uploads(1).upload_id[:-1]}b")
    settle(listed, rules, later, {1: {"sku": "SKU-0001", "price": "2"}})

    settle(listed, rules, uploads(1), {1: {"sku": "SKU-0001", "price": "1"}})

    assert values(listed, "price")[0] == (Decimal(2),)


def test_import_wins_when_it_brought_the_product_in_after_the_update_was_sent(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload], product: Product
) -> None:
    settle(listed, rules, uploads(5, UploadMode.IMPORT), {1: product(5, price="5")})

    settlement = settle(listed, rules, uploads(1), {1: {"sku": "SKU-0005", "price": "1"}})

    assert settlement.progress.effects == Effects(0, 0, 1)
    assert values(listed, "price")[3] == (Decimal(5),)


def test_import_counts_as_earlier_when_it_came_at_the_same_moment(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload], product: Product
) -> None:
    brought_in = replace(uploads(1, UploadMode.IMPORT), upload_id=f"{uploads(1).upload_id[:-1]}f")
    settle(listed, rules, brought_in, {1: product(5, price="5")})

    settle(listed, rules, uploads(1), {1: {"sku": "SKU-0005", "price": "1"}})

    assert values(listed, "price")[3] == (Decimal(1),)


FIELDS = {
    "price": st.sampled_from(["1", "2", "19.99"]),
    "stock_quantity": st.sampled_from(["1", "2", "150"]),
    "brand": st.sampled_from(["CLEAR", "Acme", "TechGear"]),
}
FILES = st.lists(
    st.lists(
        st.fixed_dictionaries({"sku": st.sampled_from(["SKU-0001", "SKU-0002", "SKU-0003"])}, optional=FIELDS),
        min_size=1,
        max_size=3,
        unique_by=lambda row: row["sku"],
    ),
    min_size=2,
    max_size=3,
)


@given(FILES, st.integers(0, 2**32).map(random.Random))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_products_are_those_of_one_upload_after_the_other_when_batches_come_in_any_order(
    listed: Any,
    rules: ProductRules,
    uploads: Callable[..., Upload],
    files: Sequence[Sequence[Cells]],
    chance: random.Random,
) -> None:
    rows = [dict(enumerate(file, start=1)) for file in files]
    batches = [(n, {row: file[row]}) for n, file in enumerate(rows, start=1) for row in file]
    batches += chance.sample(batches, chance.randint(0, len(batches)))
    columns = ("price", "stock_quantity", "brand")

    listed.execute("SAVEPOINT before")
    for n, file in enumerate(rows, start=1):
        settle(listed, rules, uploads(n), file)
    expected = values(listed, *columns)
    listed.execute("ROLLBACK TO SAVEPOINT before")
    for n, batch in chance.sample(batches, len(batches)):
        settled = settle(listed, rules, uploads(n), batch)

    effects = settled.progress.effects
    assert values(listed, *columns) == expected
    assert effects.changed + effects.unchanged + effects.superseded == settled.progress.valid_records
    listed.execute("ROLLBACK TO SAVEPOINT before")


# Previews


def test_nothing_is_written_when_an_update_is_a_preview(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload]
) -> None:
    preview = uploads(1, is_preview=True)
    rows = {
        1: {"sku": "SKU-0001", "price": "1", "brand": "CLEAR"},
        2: {"sku": "SKU-0002", "price": "19.99"},
        3: {"sku": "SKU-8888", "price": "1"},
        4: {"vendor_product_id": "PROD0001", "price": "1"},
    }
    before = values(listed, "*")

    previewed = settle(listed, rules, preview, rows)

    assert values(listed, "*") == before
    assert recorded(listed) == []
    real = settle(listed, rules, uploads(2), rows)
    assert (previewed.valid, previewed.errors, previewed.progress) == (real.valid, real.errors, real.progress)
    assert real.progress.effects == Effects(1, 1, 0, {"price": 1, "brand": 1})


def test_two_previews_are_clean_when_a_file_of_new_products_is_only_checked(
    listed: Any, rules: ProductRules, uploads: Callable[..., Upload], product: Product
) -> None:
    rows = {5: product(5), 6: product(6), 7: product(7, sku="SKU-0001", price="free"), 8: product(8, sku="SKU-0009")}

    first = settle(listed, rules, uploads(1, UploadMode.IMPORT, is_preview=True), rows)
    second = settle(listed, rules, uploads(2, UploadMode.IMPORT, is_preview=True), rows)

    assert len(values(listed, "sku")) == 3
    assert (first.valid, first.errors) == (second.valid, second.errors)
    assert first.valid == frozenset({5, 6})
    real = settle(listed, rules, uploads(3, UploadMode.IMPORT), rows)
    assert (real.valid, real.errors) == (first.valid, first.errors)
    assert len(values(listed, "sku")) == 5
