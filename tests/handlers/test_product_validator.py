"""Product Validator: rows were staged."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding.stores.error_queue import read_message
from onboarding.stores.staging import row_of
from tests.handlers.world import CONTEXT, Item, World, csv_of, failed_items, product, sample, stream_event
from tests.metrics import metric_lines

# A function that fails, or has seen its rows before, has nothing to count.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

MIXED = [
    product(1),
    product(2, price="free"),
    product(3),
    product(4, category="Spaceships", stock_quantity="12.7"),
]


def _messages(world: World) -> dict[int, list[str]]:
    """Take the queued error rows and return their codes by row number; a row sent twice must be the same twice."""
    found: dict[int, list[str]] = {}
    for body in world.queued():
        rows = read_message(body)
        assert isinstance(rows, list)
        for row in rows:
            codes = [error.code.value for error in row.errors]
            assert found.setdefault(row.row_number, codes) == codes
    return found


def _in_threads(*works: Callable[[], Any]) -> list[Any]:
    """Run works at once and return what they return."""
    at_once = threading.Barrier(len(works), timeout=20)

    def run(work: Callable[[], Any]) -> Any:
        at_once.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def _rows(items: Sequence[Item]) -> list[Any]:
    from onboarding.stores.staging import row_of

    return [row_of(item) for item in items]


# One batch


def test_every_row_is_decided_when_a_batch_comes(world: World) -> None:
    upload = world.stage(MIXED)

    answer = world.validate(world.staged(upload))

    assert answer == failed_items()
    assert world.database.products(upload.upload_id) == [(1, "SKU-0001"), (3, "SKU-0003")]
    assert world.database.errors(upload.upload_id) == [
        (2, "price", "INVALID_PRICE"),
        (4, "category", "INVALID_CATEGORY"),
        (4, "stock_quantity", "INVALID_STOCK_QUANTITY"),
    ]
    assert world.database.counts(upload.upload_id) == (4, 2, 2)
    assert _messages(world) == {2: ["INVALID_PRICE"], 4: ["INVALID_CATEGORY", "INVALID_STOCK_QUANTITY"]}
    assert world.statuses(upload) == {
        1: "validated",
        2: "pending_validation",
        3: "validated",
        4: "pending_validation",
    }


def test_rows_are_decided_when_version_0_3_staged_some_of_them(world: World) -> None:
    upload = world.stage(MIXED)
    first, second, *rest = world.staged(upload)

    world.validate([_as_0_3_staged(first), _as_0_3_staged(second), *rest])

    assert [row for row, _ in world.database.products(upload.upload_id)] == [1, 3]
    assert _messages(world) == {2: ["INVALID_PRICE"], 4: ["INVALID_CATEGORY", "INVALID_STOCK_QUANTITY"]}


def _as_0_3_staged(item: Item) -> Item:
    said = {name: value for name, value in item.items() if name not in ("format", "columns", "cells")}
    return {**said, **{name: {"S": cell} for name, cell in row_of(item).row.cells.items() if cell}}


def test_sample_is_decided_when_it_comes_from_the_stream(world: World) -> None:
    image = sample("dynamodb_stream")["Records"][0]["dynamodb"]["NewImage"]
    upload_id = image["upload_id"]["S"]
    world.database.execute(
        "INSERT INTO upload_history (upload_id, vendor_id, file_name, s3_key, object_version, total_records)"
        " VALUES (%s, 'VEND001', 'f.csv', 'uploads/VEND001/f.csv', 'v', 1)",
        upload_id,
    )

    world.functions.product_validator.handler(sample("dynamodb_stream"), CONTEXT)

    assert world.database.products(upload_id) == [(1, "SKU-0001")]
    assert world.database.status(upload_id) == "processing"


def test_execution_is_answered_when_the_last_row_is_decided(world: World) -> None:
    upload = world.stage(MIXED)
    world.wait_for_validation(upload, "token-1")
    items = world.staged(upload)

    world.validate(items[:3])
    assert world.callbacks.succeeded == []
    world.validate(items[3:])

    assert world.callbacks.succeeded == [
        (
            "token-1",
            {
                "outcome": "validated",
                "total_records": 4,
                "valid_records": 2,
                "error_records": 2,
                "refusal_code": "",
                "refusal_message": "",
            },
        )
    ]


def test_completion_is_left_in_the_tracker_when_no_execution_waits_yet(world: World) -> None:
    upload = world.stage(MIXED)

    world.validate(world.staged(upload))

    assert world.callbacks.succeeded == []
    assert world.completion(upload)["error_records"] == 2


def test_all_errors_of_a_row_are_reported_when_it_breaks_rules_and_repeats_keys(world: World) -> None:
    taken = world.stage([product(1, sku="TAKEN", vendor_product_id="TAKEN")])
    world.validate(world.staged(taken))
    upload = world.stage(
        [
            product(1, sku="A", price="free"),
            product(2, sku="TAKEN", price="0", stock_quantity="", product_name="x" * 201),
            product(3, sku="A", vendor_product_id="TAKEN", category="Spaceships"),
            product(4, sku="TAKEN", vendor_product_id="TAKEN"),
        ]
    )

    world.validate(world.staged(upload))

    assert [(row, code) for row, _, code in world.database.errors(upload.upload_id)] == [
        (1, "INVALID_PRICE"),
        (2, "FIELD_TOO_LONG"),
        (2, "DUPLICATE_SKU"),
        (2, "INVALID_PRICE"),
        (2, "MISSING_REQUIRED_FIELD"),
        (3, "DUPLICATE_VENDOR_PRODUCT_ID"),
        (3, "INVALID_CATEGORY"),
        (3, "DUPLICATE_SKU"),
        (4, "DUPLICATE_VENDOR_PRODUCT_ID"),
        (4, "DUPLICATE_SKU"),
    ]
    messages = dict(
        world.database.execute(
            "SELECT row_number || ' ' || field, error_message FROM validation_errors"
            " WHERE error_type LIKE 'DUPLICATE%%' AND upload_id = %s",
            upload.upload_id,
        )
    )
    assert "already exists" in messages["2 sku"]
    assert "row 1 of this file" in messages["3 sku"]
    assert "row 2 of this file" in messages["4 sku"]


def test_original_row_is_kept_when_it_is_invalid(world: World) -> None:
    upload = world.stage([product(1, price=" \u20ac 19,99 ", product_name='6" \N{HEADPHONE}\n\\N')])

    world.validate(world.staged(upload))

    ((original,),) = world.database.execute("SELECT original_data FROM validation_errors")
    assert original["price"] == " \u20ac 19,99 "
    assert original["product_name"] == '6" \N{HEADPHONE}\n\\N'
    assert original["brand"] == original["image_url"] == ""


def test_metrics_count_rows_once_when_a_batch_comes_twice(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    upload = world.stage(MIXED)
    items = world.staged(upload)

    world.validate(items)
    world.validate(items)

    emitted = metric_lines(capsys.readouterr().out)
    assert [(sum(m["ProductsAccepted"]), sum(m["ProductsRejected"])) for m in emitted] == [(2, 2), (0, 0)]


# The same rows again


def test_nothing_changes_but_all_is_announced_again_when_a_batch_comes_twice(world: World) -> None:
    upload = world.stage(MIXED)
    items = world.staged(upload)
    world.wait_for_validation(upload)
    world.validate(items)
    first = (_messages(world), world.database.products(upload.upload_id), world.database.errors(upload.upload_id))

    answer = world.validate(items)

    assert answer == failed_items()
    second = (_messages(world), world.database.products(upload.upload_id), world.database.errors(upload.upload_id))
    assert second == first
    assert world.database.counts(upload.upload_id) == (4, 2, 2)
    assert len(world.callbacks.succeeded) == 2


def test_rows_are_counted_once_when_batches_overlap(world: World) -> None:
    upload = world.stage([product(n, price="free" if n % 3 == 0 else "1") for n in range(1, 11)])
    items = world.staged(upload)

    for batch in (items[0:6], items[3:9], items[0:2], items[8:10], items):
        world.validate(batch)

    assert world.database.counts(upload.upload_id) == (10, 7, 3)
    assert len(world.database.products(upload.upload_id)) == 7
    assert len(world.database.errors(upload.upload_id)) == 3


def test_row_is_counted_once_when_a_batch_has_it_twice(world: World) -> None:
    upload = world.stage(MIXED)
    items = world.staged(upload)

    answer = world.validate([*items, *items])

    assert answer == failed_items()
    assert world.database.counts(upload.upload_id) == (4, 2, 2)
    assert len(world.database.errors(upload.upload_id)) == 3


def test_retry_announces_when_the_first_delivery_died_after_its_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = world.stage(MIXED)
    world.wait_for_validation(upload)
    items = world.staged(upload)
    with monkeypatch.context() as patched:
        patched.setattr(
            world.functions.product_validator.validation.sqs,
            "send_message_batch",
            lambda **_: {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]},
        )
        with pytest.raises(BatchProcessingError):
            world.validate(items)
    assert world.database.counts(upload.upload_id) == (4, 2, 2)
    assert world.callbacks.succeeded == []

    world.validate(items)

    assert sorted(_messages(world)) == [2, 4]
    assert world.database.counts(upload.upload_id) == (4, 2, 2)
    assert len(world.callbacks.succeeded) == 1


@pytest.mark.parametrize("code", ["TaskDoesNotExist", "TaskTimedOut", "InvalidToken"])
def test_batch_succeeds_when_the_execution_went_on_without_it(world: World, code: str) -> None:
    upload = world.stage(MIXED)
    world.wait_for_validation(upload)
    world.callbacks.error = code

    assert world.validate(world.staged(upload)) == failed_items()


def test_batch_fails_when_the_execution_cannot_be_answered(world: World) -> None:
    upload = world.stage(MIXED)
    world.wait_for_validation(upload)
    world.callbacks.error = "ThrottlingException"

    with pytest.raises(BatchProcessingError):
        world.validate(world.staged(upload))


# Several at once


def test_counts_add_up_when_two_batches_of_one_upload_come_at_once(world: World) -> None:
    upload = world.stage([product(n, price="free" if n % 5 == 0 else "1") for n in range(1, 201)])
    world.wait_for_validation(upload)
    rows = _rows(world.staged(upload))
    validators = [world.functions.product_validator, world.functions.another("product_validator")]

    settled = _in_threads(
        lambda: validators[0].validation.validate(rows[:120]), lambda: validators[1].validation.validate(rows[80:])
    )

    assert sum(each.accepted for each in settled) == 160
    assert sum(each.rejected for each in settled) == 40
    assert world.database.counts(upload.upload_id) == (200, 160, 40)
    assert [output["valid_records"] for _, output in world.callbacks.succeeded] == [160]


def test_counts_add_up_when_one_batch_is_delivered_to_two_at_once(world: World) -> None:
    upload = world.stage([product(n, price="free" if n % 5 == 0 else "1") for n in range(1, 201)])
    rows = _rows(world.staged(upload))
    validators = [world.functions.product_validator, world.functions.another("product_validator")]

    first, second = _in_threads(*[lambda v=v: v.validation.validate(rows) for v in validators])

    assert (first.valid, first.errors) == (second.valid, second.errors)
    assert sorted([first.accepted, second.accepted]) == [0, 160]
    assert world.database.counts(upload.upload_id) == (200, 160, 40)
    assert len(world.database.errors(upload.upload_id)) == 40


@pytest.fixture
def slow_inserts(world: World) -> Iterator[None]:
    """Make every insert into products take long enough for two transactions to meet half way."""
    world.database.execute(
        """
        CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$;
        CREATE TRIGGER take_time BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION take_time()
        """
    )
    yield
    world.database.execute("DROP FUNCTION take_time CASCADE")


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The uploads of all settlements that were begun, repeated ones included."""
    from onboarding.stores import ledger

    begun: list[str] = []
    settle = ledger.settle

    def count(cursor: Any, rules: Any, upload_id: str, *arguments: Any) -> Any:
        begun.append(upload_id)
        return settle(cursor, rules, upload_id, *arguments)

    monkeypatch.setattr(ledger, "settle", count)
    return begun


def test_exactly_one_wins_without_deadlock_when_two_uploads_race_for_the_same_skus(
    world: World, slow_inserts: None, transactions: list[str]
) -> None:
    products = [product(n) for n in range(1, 21)]
    first = world.stage(products)
    second = world.stage(list(reversed(products)), "uploads/VEND002/products.csv")
    rows = [_rows(world.staged(upload)) for upload in (first, second)]
    validators = [world.functions.product_validator, world.functions.another("product_validator")]

    settled = _in_threads(*[lambda v=v, r=r: v.validation.validate(r) for v, r in zip(validators, rows, strict=True)])

    assert sorted((each.accepted, each.rejected) for each in settled) == [(0, 20), (20, 0)]
    assert sorted(transactions) == sorted([first.upload_id, second.upload_id])
    winner, loser = (first, second) if settled[0].accepted else (second, first)
    assert len(world.database.products(winner.upload_id)) == 20
    assert [code for _, _, code in world.database.errors(loser.upload_id)] == ["DUPLICATE_SKU"] * 20


def test_every_row_has_one_outcome_when_two_uploads_lock_each_other_out(
    world: World, slow_inserts: None, transactions: list[str]
) -> None:
    """All take SKUs in the same order; here the vendor product ids run against it."""
    first = world.stage([product(n, sku=f"A{n:02d}", vendor_product_id=f"P{n:02d}") for n in range(20)])
    second = world.stage([product(n, sku=f"B{n:02d}", vendor_product_id=f"P{19 - n:02d}") for n in range(20)])
    rows = [_rows(world.staged(upload)) for upload in (first, second)]
    validators = [world.functions.product_validator, world.functions.another("product_validator")]

    settled = _in_threads(*[lambda v=v, r=r: v.validation.validate(r) for v, r in zip(validators, rows, strict=True)])

    assert len(transactions) > 2
    assert sum(each.accepted for each in settled) == sum(each.rejected for each in settled) == 20
    assert all(each.progress.is_complete for each in settled)
    assert world.database.execute("SELECT count(DISTINCT vendor_product_id), count(*) FROM products") == [(20, 20)]


def test_row_waits_for_the_other_upload_when_that_has_not_committed_yet(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rival's product is not visible to a check before the insert; only the constraint knows of it."""
    from onboarding.stores import ledger

    first = world.stage([product(1, sku="SAME")])
    second = world.stage([product(1, sku="SAME")], "uploads/VEND002/products.csv")
    validators = [world.functions.product_validator, world.functions.another("product_validator")]
    inserted, go_on = threading.Event(), threading.Event()
    settle = ledger.settle

    def settle_slowly(cursor: Any, rules: Any, upload_id: str, *arguments: Any) -> Any:
        settlement = settle(cursor, rules, upload_id, *arguments)
        if upload_id == first.upload_id:
            inserted.set()
            assert go_on.wait(20)
        return settlement

    monkeypatch.setattr(ledger, "settle", settle_slowly)
    with ThreadPoolExecutor(2) as threads:
        earlier = threads.submit(validators[0].validation.validate, _rows(world.staged(first)))
        assert inserted.wait(20)
        later = threads.submit(validators[1].validation.validate, _rows(world.staged(second)))
        waited = not wait([later], timeout=0.3).done
        go_on.set()
        settlements = earlier.result(20), later.result(20)

    assert waited
    assert [(each.accepted, each.rejected) for each in settlements] == [(1, 0), (0, 1)]
    assert world.database.errors(second.upload_id) == [(1, "sku", "DUPLICATE_SKU")]


# Batches in which something fails


def test_only_its_records_fail_when_one_of_two_uploads_does(world: World) -> None:
    good = world.stage([product(n) for n in range(1, 4)])
    bad = world.stage([product(n) for n in range(11, 14)], "uploads/VEND002/products.csv")
    world.database.execute("DELETE FROM upload_history WHERE upload_id = %s", bad.upload_id)
    mixed = [item for pair in zip(world.staged(good), world.staged(bad), strict=True) for item in pair]

    answer = world.validate(mixed)

    assert answer == failed_items(1, 3, 5)
    assert world.database.counts(good.upload_id) == (3, 3, 0)
    assert world.database.products(bad.upload_id) == []


def test_function_fails_when_the_whole_batch_does(world: World) -> None:
    upload = world.stage([product(1)])
    items = world.staged(upload)
    world.database.execute("DELETE FROM upload_history")

    with pytest.raises(BatchProcessingError):
        world.validate(items)


def test_records_of_an_upload_fail_when_one_cannot_be_read(world: World) -> None:
    good, bad = world.stage([product(1)]), world.stage([product(2)], "uploads/VEND002/products.csv")
    (poison,) = world.staged(bad)
    del poison["row_number"]

    answer = world.validate([*world.staged(good), poison])

    assert answer == failed_items(1)
    assert world.database.counts(good.upload_id) == (1, 1, 0)


def test_nothing_is_settled_when_the_transaction_fails_half_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from onboarding.stores import ledger

    upload = world.stage(MIXED)

    def fail(*_: object) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(ledger, "_insert_errors", fail)
    with pytest.raises(BatchProcessingError):
        world.validate(world.staged(upload))

    assert world.database.products(upload.upload_id) == []
    assert world.database.counts(upload.upload_id) == (4, 0, 0)
    assert world.queued() == []


def test_batch_is_settled_when_the_connection_is_lost_in_the_middle(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onboarding.stores import ledger

    upload = world.stage(MIXED)
    insert_errors, calls = ledger._insert_errors, []

    def lose_connection(cursor: Any, *arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 1:
            world.database.terminate(cursor.connection.info.backend_pid)
        insert_errors(cursor, *arguments)

    monkeypatch.setattr(ledger, "_insert_errors", lose_connection)

    assert world.validate(world.staged(upload)) == failed_items()

    assert len(calls) == 2
    assert world.database.counts(upload.upload_id) == (4, 2, 2)
    assert len(world.database.products(upload.upload_id)) == 2
    assert len(world.database.errors(upload.upload_id)) == 3


def test_batches_are_settled_when_the_database_restarts_between_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.functions.product_validator.validation.database, "_patience_seconds", 0)
    upload = world.stage(MIXED)
    items = world.staged(upload)
    world.validate(items[:2])

    world.database.server.stop(immediate=True)
    try:
        with pytest.raises(BatchProcessingError):
            world.validate(items[2:])
    finally:
        world.database.server.start()

    assert world.validate(items[2:]) == failed_items()
    assert world.database.counts(upload.upload_id) == (4, 2, 2)


def test_first_batch_after_a_restart_is_settled_when_the_connection_died_idle(world: World) -> None:
    upload = world.stage(MIXED)
    items = world.staged(upload)
    world.validate(items[:2])

    world.database.server.stop(immediate=True)
    world.database.server.start()

    assert world.validate(items[2:]) == failed_items()
    assert world.database.counts(upload.upload_id) == (4, 2, 2)


def test_batch_fails_when_dynamodb_does_not_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = world.stage(MIXED)
    items = world.staged(upload)

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, "BatchWriteItem")

    with monkeypatch.context() as patched:
        patched.setattr(world.functions.product_validator.staging._client, "batch_write_item", refuse)
        with pytest.raises(BatchProcessingError):
            world.validate(items)

    world.validate(items)
    assert world.completion(upload)["valid_records"] == 2
    assert world.database.counts(upload.upload_id) == (4, 2, 2)


# The same file, whatever the batches

FILE = [
    product(1),
    product(2, sku="SKU-0001"),
    product(3, price="free"),
    product(4, sku="SKU-0003"),
    product(5, sku="TAKEN"),
    product(6, sku="TAKEN", price="0"),
    product(7, vendor_product_id="PROD0001", stock_quantity="12.7"),
    product(8, vendor_product_id="TAKEN"),
    product(9, vendor_product_id="TAKEN", sku="SKU-0001"),
    product(10, description="x" * 5_000, sku="SKU-0001"),
    product(11, category="computer accessories"),
    product(12),
]
MALFORMED = b"PROD0001,Mouse,Computer Accessories,,,SKU-0001,,1\r\n"

BATCHES = st.integers(0, 2**32).map(random.Random)


def _verdicts(world: World, upload: Any) -> tuple[list[Any], list[Any], Any]:
    return (
        world.database.execute(
            "SELECT row_number, sku, vendor_product_id, price::text FROM products WHERE upload_id = %s ORDER BY 1",
            upload.upload_id,
        ),
        world.database.execute(
            "SELECT row_number, field, error_type, error_message, original_data::text FROM validation_errors"
            " WHERE upload_id = %s ORDER BY 1, 2, 3",
            upload.upload_id,
        ),
        world.database.counts(upload.upload_id),
    )


@pytest.fixture
def in_one_batch(world: World) -> tuple[Any, list[Item], Any]:
    """An upload, its rows as they were staged, and the verdicts on them when they come in one batch."""
    rival = world.stage([product(99, sku="TAKEN", vendor_product_id="TAKEN")])
    world.validate(world.staged(rival))
    event = world.put(csv_of(FILE) + MALFORMED)
    upload = world.upload_of(event)
    world.parse(event)
    items = world.staged(upload)
    world.validate(items)
    return upload, items, _verdicts(world, upload)


def test_verdicts_are_those_of_the_rules_when_a_file_comes_in_one_batch(
    in_one_batch: tuple[Any, list[Item], Any],
) -> None:
    products, errors, counts = in_one_batch[2]

    assert [row[0] for row in products] == [1, 12]
    assert {row[0] for row in errors} == {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13}
    assert counts == (13, 2, 11)


@given(BATCHES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_verdicts_are_the_same_when_rows_come_in_any_order_and_batches(
    world: World, in_one_batch: tuple[Any, list[Item], Any], chance: random.Random
) -> None:
    upload, items, expected = in_one_batch
    world.database.execute("DELETE FROM products WHERE upload_id = %s", upload.upload_id)
    world.database.execute("DELETE FROM validation_errors WHERE upload_id = %s", upload.upload_id)
    world.database.execute(
        "UPDATE upload_history SET settled_rows = '{}', valid_records = 0, error_records = 0 WHERE upload_id = %s",
        upload.upload_id,
    )
    deliveries = _shuffled(items, chance)

    for batch in deliveries:
        world.functions.product_validator.validation.validate(_rows(batch))

    assert _verdicts(world, upload) == expected


def _shuffled(items: Sequence[Item], chance: random.Random) -> list[list[Item]]:
    """Return the rows in random batches of random order, some of them delivered again."""
    order = chance.sample(items, len(items))
    batches = []
    while order:
        size = chance.randint(1, 5)
        batches.append(order[:size])
        order = order[size:]
    replays = [chance.sample(items, chance.randint(1, 6)) for _ in range(chance.randint(0, 3))]
    return chance.sample(batches + replays, len(batches) + len(replays))


def test_stream_event_has_the_form_of_the_sample_when_it_is_made_for_a_test(world: World) -> None:
    upload = world.stage([product(1)])

    (made,) = stream_event(world.staged(upload))["Records"]

    (known,) = sample("dynamodb_stream")["Records"]
    assert set(made) == set(known)
    assert set(made["dynamodb"]) == set(known["dynamodb"])
