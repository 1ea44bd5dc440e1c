"""The operators' part of the API: vendors, categories, uploads, what operators did, and how the service is."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest

from tests.handlers.api_client import UPLOAD_ID, add_error, add_product, add_upload
from tests.handlers.operator_client import OLGA, Operator
from tests.handlers.world import ERROR_DEAD_LETTER_QUEUE, FAILURE_BUCKET, NAME, product

OTTO = "otto@techmart.example"


def category_number(operator: Operator, name: str) -> int:
    return int(
        operator.world.database.execute("SELECT category_id FROM product_categories WHERE category_name = %s", name)[0][
            0
        ]
    )


##### Categories


def test_category_is_used_from_the_next_batch_on_when_it_is_added(operator: Operator) -> None:
    added = operator.send("POST", "/admin/categories", {"name": " Garden "})

    assert (added.status, added.json["name"], added.json["added_by"]) == (201, "Garden", OLGA)
    upload = operator.world.stage([product(1, category="Garden")])
    operator.world.validate(operator.world.staged(upload))
    assert operator.world.database.products(upload.upload_id) == [(1, "SKU-0001")]
    assert operator.actions() == [("add_category", "Garden", None, {"name": "Garden"})]


@pytest.mark.parametrize("name", ["Audio", "aUDIO", "AUDIO "])
def test_category_is_not_added_when_the_name_is_taken_in_any_case(operator: Operator, name: str) -> None:
    reply = operator.send("POST", "/admin/categories", {"name": name})

    assert (reply.status, reply.problem) == (409, "category-taken")
    assert "There is a category Audio already." in reply.json["detail"]
    assert operator.actions() == []


def test_products_follow_and_files_are_told_when_a_category_is_renamed(operator: Operator) -> None:
    add_upload(operator.world)
    add_product(operator.world, "P-1")
    number = category_number(operator, "Audio")

    renamed = operator.send("PATCH", f"/admin/categories/{number}", {"name": "Sound & Music"})

    assert (renamed.status, renamed.json["products"], renamed.json["former_names"]) == (200, 1, ["Audio"])
    assert operator.world.database.execute("SELECT category FROM products") == [("Sound & Music",)]
    upload = operator.world.stage([product(1, category="audio"), product(2, category="Sound & Music")])
    operator.world.validate(operator.world.staged(upload))
    assert operator.world.database.errors(upload.upload_id) == [(1, "category", "INVALID_CATEGORY")]
    message = operator.world.database.execute("SELECT error_message FROM validation_errors")[0][0]
    assert 'It is called "Sound & Music" now.' in message
    assert operator.actions() == [
        ("rename_category", "Sound & Music", {"name": "Audio"}, {"name": "Sound & Music", "products": 1})
    ]


def test_category_is_renamed_in_case_only_when_asked_and_not_to_a_taken_name(operator: Operator) -> None:
    number = category_number(operator, "Audio")

    assert operator.send("PATCH", f"/admin/categories/{number}", {"name": "AUDIO"}).json["former_names"] == []
    assert operator.send("PATCH", f"/admin/categories/{number}", {"name": "laptops"}).problem == "category-taken"
    assert operator.send("PATCH", "/admin/categories/999999", {"name": "Nothing"}).status == 404
    assert operator.send("PATCH", "/admin/categories/x", {"name": "Nothing"}).status == 404


def test_new_rows_are_refused_and_products_stay_when_a_category_is_retired(operator: Operator) -> None:
    add_upload(operator.world)
    add_product(operator.world, "P-1")
    path = f"/admin/categories/{category_number(operator, 'Audio')}"

    retired = operator.send("POST", f"{path}/retire")
    operator.send("POST", f"{path}/retire")

    assert (retired.json["is_active"], retired.json["retired_by"], retired.json["products"]) == (False, OLGA, 1)
    assert "Audio" not in operator.api.get("/categories").json["categories"]
    upload = operator.world.stage([product(1, category="Audio")])
    operator.world.validate(operator.world.staged(upload))
    message = operator.world.database.execute("SELECT error_message FROM validation_errors")[0][0]
    assert "The category was retired" in message
    assert "Audio," not in message
    restored = operator.send("POST", f"{path}/restore").json
    assert (restored["is_active"], restored["retired_at"], restored["retired_by"]) == (True, None, None)
    assert [action for action, *_ in operator.actions()] == ["retire_category", "restore_category"]


def test_update_keeps_a_product_in_its_retired_category_but_moves_none_there(operator: Operator) -> None:
    world = operator.world
    add_upload(world, at=datetime(2026, 11, 1, tzinfo=UTC))
    add_product(world, "P-1")
    add_product(world, "P-2", category="Laptops")
    operator.send("POST", f"/admin/categories/{category_number(operator, 'Audio')}/retire")

    rows = [{"vendor_product_id": f"P-{n}", "category": "Audio", "price": "5.00"} for n in (1, 2)]
    upload = world.stage(rows, "updates/VEND001/changes.csv")
    world.validate(world.staged(upload))

    assert world.database.errors(upload.upload_id) == [(2, "category", "INVALID_CATEGORY")]
    assert world.database.execute("SELECT category, price::text FROM products ORDER BY vendor_product_id") == [
        ("Audio", "5.00"),
        ("Laptops", "19.99"),
    ]


def test_rows_are_decided_again_when_their_category_is_renamed_in_between(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onboarding.stores import ledger

    upload = operator.world.stage([product(1, category="Audio")])
    number, settle = category_number(operator, "Audio"), ledger.settle

    def rename_first(*arguments: Any) -> Any:
        monkeypatch.setattr(ledger, "settle", settle)
        operator.send("PATCH", f"/admin/categories/{number}", {"name": "Sound"})
        return settle(*arguments)

    monkeypatch.setattr(ledger, "settle", rename_first)
    answer = operator.world.validate(operator.world.staged(upload))

    assert answer == {"batchItemFailures": []}
    assert operator.world.database.errors(upload.upload_id) == [(1, "category", "INVALID_CATEGORY")]


##### Vendors


def test_vendor_is_registered_invited_and_recorded_when_an_operator_says_so(operator: Operator) -> None:
    body = {"vendor_id": "VEND042", "vendor_name": "Acme", "email": "uploads@acme.example"}

    reply = operator.send("POST", "/admin/vendors", body)

    assert (reply.status, reply.json["status"], reply.json["address"]["state"]) == (201, "active", "confirmed")
    assert operator.world.users()["uploads@acme.example"] == "FORCE_CHANGE_PASSWORD"
    assert operator.send("POST", "/admin/vendors", body).problem == "vendor-exists"
    (action,) = operator.actions()
    assert action == (
        "register_vendor",
        "VEND042",
        None,
        {"name": "Acme", "email": "uploads@acme.example", "status": "active"},
    )


def test_old_address_hears_no_more_when_the_address_is_changed(operator: Operator) -> None:
    body = {"vendor_id": "VEND042", "vendor_name": "Acme", "email": "old@acme.example"}
    operator.send("POST", "/admin/vendors", body)

    changed = operator.send("PATCH", "/admin/vendors/VEND042", {"email": "new@acme.example"}).json

    assert (changed["vendor_name"], changed["email"]) == ("Acme", "new@acme.example")
    topic = f"arn:aws:sns:us-east-1:123456789012:{NAME}-vendor-VEND042"
    subscriptions = operator.world.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [each["Endpoint"] for each in subscriptions if each["Protocol"] == "email"] == ["new@acme.example"]
    assert operator.actions()[-1] == (
        "change_vendor",
        "VEND042",
        {"email": "old@acme.example"},
        {"email": "new@acme.example"},
    )


def test_vendor_is_kept_out_and_let_in_when_suspended_and_resumed(operator: Operator) -> None:
    assert operator.send("POST", "/admin/vendors/VEND001/suspend").json["status"] == "suspended"
    assert operator.api.get("/me").problem == "account-suspended"
    assert operator.send("POST", "/admin/vendors/VEND001/resume").json["status"] == "active"
    assert operator.api.get("/me").status == 200
    assert [(action, before, after) for action, _, before, after in operator.actions()] == [
        ("suspend_vendor", {"status": "active"}, {"status": "suspended"}),
        ("resume_vendor", {"status": "suspended"}, {"status": "active"}),
    ]


def test_address_is_overdue_when_it_is_not_confirmed_after_two_days(operator: Operator) -> None:
    database = operator.world.database
    database.execute("UPDATE vendors SET email_asked_at = now() - interval '49 hours' WHERE vendor_id = 'VEND001'")

    def found(address: str) -> list[str]:
        return [each["vendor_id"] for each in operator.get("/admin/vendors", f"address={address}").json["data"]]

    assert (found("overdue"), found("unconfirmed"), found("confirmed")) == (["VEND001"], ["VEND002"], [])
    assert operator.get("/admin/system").json["unconfirmed_vendors"] == 1
    # Nobody reads the topic: asked once more, the address is subscribed, which moto takes for confirmed.
    asked = operator.send("POST", "/admin/vendors/VEND001/confirmation").json["address"]
    assert asked["state"] == "unconfirmed"
    assert operator.send("POST", "/admin/vendors/VEND001/address-check").json["address"]["state"] == "confirmed"
    assert [action for action, *_ in operator.actions()] == ["send_confirmation"]


def test_vendors_are_found_page_by_page_with_what_they_did_lately(operator: Operator) -> None:
    world = operator.world
    add_upload(world, vendor_id="VEND002", at=datetime.now(UTC) - timedelta(hours=1))
    world.database.execute("SELECT summarise_uploads(ARRAY[%s]::varchar[])", UPLOAD_ID)

    first = operator.get("/admin/vendors", "limit=1").json
    second = operator.get("/admin/vendors", f"limit=1&cursor={first['next_cursor']}").json
    found = operator.get("/admin/vendors", "q=vendor%20vend002").json["data"]

    assert [page["data"][0]["vendor_id"] for page in (first, second)] == ["VEND001", "VEND002"]
    assert second["next_cursor"] is None
    assert [(each["vendor_id"], each["uploads"], each["rows"], each["error_rows"]) for each in found] == [
        ("VEND002", 1, 10, 3)
    ]
    assert operator.get("/admin/vendors/VEND404").status == 404


##### People and keys


def test_operators_come_and_go_on_an_operators_word(operator: Operator) -> None:
    invited = operator.send("POST", "/admin/operators", {"email": "Otto@techmart.example"})
    assert (invited.status, invited.json["email"], invited.json["has_signed_in"]) == (201, OTTO, False)
    listed = operator.get("/admin/operators").json["data"]
    assert [(each["email"], each["is_you"]) for each in listed] == [(OLGA, True), (OTTO, False)]
    assert operator.send("POST", "/admin/vendors/VEND001/people", {"email": OTTO}).problem == "person-taken"

    assert operator.send("DELETE", f"/admin/operators/{OTTO}").status == 204

    assert [each["email"] for each in operator.get("/admin/operators").json["data"]] == [OLGA]
    assert operator.send("DELETE", f"/admin/operators/{OTTO}").status == 404
    assert operator.actions() == [
        ("invite_operator", OTTO, None, {"email": OTTO}),
        ("invite_person", "VEND001", None, None),
        ("remove_person", OTTO, {"email": OTTO}, {"vendor_id": None}),
    ]


def test_operator_stays_when_removing_oneself_or_a_vendors_person(operator: Operator) -> None:
    operator.send("POST", "/admin/vendors/VEND001/people", {"email": "bert@acme.example"})

    oneself = operator.send("DELETE", f"/admin/operators/{OLGA.upper()}")
    of_a_vendor = operator.send("DELETE", "/admin/operators/bert@acme.example")
    taken = operator.send("POST", "/admin/operators", {"email": "bert@acme.example"})

    assert (oneself.status, oneself.problem) == (409, "own-account")
    assert of_a_vendor.status == 404
    assert taken.problem == "person-taken"
    assert [each["email"] for each in operator.get("/admin/operators").json["data"]] == [OLGA]


def test_people_and_keys_of_a_vendor_come_and_go_on_an_operators_word(operator: Operator) -> None:
    invited = operator.send("POST", "/admin/vendors/VEND001/people", {"email": "Bert@acme.example"})
    assert (invited.status, invited.json["email"], invited.json["has_signed_in"]) == (201, "bert@acme.example", False)
    taken = operator.send("POST", "/admin/vendors/VEND002/people", {"email": "bert@acme.example"})
    assert taken.problem == "person-taken"
    assert operator.send("DELETE", "/admin/vendors/VEND002/people/bert@acme.example").status == 404
    assert operator.send("DELETE", "/admin/vendors/VEND001/people/bert@acme.example").status == 204
    assert operator.get("/admin/vendors/VEND001/people").json["data"] == []

    made = operator.send("POST", "/admin/vendors/VEND001/api-keys", {"label": "Nightly"})
    assert (made.status, made.json["created_by"]) == (201, OLGA)
    operator.send("POST", "/admin/vendors/VEND001/api-keys", {"label": "second"})
    third = operator.send("POST", "/admin/vendors/VEND001/api-keys", {"label": "third"})
    assert third.problem == "too-many-api-keys"
    gone = operator.send("DELETE", f"/admin/vendors/VEND001/api-keys/{made.json['key_id']}")
    assert gone.status == 204
    assert [key["label"] for key in operator.get("/admin/vendors/VEND001/api-keys").json["data"]] == ["second"]

    recorded = operator.get("/admin/actions").json["data"]
    assert [(each["action"], each["outcome"]) for each in reversed(recorded)] == [
        ("invite_person", "done"),
        ("invite_person", "refused"),
        ("remove_person", "done"),
        ("create_api_key", "done"),
        ("create_api_key", "done"),
        ("create_api_key", "refused"),
        ("remove_api_key", "done"),
    ]
    assert made.json["key"] not in json.dumps(recorded)


##### Uploads


def test_upload_is_found_by_whatever_is_known_of_it(operator: Operator) -> None:
    world = operator.world
    add_upload(world, file_name="Spring Catalogue.csv", codes=["INVALID_PRICE"])
    add_error(world, 7)
    add_product(world, "P-1", sku="TM-1")
    other = add_upload(world, "UPLOAD_20261121_103045_ffffffff", vendor_id="VEND002", status="completed")

    def found(query: str) -> list[str]:
        return [each["upload_id"] for each in operator.get("/admin/uploads", query).json["data"]]

    assert set(found("")) == {UPLOAD_ID, other}
    for query in (
        f"upload_id={UPLOAD_ID}",
        "vendor_id=VEND001",
        "file_name=spring",
        "status=partial",
        "code=INVALID_PRICE",
        "sku=TM-1",
        "sku=SKU-7",
    ):
        assert (query, found(query)) == (query, [UPLOAD_ID])
    assert found("sku=nothing") == []
    first = operator.get("/admin/uploads", "limit=1").json
    second = operator.get("/admin/uploads", f"limit=1&cursor={first['next_cursor']}").json
    assert {first["data"][0]["upload_id"], second["data"][0]["upload_id"]} == {UPLOAD_ID, other}


def test_upload_tells_which_ones_correct_it(operator: Operator) -> None:
    world = operator.world
    add_upload(world)
    other = "UPLOAD_20261121_103045_ffffffff"
    add_upload(world, other, file_name="fixed.csv", is_preview=True, corrects_upload_id=UPLOAD_ID)

    (correction,) = operator.get(f"/admin/uploads/{UPLOAD_ID}").json["corrected_by"]

    assert (correction["upload_id"], correction["file_name"], correction["preview"]) == (other, "fixed.csv", True)
    assert operator.get(f"/admin/uploads/{other}").json["corrected_by"] == []


def test_operator_sees_no_more_of_a_file_than_its_error_rows(operator: Operator) -> None:
    world = operator.world
    rows = [product(1, description="secret-of-good-row"), product(2, price="free", description="secret-of-bad-row")]
    upload = world.stage(rows)
    world.validate(world.staged(upload))

    path = f"/admin/uploads/{upload.upload_id}"
    texts = [operator.get(path).text, operator.get(f"{path}/errors").text, operator.get(f"{path}/errors/summary").text]

    assert "free" in texts[1]
    assert not [text for text in texts if "secret-of" in text]
    assert operator.get("/admin/uploads/UPLOAD_20261121_103045_00000000").status == 404


def test_upload_is_run_again_only_when_it_is_confirmed(operator: Operator) -> None:
    world = operator.world
    upload = world.stage([product(1)])
    path = f"/admin/uploads/{upload.upload_id}/redrive"
    assert operator.get(f"/admin/uploads/{upload.upload_id}").json["execution"]["name"] == upload.upload_id

    assert operator.send("POST", path, {"confirm": "yes"}).problem == "not-confirmed"
    running = operator.send("POST", path, {"confirm": upload.upload_id})
    assert running.problem == "not-redrivable"
    arn = operator.world.functions.admin_api.services.executions.arn_of(upload.upload_id)
    world.step_functions.stop_execution(executionArn=arn)
    again = operator.send("POST", path, {"confirm": upload.upload_id})

    assert (again.status, again.json["execution_name"]) == (201, f"{upload.upload_id}_redrive_1")
    assert set(world.executions()) == {upload.upload_id, f"{upload.upload_id}_redrive_1"}
    outcomes = [(each["action"], each["outcome"]) for each in operator.get("/admin/actions").json["data"]]
    assert outcomes == [("redrive_upload", "done"), ("redrive_upload", "refused")]


def test_upload_is_taken_back_once_when_it_is_confirmed(operator: Operator) -> None:
    world = operator.world
    add_upload(world)
    add_product(world, "P-1")
    path = f"/admin/uploads/{UPLOAD_ID}/revert"

    planned = operator.get(path).json
    assert (planned["is_done"], planned["changed"]) == (False, 1)
    assert operator.send("POST", path, {"confirm": "no"}).problem == "not-confirmed"
    done = [operator.send("POST", path, {"confirm": UPLOAD_ID}).json for _ in range(2)]

    assert [each["is_done"] for each in done] == [True, True]
    assert world.database.execute("SELECT status FROM products") == [("inactive",)]
    shown = operator.get(f"/admin/uploads/{UPLOAD_ID}").json
    assert (shown["can_revert"], shown["taken_back_by"]) == (False, done[0]["revert_id"])
    assert [action for action, *_ in operator.actions()] == ["revert_upload"]


def test_story_tells_what_happened_and_what_to_do_and_nothing_of_the_rows(operator: Operator) -> None:
    world = operator.world
    upload = world.stage([product(1, product_name="secret-of-row-1"), product(2, price="free")])
    world.validate(world.staged(upload))

    found = operator.get(f"/admin/uploads/{upload.upload_id}/story")
    nobody = operator.get("/admin/uploads/UPLOAD_20261121_103045_00000000/story").json

    assert (found.status, found.json["upload_id"]) == (200, upload.upload_id)
    assert [each["name"] for each in found.json["executions"]] == [upload.upload_id]
    assert found.json["staged"]["rows"] == 2
    assert found.json["diagnosis"]["sentence"]
    assert "secret-of-row-1" not in found.text
    assert (nobody["diagnosis"]["cause"], nobody["executions"]) == ("no such upload", [])


def test_story_says_so_when_the_database_does_not_answer(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = operator.world.stage([product(1)])

    def unreachable(*_: object) -> None:
        raise psycopg2.OperationalError("the database is down")

    monkeypatch.setattr("onboarding.stores.upload_search.search", unreachable)
    found = operator.get(f"/admin/uploads/{upload.upload_id}/story").json

    assert "the database is down" in found["unknown"]["database"]
    assert [each["name"] for each in found["executions"]] == [upload.upload_id]


##### The system


def test_system_tells_what_waits_and_what_failed_and_not_what_it_cannot_know(operator: Operator) -> None:
    world = operator.world
    add_upload(world, status="processing")
    world.sqs.send_message(
        QueueUrl=world.sqs.get_queue_url(QueueName=ERROR_DEAD_LETTER_QUEUE)["QueueUrl"], MessageBody="x"
    )
    world.s3.put_object(Bucket=FAILURE_BUCKET, Key="batch", Body=b"{}")

    found = operator.get("/admin/system").json

    assert (found["open_uploads"], found["oldest_open"][0]["upload_id"]) == (1, UPLOAD_ID)
    waiting = {queue["name"]: queue["waiting"] for queue in found["queues"]}
    assert (waiting["error dead-letter queue"], waiting["error queue"]) == (1, 0)
    assert {queue["oldest_seconds"] for queue in found["queues"]} == {None}
    assert (found["failed_stream_batches"], found["alarms"]) == (1, None)


def test_system_tells_the_alarms_that_ring(operator: Operator) -> None:
    cloudwatch = operator.world.functions.client("cloudwatch")
    for name in ("stalled-uploads", "error-queue-age"):
        cloudwatch.put_metric_alarm(
            AlarmName=f"{NAME}-{name}",
            AlarmDescription="See the runbook.",
            Namespace="ProductOnboarding",
            MetricName="UploadsStalled",
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName=f"{NAME}-{name}", StateValue="OK", StateReason="test")
    assert operator.get("/admin/system").json["alarms"] == []

    cloudwatch.set_alarm_state(AlarmName=f"{NAME}-stalled-uploads", StateValue="ALARM", StateReason="test")

    (alarm,) = operator.get("/admin/system").json["alarms"]
    assert (alarm["name"], alarm["description"]) == (f"{NAME}-stalled-uploads", "See the runbook.")


##### What operators did


def test_actions_are_read_page_by_page_and_by_whom_and_what(operator: Operator) -> None:
    for _ in range(2):
        operator.send("POST", "/admin/vendors/VEND001/suspend")
        operator.send("POST", "/admin/vendors/VEND001/resume")
    operator.send("POST", "/admin/vendors/VEND002/suspend")

    seen, cursor = [], ""
    while cursor is not None:
        page = operator.get("/admin/actions", f"limit=2&cursor={cursor}" if cursor else "limit=2").json
        seen += [(each["action"], each["subject"]) for each in page["data"]]
        cursor = page["next_cursor"]

    assert len(seen) == 5
    assert seen[0] == ("suspend_vendor", "VEND002")
    assert len(operator.get("/admin/actions", "subject=VEND001&action=suspend_vendor").json["data"]) == 2
    assert operator.get("/admin/actions", "actor=nobody").json["data"] == []


def test_action_stays_unknown_when_its_end_could_not_be_recorded(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg2

    from onboarding.stores import actions

    def fail(*_: Any, **__: Any) -> None:
        raise psycopg2.OperationalError("gone")

    monkeypatch.setattr(actions, "end", fail)
    reply = operator.send("POST", "/admin/vendors/VEND001/api-keys", {"label": "Nightly"})

    assert reply.problem == "starting-up"
    (action,) = operator.get("/admin/actions").json["data"]
    assert (action["action"], action["outcome"]) == ("create_api_key", "unknown")
