"""Updates and previews through the functions: from the key of the object to the e-mail, redelivered and recovered."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding.stores.staging import row_of
from tests.handlers.world import CONTEXT, World, csv_of, product, sample
from tests.metrics import metric_lines

# A function that fails, or has seen its rows before, has nothing to count.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

UPDATES, CHECKED_UPDATES = "updates/VEND001/changes.csv", "previews/updates/VEND001/changes.csv"
CHECKED_IMPORTS = "previews/uploads/VEND001/products.csv"
CHANGES = [
    {"sku": "SKU-0001", "price": "17.50", "stock_quantity": "", "status": "inactive"},
    {"sku": "SKU-0002", "price": "19.99", "stock_quantity": "150", "status": ""},
    {"sku": "SKU-0003", "price": "free", "stock_quantity": "1", "status": ""},
    {"sku": "SKU-0009", "price": "1", "stock_quantity": "1", "status": ""},
]


@pytest.fixture
def listed(world: World) -> World:
    """A world in which VEND001 has products 1 to 3 and VEND002 has product 9."""
    for key, numbers in (("uploads/VEND001/products.csv", (1, 2, 3)), ("uploads/VEND002/products.csv", (9,))):
        upload = world.stage([product(n) for n in numbers], key)
        world.validate(world.staged(upload))
    # Its rows come a minute before those of the tests.
    world.database.execute("UPDATE upload_history SET upload_timestamp = upload_timestamp - interval '1 minute'")
    world.queued()
    return world


def _settled(world: World, rows: list[dict[str, str]], key: str) -> Any:
    upload = world.stage(rows, key)
    world.validate(world.staged(upload))
    return upload


def _outcome(world: World, upload: Any) -> dict[str, Any]:
    """Return what the recorder says of an upload whose rows are settled."""
    completion = world.completion(upload)
    key = f"errors/VEND001/{upload.upload_id}_errors.csv" if completion["error_records"] else None
    event = {"upload": upload.as_execution_input(), "completion": completion, "error_file_s3_key": key}
    return world.functions.outcome_recorder.handler(event, CONTEXT)


def _metrics(capsys: pytest.CaptureFixture[str], *names: str) -> dict[str, float]:
    """Return the sums of these metrics in what was printed."""
    lines = metric_lines(capsys.readouterr().out)
    return {name: sum(sum(line[name]) for line in lines if name in line) for name in names}


def _products(world: World, *columns: str) -> list[tuple[Any, ...]]:
    return world.database.execute(f"SELECT {', '.join(columns)} FROM products ORDER BY product_id")


def test_products_change_when_a_file_is_put_under_updates(listed: World, capsys: pytest.CaptureFixture[str]) -> None:
    upload = _settled(listed, CHANGES, UPDATES)

    assert listed.database.errors(upload.upload_id) == [
        (3, "price", "INVALID_PRICE"),
        (4, "sku", "UNKNOWN_PRODUCT"),
    ]
    assert _products(listed, "price", "status") == [
        (Decimal("17.50"), "inactive"),
        *[(Decimal("19.99"), "active")] * 3,
    ]
    assert _metrics(capsys, "ProductsAccepted", "ProductsRejected", "ProductsChanged", "ProductsPreviewed") == {
        "ProductsAccepted": 2,
        "ProductsRejected": 2,
        "ProductsChanged": 1,
        "ProductsPreviewed": 0,
    }
    outcome = _outcome(listed, upload)
    assert {name: outcome[name] for name in ("mode", "is_preview", "changed_records", "unchanged_records")} == {
        "mode": "update",
        "is_preview": False,
        "changed_records": 1,
        "unchanged_records": 1,
    }
    assert (outcome["superseded_records"], outcome["changed_fields"]) == (0, {"price": 1, "status": 1})
    assert outcome["subject"] == "Product Update Complete - changes.csv (50% Success)"
    assert "Changed: 1 (price of 1, status of 1)\nUnchanged: 1" in outcome["message"]


def test_report_shows_the_rows_as_sent_when_an_update_has_errors(listed: World) -> None:
    upload = _settled(listed, CHANGES, UPDATES)
    listed.process_errors()

    listed.request_report(upload, error_records=2)

    lines = {line["Row Number"]: line for line in listed.report(upload)}
    assert lines["3"]["SKU"] == "SKU-0003"
    assert lines["3"]["Price"] == "free"
    assert lines["4"]["Error Type"] == "UNKNOWN_PRODUCT"
    ((original,),) = listed.database.execute("SELECT original_data FROM validation_errors WHERE row_number = 4")
    assert (original["sku"], original["status"]) == ("SKU-0009", "")


def test_staged_row_keeps_both_statuses_when_a_column_of_an_update_has_that_name(listed: World) -> None:
    upload = listed.stage(CHANGES[:1], UPDATES)

    (item,) = listed.staged(upload)

    assert (item["status"]["S"], row_of(item).row.cells["status"]) == ("pending_validation", "inactive")


def test_mode_is_part_of_the_upload_everywhere_when_a_file_is_only_checked(listed: World) -> None:
    upload = _settled(listed, CHANGES, CHECKED_UPDATES)

    tracker = listed.tracker(upload)
    (execution,) = [name for name in listed.executions() if name == upload.upload_id]
    assert execution
    assert (tracker["mode"], tracker["is_preview"]) == ({"S": "update"}, {"BOOL": True})
    assert (upload.as_execution_input()["mode"], upload.as_execution_input()["is_preview"]) == ("update", True)
    assert listed.database.execute(
        "SELECT mode, is_preview FROM upload_history WHERE upload_id = %s", upload.upload_id
    ) == [("update", True)]


def test_nothing_is_written_when_changes_are_only_checked(listed: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = _products(listed, "*")
    capsys.readouterr()

    checked = _settled(listed, CHANGES, CHECKED_UPDATES)

    assert _products(listed, "*") == before
    assert listed.database.execute("SELECT count(*) FROM product_changes") == [(0,)]
    assert _metrics(capsys, "ProductsAccepted", "ProductsChanged", "ProductsPreviewed") == {
        "ProductsAccepted": 0,
        "ProductsChanged": 0,
        "ProductsPreviewed": 4,
    }
    outcome = _outcome(listed, checked)
    assert outcome["subject"] == "Product Check Complete - changes.csv (50% Valid)"
    assert "Nothing was added to or changed in the catalogue." in outcome["message"]
    assert "Would Change: 1 (price of 1, status of 1)\n" in outcome["message"]
    assert (outcome["changed_records"], outcome["changed_fields"]) == (1, {"price": 1, "status": 1})
    assert _metrics(capsys, "UploadsPreviewed", "UploadsPartiallyCompleted", "UploadsFailed") == {
        "UploadsPreviewed": 1,
        "UploadsPartiallyCompleted": 0,
        "UploadsFailed": 0,
    }


def test_verdicts_are_the_same_when_a_file_is_uploaded_after_it_was_checked(listed: World) -> None:
    rows = [product(4), product(5, sku="SKU-0009"), product(6, price="free"), product(7, sku="SKU-0004")]
    first, second = _settled(listed, rows, CHECKED_IMPORTS), _settled(listed, rows, f"{CHECKED_IMPORTS}.csv")

    real = _settled(listed, rows, "uploads/VEND001/new.csv")

    found = [
        listed.database.execute(
            "SELECT row_number, field, error_type, error_message FROM validation_errors WHERE upload_id = %s"
            " ORDER BY 1, error_id",
            upload.upload_id,
        )
        for upload in (first, second, real)
    ]
    assert found[0] == found[1] == found[2]
    assert listed.database.products(first.upload_id) == []
    assert listed.database.products(real.upload_id) == [(1, "SKU-0004")]


def test_later_row_is_a_duplicate_whatever_comes_first_when_one_product_is_named_in_two_ways(listed: World) -> None:
    rows = [
        {"sku": "SKU-0001", "vendor_product_id": "", "price": "free"},
        {"sku": "SKU-0002", "vendor_product_id": "", "price": "2"},
        {"sku": "", "vendor_product_id": "PROD0001", "price": "3"},
        {"sku": "", "vendor_product_id": "PROD0003", "price": "4"},
    ]
    upload = listed.stage(rows, UPDATES)

    for item in reversed(listed.staged(upload)):
        listed.validate([item])

    assert listed.database.errors(upload.upload_id) == [
        (1, "price", "INVALID_PRICE"),
        (3, "vendor_product_id", "DUPLICATE_VENDOR_PRODUCT_ID"),
    ]
    assert [price for (price,) in _products(listed, "price")][:3] == [Decimal("19.99"), Decimal(2), Decimal(4)]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"price": "1", "stock_quantity": "2"}, "vendor_product_id or sku"),
        ({"sku": "A", "vendor_product_id": "B"}, "to change, such as price"),
    ],
)
def test_file_is_refused_when_it_cannot_change_anything(listed: World, header: dict[str, str], words: str) -> None:
    upload = listed.stage([header], UPDATES)

    completion = listed.completion(upload)

    assert completion["refusal_code"] == "MISSING_COLUMNS"
    assert words in completion["refusal_message"]


def test_message_names_the_right_folder_when_the_key_has_no_vendor(listed: World) -> None:
    upload = listed.stage(CHANGES, "previews/updates/changes.csv")

    assert "Put files at previews/updates/{vendor id}/changes.csv." in listed.completion(upload)["refusal_message"]


@pytest.mark.parametrize("key", [UPDATES, CHECKED_UPDATES, CHECKED_IMPORTS])
def test_nothing_is_counted_again_when_batches_come_twice_and_the_upload_is_recovered(listed: World, key: str) -> None:
    rows = CHANGES if "updates" in key else [product(4), product(5, price="free"), product(6, sku="SKU-0009")]
    upload = _settled(listed, rows, key)
    seen = (_products(listed, "*"), listed.database.counts(upload.upload_id))
    completion = listed.completion(upload)

    listed.validate(listed.staged(upload))
    recovered = listed.functions.reconciler.handler(
        {**sample("reconcile"), "upload": upload.as_execution_input()}, CONTEXT
    )

    assert recovered == completion
    assert (_products(listed, "*"), listed.database.counts(upload.upload_id)) == seen


def test_changes_are_carried_out_when_only_the_reconciler_is_left_to_do_it(listed: World) -> None:
    upload = listed.upload_of(listed.put(csv_of(CHANGES), UPDATES))

    recovered = listed.functions.reconciler.handler(
        {**sample("reconcile"), "upload": upload.as_execution_input()}, CONTEXT
    )

    assert (recovered["valid_records"], recovered["error_records"]) == (2, 2)
    assert _products(listed, "price", "status")[0] == (Decimal("17.50"), "inactive")


@given(st.integers(0, 2**32).map(random.Random))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_verdicts_of_an_update_are_the_same_when_its_rows_come_in_any_order(
    listed: World, chance: random.Random
) -> None:
    rows = [
        *CHANGES,
        {"sku": "SKU-0001", "price": "3", "stock_quantity": "", "status": ""},
        {"sku": "SKU-0002", "price": "CLEAR", "stock_quantity": "", "status": "sold"},
        {"sku": "SKU-0003", "price": "1", "stock_quantity": "", "status": "", "vendor_product_id": "PROD0001"},
        {"sku": "", "price": "1", "stock_quantity": "", "status": "", "vendor_product_id": "PROD0002"},
    ]
    rows = [{"vendor_product_id": "", **row} for row in rows]
    upload = listed.stage(rows, f"updates/VEND001/{chance.random()}.csv")
    items = listed.staged(upload)

    for item in chance.sample([*items, *items], 2 * len(items)):
        listed.functions.product_validator.validation.validate(_rows([item]))

    assert [(row, code) for row, _, code in listed.database.errors(upload.upload_id)] == [
        (3, "INVALID_PRICE"),
        (4, "UNKNOWN_PRODUCT"),
        (5, "DUPLICATE_SKU"),
        (6, "DUPLICATE_SKU"),
        (6, "INVALID_PRICE"),
        (6, "INVALID_FIELD_FORMAT"),
        (7, "DUPLICATE_SKU"),
        (8, "DUPLICATE_VENDOR_PRODUCT_ID"),
    ]
    assert listed.database.counts(upload.upload_id) == (8, 2, 6)


def _rows(items: list[Any]) -> list[Any]:
    from onboarding.stores.staging import row_of

    return [row_of(item) for item in items]


# Taking an upload back


def _revert(world: World, upload_id: str, *, carry_out: bool) -> dict[str, Any]:
    return world.functions.upload_reverter.handler({"upload_id": upload_id, "carry_out": carry_out}, CONTEXT)


def test_operator_is_told_and_then_obeyed_when_an_update_is_taken_back(listed: World) -> None:
    upload = _settled(listed, CHANGES, UPDATES)
    _outcome(listed, upload)
    listed.database.execute(
        "UPDATE upload_history SET status = 'completed', completed_at = now() WHERE mode = 'import'"
    )

    planned = _revert(listed, upload.upload_id, carry_out=False)
    assert _products(listed, "price")[0] == (Decimal("17.50"),)
    done = _revert(listed, upload.upload_id, carry_out=True)

    assert _products(listed, "price", "status")[0] == (Decimal("19.99"), "active")
    assert planned == {**done, "is_done": False}
    assert done == {
        "revert_id": upload.upload_id.replace("UPLOAD", "REVERT"),
        "upload_id": upload.upload_id,
        "mode": "update",
        "vendor_id": "VEND001",
        "file_name": "changes.csv",
        "is_done": True,
        "changed": 1,
        "unchanged": 0,
        "superseded": 0,
        "changed_fields": {"price": 1, "status": 1},
    }
    assert json.loads(json.dumps(done)) == done


@pytest.mark.parametrize("word", ["yes", 1, None])
def test_nothing_is_taken_back_when_the_word_for_it_is_not_quite_right(listed: World, word: object) -> None:
    upload = _settled(listed, CHANGES, UPDATES)
    listed.database.execute("UPDATE upload_history SET status = 'completed', completed_at = now()")

    answer = listed.functions.upload_reverter.handler({"upload_id": upload.upload_id, "carry_out": word}, CONTEXT)

    assert answer["is_done"] is False
    assert _products(listed, "price")[0] == (Decimal("17.50"),)
