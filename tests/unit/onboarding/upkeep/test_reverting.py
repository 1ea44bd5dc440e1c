"""Taking an upload back, on a real PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from onboarding.rows import ProductRow, stage
from onboarding.stores import changes, history, ledger
from onboarding.stores.history import Effects
from onboarding.upkeep.reverting import NotRevertibleError, Revert, revert
from onboarding.uploads import Upload, UploadMode, UploadStatus
from onboarding.validation.settling import check_rows
from rules import ProductRules
from tests.conftest import TestDatabase
from tests.unit.onboarding.conftest import Product
from tests.unit.onboarding.upkeep.conftest import AsApplication

CATEGORIES = frozenset({"Audio", "Computer Accessories"})


@pytest.fixture
def uploads(application: AsApplication, rules: ProductRules, upload: Upload) -> Callable[..., str]:
    """Settle rows in the upload of the n-th minute, end it, and return its id."""

    def settle(n: int, mode: UploadMode, *rows: dict[str, str], ends: bool = True, **changed: Any) -> str:
        this = replace(
            upload,
            upload_id=f"UPLOAD_20261121_11{n:02d}00_aaaaaaaa",
            uploaded_at=f"2026-11-21T11:{n:02d}:00+00:00",
            mode=mode,
            **changed,
        )
        staged = stage(this, [ProductRow.of(number, cells) for number, cells in enumerate(rows, start=1)])
        checked = check_rows(mode.rules(rules), staged, CATEGORIES)
        application.run(lambda cursor: history.open_upload(cursor, this, len(rows)))
        application.run(lambda cursor: ledger.settle(cursor, rules, this.upload_id, this.vendor_id, checked))
        if ends:
            application.run(
                lambda cursor: history.finish_upload(cursor, this.upload_id, UploadStatus.COMPLETED, None, None)
            )
        return this.upload_id

    return settle


@pytest.fixture
def imported(database: TestDatabase, uploads: Callable[..., str], product: Product) -> str:
    """The import of products 1 to 3 of VEND001."""
    database.add_vendor("VEND001")
    return uploads(0, UploadMode.IMPORT, *[product(n) for n in (1, 2, 3)])


def products(database: TestDatabase, *columns: str) -> list[tuple[Any, ...]]:
    return database.execute(f"SELECT {', '.join(columns)} FROM products ORDER BY product_id")


def done(application: AsApplication, upload_id: str) -> Revert:
    return revert(application, upload_id, actor="ops@techmart.example")


def test_values_return_when_an_update_is_taken_back(
    database: TestDatabase, application: AsApplication, imported: str, uploads: Callable[..., str]
) -> None:
    before = products(database, "price", "brand", "weight_kg", "status")
    update = uploads(
        1,
        UploadMode.UPDATE,
        {"sku": "SKU-0001", "price": "1", "brand": "CLEAR", "weight_kg": "0.001"},
        {"sku": "SKU-0002", "status": "inactive", "price": "19.99"},
        {"sku": "SKU-0003", "price": "19.99"},
    )

    result = done(application, update)

    assert products(database, "price", "brand", "weight_kg", "status") == before
    assert result.effects == Effects(2, 0, 0, {"price": 1, "brand": 1, "weight_kg": 1, "status": 1})


def test_category_returns_under_its_new_name_when_it_is_renamed_meanwhile(
    database: TestDatabase,
    application: AsApplication,
    imported: str,
    uploads: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    update = uploads(1, UploadMode.UPDATE, {"sku": "SKU-0001", "category": "Audio"})
    put_in_place = changes.put_in_place

    def rename_first(*arguments: Any, **how: Any) -> Effects:
        monkeypatch.setattr(changes, "put_in_place", put_in_place)
        database.execute(
            "UPDATE product_categories SET category_name = 'Accessories', former_names = ARRAY[category_name]"
            " WHERE category_name = 'Computer Accessories'"
        )
        return put_in_place(*arguments, **how)

    monkeypatch.setattr(changes, "put_in_place", rename_first)

    result = done(application, update)

    assert products(database, "category") == [("Accessories",)] * 3
    assert result.effects == Effects(1, 0, 0, {"category": 1})


def test_later_values_stay_when_an_update_is_taken_back(
    database: TestDatabase, application: AsApplication, imported: str, uploads: Callable[..., str]
) -> None:
    update = uploads(
        1,
        UploadMode.UPDATE,
        {"sku": "SKU-0001", "price": "1", "stock_quantity": "1"},
        {"sku": "SKU-0002", "price": "1"},
        {"sku": "SKU-0003", "price": "1"},
    )
    uploads(
        2,
        UploadMode.UPDATE,
        {"sku": "SKU-0001", "price": "2"},
        {"sku": "SKU-0002", "price": "2"},
        {"sku": "SKU-0003", "price": "1", "stock_quantity": "5"},
    )

    result = done(application, update)

    assert products(database, "price", "stock_quantity") == [(Decimal(2), 150), (Decimal(2), 150), (Decimal(1), 5)]
    assert result.effects == Effects(1, 0, 2, {"stock_quantity": 1})


def test_products_go_off_sale_when_an_import_is_taken_back(
    database: TestDatabase, application: AsApplication, imported: str, uploads: Callable[..., str]
) -> None:
    uploads(1, UploadMode.UPDATE, {"sku": "SKU-0001", "price": "1"}, {"sku": "SKU-0002", "status": "active"})

    result = done(application, imported)

    assert products(database, "price", "status") == [
        (Decimal(1), "inactive"),
        (Decimal("19.99"), "active"),
        (Decimal("19.99"), "inactive"),
    ]
    assert result.effects == Effects(2, 0, 1, {"status": 2})


def test_revert_is_in_the_audit_trail_as_an_upload_of_its_own_kind(
    database: TestDatabase, application: AsApplication, imported: str
) -> None:
    result = done(application, imported)

    assert result.revert_id == "REVERT_20261121_110000_aaaaaaaa"
    assert database.execute(
        "SELECT mode, is_preview, status, vendor_id, corrects_upload_id, total_records, valid_records, error_records,"
        " changed_records, changed_fields, completed_at IS NOT NULL FROM upload_history WHERE upload_id = %s",
        result.revert_id,
    ) == [("revert", False, "completed", "VEND001", imported, 3, 3, 0, 3, {"status": 3}, True)]
    assert database.execute(
        "SELECT row_number, old_values, new_values FROM product_changes WHERE upload_id = %s ORDER BY 1",
        result.revert_id,
    ) == [(n, {"status": "active"}, {"status": "inactive"}) for n in (1, 2, 3)]


def test_nothing_happens_again_when_an_upload_is_taken_back_twice(
    database: TestDatabase, application: AsApplication, imported: str, uploads: Callable[..., str]
) -> None:
    first = done(application, imported)
    uploads(1, UploadMode.UPDATE, {"sku": "SKU-0001", "price": "1"})
    database.execute("UPDATE products SET status = 'active'")

    second = done(application, imported)

    assert (second.revert_id, second.effects, second.is_done) == (first.revert_id, first.effects, True)
    assert products(database, "status") == [("active",)] * 3
    assert database.execute("SELECT count(*) FROM upload_history WHERE mode = 'revert'") == [(1,)]


def test_only_words_come_of_it_when_nobody_said_yes(
    database: TestDatabase, application: AsApplication, imported: str
) -> None:
    before = products(database, "*")

    planned = revert(application, imported, actor=None)

    assert (planned.effects, planned.is_done) == (Effects(3, 0, 0, {"status": 3}), False)
    assert products(database, "*") == before
    assert database.execute("SELECT count(*) FROM upload_history") == [(1,)]
    assert done(application, imported).effects == planned.effects


def test_late_rows_of_an_older_upload_stay_out_when_a_later_one_was_taken_back(
    database: TestDatabase, application: AsApplication, imported: str, uploads: Callable[..., str]
) -> None:
    update = uploads(2, UploadMode.UPDATE, {"sku": "SKU-0001", "price": "2"})
    done(application, update)

    uploads(1, UploadMode.UPDATE, {"sku": "SKU-0001", "price": "1"})

    assert products(database, "price")[0] == (Decimal("19.99"),)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("unknown", "There is no upload"),
        ("preview", "was a check only"),
        ("open", "still being processed"),
        ("other open", "of the same vendor is still being processed"),
        ("nothing changed", "changed nothing"),
        ("revert", "is a revert itself"),
    ],
)
def test_upload_is_left_alone_when_it_cannot_be_taken_back(
    application: AsApplication, imported: str, uploads: Callable[..., str], case: str, reason: str
) -> None:
    row = {"sku": "SKU-0001", "price": "1"}
    match case:
        case "unknown":
            upload_id = "UPLOAD_1"
        case "preview":
            upload_id = uploads(1, UploadMode.UPDATE, row, is_preview=True)
        case "open":
            upload_id = uploads(1, UploadMode.UPDATE, row, ends=False)
        case "other open":
            upload_id = imported
            uploads(1, UploadMode.UPDATE, row, ends=False)
        case "nothing changed":
            upload_id = uploads(1, UploadMode.UPDATE, {"sku": "SKU-0001", "price": "19.99"})
        case "revert":
            upload_id = done(application, imported).revert_id

    with pytest.raises(NotRevertibleError, match=reason):
        done(application, upload_id)
