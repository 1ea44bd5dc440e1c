"""What surrounds every route of the API: problems, headers, shapes, and a database that does not answer."""

import base64
import io
import json
from collections.abc import Iterator

import psycopg2
import pytest

from api.app import ROUTES
from api.routing import Who
from tests.handlers.api_client import UPLOAD_ID, ApiClient, add_upload
from tests.handlers.world import ACCESS_TABLE, World

NEW = {"file_name": "products.csv", "size": 100}


@pytest.fixture
def sleeping_database(world: World) -> Iterator[None]:
    """The API's connection cannot be made, at once rather than after its patience."""
    database = world.functions.vendor_api.services.database

    def refuse(work: object) -> None:
        raise psycopg2.OperationalError("the database system is starting up")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(database), "run", lambda self, work: refuse(work))
        yield


def test_me_tells_the_vendor_when_a_key_asks(api: ApiClient) -> None:
    reply = api.get("/me")

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json == {"role": "vendor", "vendor_id": "VEND001", "label": "shop system", "is_person": False}


def test_answer_has_security_headers_whatever_it_is(api: ApiClient) -> None:
    for reply in (api.get("/me"), api.get("/nothing"), api.get("/uploads", limit=0), api.get("/openapi.json")):
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert "max-age" in reply.headers["Strict-Transport-Security"]


def test_address_is_unknown_when_no_route_has_it(api: ApiClient) -> None:
    for path in ("/nothing", "/", "", "/\x84", "/uploads/", f"/uploads/{UPLOAD_ID}/nothing", "//me"):
        reply = api.get(path)

        assert (reply.status, reply.problem) == (404, "unknown-address"), path


def test_method_is_wrong_when_the_address_has_others(api: ApiClient) -> None:
    reply = api.ask("DELETE", "/uploads")

    assert (reply.status, reply.problem) == (405, "wrong-method")
    assert reply.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "query.limit"),
        ("limit=101", "query.limit"),
        ("limit=ten", "query.limit"),
        ("limit=5&limit=6", "query.limit"),
        ("status=done", "query.status"),
        ("colour=red", "query.colour"),
        ("created_from=2026-11-21T12:00:00", "query.created_from"),
        ("created_to=0.5", "query.created_to"),
        ("file_name=", "query.file_name"),
        ("file_name=%00", "query.file_name"),
        ("cursor=abc", "query.cursor"),
        ("cursor=W10", "query.cursor"),
        ("cursor=WyIyMDI2IiwieCJd", "query.cursor"),
        ("cursor=WyJ4IiwieCJd", "query.cursor"),
    ],
)
def test_query_is_refused_with_its_field_when_it_is_not_allowed(api: ApiClient, query: str, field: str) -> None:
    reply = api.ask("GET", "/uploads", query=query)

    assert (reply.status, reply.problem) == (422, "invalid-request")
    assert [error["field"] for error in reply.json["errors"]] == [field]
    assert all(error["message"].endswith(".") for error in reply.json["errors"])


@pytest.mark.parametrize("path", ["/products", f"/uploads/{UPLOAD_ID}/errors"])
@pytest.mark.parametrize("position", ["nonsense", [], [1], ["a", 1], [10**30, 1], [1, True], "\ud800", ["\x00"]])
def test_cursor_is_refused_when_it_was_made_by_hand(api: ApiClient, path: str, position: object) -> None:
    add_upload(api.world)
    cursor = base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")

    reply = api.get(path, cursor=cursor)

    assert (reply.status, reply.problem) == (422, "invalid-request")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"size": 0}, "body.size"),
        ({"size": "100"}, "body.size"),
        ({"size": 10 * 1024 * 1024 + 1}, "body.size"),
        ({"file_name": ""}, "body.file_name"),
        ({"file_name": "a/b.csv"}, "body.file_name"),
        ({"file_name": ".."}, "body.file_name"),
        ({"file_name": "a\nb.csv"}, "body.file_name"),
        ({"file_name": "x" * 201}, "body.file_name"),
        ({"sha256": "abc"}, "body.sha256"),
        ({"mode": "delete"}, "body.mode"),
        ({"preview": "yes"}, "body.preview"),
        ({"vendor_id": "VEND002"}, "body.vendor_id"),
    ],
)
def test_body_is_refused_with_its_field_when_it_is_not_allowed(
    api: ApiClient, changed: dict[str, object], field: str
) -> None:
    reply = api.post("/uploads", {**NEW, **changed})

    assert (reply.status, reply.problem) == (422, "invalid-request")
    assert [error["field"] for error in reply.json["errors"]] == [field]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', "\ud800", '{"file_name": "\\ud800", "size": 1}'])
def test_body_is_refused_when_it_is_no_json_object(api: ApiClient, body: str) -> None:
    reply = api.ask("POST", "/uploads", body=body, headers={"Content-Type": "application/json"})

    assert (reply.status, reply.problem) in [(400, "not-json"), (422, "invalid-request")]


def test_body_is_read_when_the_gateway_has_encoded_it(api: ApiClient) -> None:
    body = base64.b64encode(json.dumps(NEW).encode()).decode()

    reply = api.ask("POST", "/uploads", body=body, headers={"Content-Type": "application/json"}, is_base64=True)

    assert reply.status == 201


def test_body_is_refused_when_its_media_type_or_size_is_wrong(api: ApiClient) -> None:
    wrong = api.ask("POST", "/uploads", body="file_name=a", headers={"Content-Type": "text/plain"})
    large = api.post("/uploads", {**NEW, "file_name": "x" * 70_000})

    assert (wrong.status, wrong.problem) == (415, "wrong-media-type")
    assert (large.status, large.problem) == (413, "body-too-large")


def test_caller_is_refused_when_the_vendor_was_suspended(api: ApiClient) -> None:
    api.world.dynamodb.put_item(
        TableName=ACCESS_TABLE, Item={"id": {"S": "vendor#VEND001"}, "status": {"S": "suspended"}}
    )

    for reply in (api.get("/me"), api.get("/uploads", limit=0), api.post("/uploads", NEW)):
        assert (reply.status, reply.problem) == (403, "account-suspended")


def test_operator_has_no_uploads_when_it_asks_for_a_vendors_route(api: ApiClient) -> None:
    item = {
        "id": {"S": "person#operator-1"},
        "role": {"S": "operator"},
        "email": {"S": "op@techmart.example"},
        "created_at": {"S": "2026-11-21T12:00:00+00:00"},
    }
    api.world.dynamodb.put_item(TableName=ACCESS_TABLE, Item=item)
    token = {"jwt": {"claims": {"sub": "operator-1", "token_use": "access"}, "scopes": None}}

    for route in ROUTES:
        path = route.path.replace("{upload_id}", UPLOAD_ID).replace("{kind}", "csv").replace("{vendor_product_id}", "P")
        reply = api.ask(route.method, path, prefix="/portal/v1", authorizer=token)
        if route.who in (Who.VENDOR, Who.VENDOR_PERSON):
            assert (reply.status, reply.problem) == (403, "not-allowed"), path
        else:
            assert reply.status in (200, 410), path


def test_caller_is_asked_to_wait_when_the_database_is_waking_up(api: ApiClient, sleeping_database: None) -> None:
    for path in ("/uploads", "/products", "/categories", f"/uploads/{UPLOAD_ID}", f"/uploads/{UPLOAD_ID}/errors"):
        reply = api.get(path)

        assert (reply.status, reply.problem) == (503, "starting-up"), path
        assert int(reply.headers["Retry-After"]) > 0


def test_upload_can_be_announced_and_followed_when_the_database_sleeps(api: ApiClient, sleeping_database: None) -> None:
    created = api.post("/uploads", NEW)

    assert created.status == 201
    assert api.get(f"/uploads/{created.json['upload_id']}").json["status"] == "awaiting_file"
    assert [each["status"] for each in api.get("/uploads", status="awaiting_file").json["data"]] == ["awaiting_file"]


def test_bug_is_told_without_its_words_when_something_breaks(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr(type(api.world.functions.vendor_api.services.trackers), "find", break_down)

    reply = api.get(f"/uploads/{UPLOAD_ID}")

    assert (reply.status, reply.problem) == (500, "failed")
    assert "secret" not in reply.text
    assert "secret detail" in caplog.text


def test_log_has_no_link_and_no_key_when_an_upload_is_announced(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(api.world.functions.vendor_api.logger.registered_handler, "stream", stream)

    reply = api.post("/uploads", NEW, Authorization="Bearer tm_test_secret", Idempotency_Key="my-own-key")
    again = api.post(
        "/uploads", {**NEW, "size": 5}, Authorization="Bearer tm_test_secret", Idempotency_Key="my-own-key"
    )

    assert (reply.status, again.status) == (201, 422)
    written = stream.getvalue() + caplog.text
    assert "request refused" in written
    for secret in ("X-Amz-Signature", "tm_test_secret", "my-own-key"):
        assert secret not in written
