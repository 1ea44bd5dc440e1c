"""Uploads through the API: announced, followed, listed, explained and applied."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api.routes import uploads as routes
from onboarding.stores.trackers import Trackers
from tests.handlers.api_client import NOON, UPLOAD_ID, ApiClient, Reply, add_error, add_upload
from tests.handlers.world import BUCKET, STAGING_TABLE, World

NEW = {"file_name": "products.csv", "size": 100}


def ids(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [entry["upload_id"] for entry in reply.json["data"]]


def all_pages(api: ApiClient, path: str, **query: object) -> list[list[dict[str, Any]]]:
    """Follow next_cursor to the end and return the pages."""
    pages: list[list[dict[str, Any]]] = []
    cursor: dict[str, str] = {}
    while True:
        reply = api.get(path, **query, **cursor)
        assert reply.status == 200, reply.text
        pages.append(reply.json["data"])
        if reply.json["next_cursor"] is None:
            return pages
        cursor = {"cursor": reply.json["next_cursor"]}


def an_id(number: int) -> str:
    return f"UPLOAD_20261121_103045_{number:08x}"


def tracker_of(world: World, upload_id: str) -> dict[str, Any]:
    key = {"upload_id": {"S": upload_id}, "record_id": {"S": "#upload"}}
    return world.dynamodb.get_item(TableName=STAGING_TABLE, Key=key).get("Item", {})


def take_in(world: World, upload_id: str, version: str = "v1", vendor_id: str = "VEND001") -> str | None:
    """Do what the parser does first when the file has come."""
    trackers = Trackers(world.dynamodb, STAGING_TABLE)
    key = tracker_of(world, upload_id)["s3_key"]["S"]
    found = trackers.claim(upload_id, vendor_id, key, version, datetime.now(UTC))
    return found.file_name if found else None


Later = Callable[..., None]
"""Let so much time pass; arguments as of a timedelta."""


class LaterClock:
    """Stands in for datetime in the routes; `now` is later than it is."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self, zone: object) -> datetime:
        return datetime.now(UTC) + self._by

    def fromisoformat(self, text: str) -> datetime:
        return datetime.fromisoformat(text)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return lambda **by: monkeypatch.setattr(routes, "datetime", LaterClock(timedelta(**by)))


##### Announcing


def test_upload_is_announced_with_a_link_for_this_file_alone(api: ApiClient) -> None:
    digest = hashlib.sha256(b"x" * 100).hexdigest()

    reply = api.post("/uploads", {**NEW, "sha256": digest.upper()})

    assert reply.status == 201
    put = reply.json["put"]
    upload_id = reply.json["upload_id"]
    url = urlsplit(put["url"])
    query = parse_qs(url.query)
    checksum = base64.b64encode(bytes.fromhex(digest)).decode()
    assert url.path.endswith(f"/uploads/VEND001/{upload_id}/products.csv")
    assert query["X-Amz-SignedHeaders"] == ["content-length;host;if-none-match;x-amz-checksum-sha256"]
    assert put["headers"] == {"Content-Length": "100", "If-None-Match": "*", "x-amz-checksum-sha256": checksum}
    assert put["method"] == "PUT"
    assert int(query["X-Amz-Expires"][0]) <= 900
    assert datetime.fromisoformat(put["expires_at"]) > datetime.now(UTC)


@pytest.mark.parametrize(
    ("mode", "preview", "folder"),
    [
        ("import", False, "uploads/"),
        ("update", False, "updates/"),
        ("import", True, "previews/uploads/"),
        ("update", True, "previews/updates/"),
    ],
)
def test_file_belongs_where_its_mode_says(api: ApiClient, mode: str, preview: bool, folder: str) -> None:
    reply = api.post("/uploads", {**NEW, "mode": mode, "preview": preview})

    assert f"/{folder}VEND001/{reply.json['upload_id']}/products.csv" in reply.json["put"]["url"]
    shown = api.get(f"/uploads/{reply.json['upload_id']}").json
    assert (shown["mode"], shown["preview"]) == (mode, preview)


def test_announced_upload_waits_for_its_file_when_it_is_looked_at(api: ApiClient, other: ApiClient) -> None:
    upload_id = api.post("/uploads", NEW).json["upload_id"]

    shown = api.get(f"/uploads/{upload_id}")

    assert shown.json["status"] == "awaiting_file"
    assert shown.json["next_step"]["action"] == "put_file"
    assert int(shown.headers["Retry-After"]) > 0
    assert ids(api.get("/uploads")) == [upload_id]
    assert other.get(f"/uploads/{upload_id}").status == 404
    assert ids(other.get("/uploads")) == []


def test_upload_tells_which_one_it_corrects(api: ApiClient) -> None:
    add_upload(api.world)

    reply = api.post("/uploads", {**NEW, "corrects_upload_id": UPLOAD_ID})
    again = api.post("/uploads", {**NEW, "corrects_upload_id": reply.json["upload_id"]})

    assert (reply.status, again.status) == (201, 201)
    assert api.get(f"/uploads/{reply.json['upload_id']}").json["corrects_upload_id"] == UPLOAD_ID


@pytest.mark.parametrize("upload_id", [UPLOAD_ID, "UPLOAD_20260101_000000_00000000", "nothing"])
def test_upload_corrects_only_one_of_the_same_vendor(api: ApiClient, other: ApiClient, upload_id: str) -> None:
    add_upload(api.world)
    waiting = api.post("/uploads", NEW).json["upload_id"]

    for corrected in (upload_id, waiting):
        reply = other.post("/uploads", {**NEW, "corrects_upload_id": corrected})

        assert reply.status == 422
        assert reply.json["errors"][0]["field"] == "body.corrects_upload_id"
    assert ids(other.get("/uploads")) == []


def test_upload_tells_which_ones_correct_it_newest_first(api: ApiClient) -> None:
    add_upload(api.world)
    add_upload(
        api.world, an_id(1), errors=2, total=3, valid=1, file_name="fixed.csv", corrects_upload_id=UPLOAD_ID, at=_at(1)
    )
    add_upload(api.world, an_id(2), status="processing", is_preview=True, corrects_upload_id=UPLOAD_ID, at=_at(2))
    add_upload(api.world, an_id(3), corrects_upload_id=an_id(1), at=_at(3))

    newer, older = api.get(f"/uploads/{UPLOAD_ID}").json["corrected_by"]

    assert (newer["upload_id"], newer["status"], newer["preview"]) == (an_id(2), "processing", True)
    assert older == {
        "upload_id": an_id(1),
        "file_name": "fixed.csv",
        "preview": False,
        "status": "partial",
        "counts": {"total": 3, "valid": 1, "errors": 2, "changed": None, "unchanged": None, "superseded": None},
        "created_at": "2026-11-21T12:01:00Z",
    }


def test_upload_tells_the_newest_that_correct_it_when_there_are_many(api: ApiClient) -> None:
    add_upload(api.world)
    for number in range(1, 13):
        add_upload(api.world, an_id(number), corrects_upload_id=UPLOAD_ID, at=_at(number))

    corrections = api.get(f"/uploads/{UPLOAD_ID}").json["corrected_by"]

    assert [each["upload_id"] for each in corrections] == [an_id(number) for number in range(12, 2, -1)]


def test_upload_is_corrected_neither_by_another_vendor_nor_by_being_taken_back(api: ApiClient) -> None:
    add_upload(api.world)
    add_upload(api.world, an_id(1), vendor_id="VEND002", corrects_upload_id=UPLOAD_ID)
    add_upload(api.world, "REVERT_20261121_130000_00000002", mode="revert", corrects_upload_id=UPLOAD_ID)

    assert api.get(f"/uploads/{UPLOAD_ID}").json["corrected_by"] == []


def _at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_announced_upload_expires_when_no_file_comes(api: ApiClient, later: Later) -> None:
    upload_id = api.post("/uploads", NEW).json["upload_id"]

    later(hours=1)

    shown = api.get(f"/uploads/{upload_id}")
    assert shown.json["status"] == "expired"
    assert shown.json["next_step"]["action"] == "start_again"
    assert "Retry-After" not in shown.headers
    assert ids(api.get("/uploads", status="expired")) == [upload_id]
    assert ids(api.get("/uploads", status="awaiting_file")) == []


def test_announced_upload_is_processed_when_its_file_was_taken_in(api: ApiClient) -> None:
    upload_id = api.post("/uploads", NEW).json["upload_id"]

    assert take_in(api.world, upload_id) == "products.csv"

    shown = api.get(f"/uploads/{upload_id}")
    assert shown.json["status"] == "processing"
    assert shown.json["next_step"]["action"] == "wait"
    assert int(shown.headers["Retry-After"]) > 0


def test_file_is_taken_in_once_when_another_version_or_vendor_comes(api: ApiClient) -> None:
    upload_id = api.post("/uploads", NEW).json["upload_id"]

    assert take_in(api.world, upload_id, vendor_id="VEND002") is None
    assert take_in(api.world, upload_id, "v1") == "products.csv"
    assert take_in(api.world, upload_id, "v2") is None
    assert take_in(api.world, upload_id, "v1") == "products.csv"


def test_same_upload_comes_back_when_the_idempotency_key_is_used_again(api: ApiClient, other: ApiClient) -> None:
    first = api.post("/uploads", NEW, Idempotency_Key="nightly-17")

    again = api.post("/uploads", NEW, Idempotency_Key="nightly-17")
    changed = api.post("/uploads", {**NEW, "size": 101}, Idempotency_Key="nightly-17")
    of_another = other.post("/uploads", NEW, Idempotency_Key="nightly-17")

    assert again.status == 201
    assert again.json["upload_id"] == first.json["upload_id"]
    assert urlsplit(again.json["put"]["url"]).path == urlsplit(first.json["put"]["url"]).path
    assert (changed.status, changed.problem) == (422, "idempotency-key-reused")
    assert of_another.json["upload_id"] != first.json["upload_id"]
    assert len(ids(api.get("/uploads"))) == 1


@pytest.mark.parametrize("key", ["", "x" * 101, "two words", "ä"])
def test_idempotency_key_is_refused_when_it_is_no_word(api: ApiClient, key: str) -> None:
    reply = api.post("/uploads", NEW, Idempotency_Key=key)

    assert (reply.status, reply.problem) == (422, "invalid-request")
    assert reply.json["errors"][0]["field"] == "header.Idempotency-Key"


def test_repeated_request_tells_how_far_the_upload_is_when_its_file_has_come(api: ApiClient) -> None:
    upload_id = api.post("/uploads", NEW, Idempotency_Key="k").json["upload_id"]
    take_in(api.world, upload_id)

    assert api.post("/uploads", NEW, Idempotency_Key="k").json["status"] == "processing"


def test_vendor_has_to_wait_when_too_many_uploads_are_open(api: ApiClient, other: ApiClient) -> None:
    for _ in range(5):
        assert api.post("/uploads", NEW).status == 201

    reply = api.post("/uploads", NEW)

    assert (reply.status, reply.problem) == (429, "too-many-open-uploads")
    assert int(reply.headers["Retry-After"]) > 0
    assert other.post("/uploads", NEW).status == 201


def test_there_is_room_again_when_open_uploads_have_ended_or_expired(api: ApiClient, later: Later) -> None:
    upload_ids = [api.post("/uploads", NEW).json["upload_id"] for _ in range(5)]
    for upload_id in upload_ids[:4]:
        take_in(api.world, upload_id)
        _parse(api.world, upload_id, completion="{}")

    later(minutes=20)

    assert api.post("/uploads", NEW).status == 201


def test_uploads_under_way_count_as_open(api: ApiClient) -> None:
    for _ in range(5):
        upload_id = api.post("/uploads", NEW).json["upload_id"]
        take_in(api.world, upload_id)
        _parse(api.world, upload_id)

    assert api.post("/uploads", NEW).status == 429


def _parse(world: World, upload_id: str, completion: str | None = None) -> None:
    """Write into the tracker what the parser writes when it has read the file, and what comes at the end."""
    values = {":vendor": {"S": "VEND001"}, ":uploaded": {"S": datetime.now(UTC).replace(microsecond=0).isoformat()}}
    expression = "SET tracker_vendor_id = :vendor, uploaded_at = :uploaded"
    if completion is not None:
        expression += ", completion = :completion"
        values[":completion"] = {"S": completion}
    world.dynamodb.update_item(
        TableName=STAGING_TABLE,
        Key={"upload_id": {"S": upload_id}, "record_id": {"S": "#upload"}},
        UpdateExpression=expression,
        ExpressionAttributeValues=values,
    )


##### Following


def test_upload_tells_how_it_ended(api: ApiClient) -> None:
    add_upload(
        api.world, error_file_s3_key=f"errors/VEND001/{UPLOAD_ID}_errors.csv", read_as=json.dumps({"format": "csv"})
    )

    reply = api.get(f"/uploads/{UPLOAD_ID}")

    assert reply.status == 200
    assert "Retry-After" not in reply.headers
    assert reply.json == {
        "upload_id": UPLOAD_ID,
        "file_name": "products.csv",
        "mode": "import",
        "preview": False,
        "status": "partial",
        "counts": {
            "total": 10,
            "valid": 7,
            "errors": 3,
            "changed": None,
            "unchanged": None,
            "superseded": None,
        },
        "progress": 1.0,
        "failure": None,
        "read_as": {"format": "csv"},
        "created_at": "2026-11-21T12:00:00Z",
        "completed_at": "2026-11-21T12:00:20Z",
        "has_report": True,
        "has_corrections": False,
        "corrects_upload_id": None,
        "corrected_by": [],
        "next_step": {
            "action": "fix_and_upload",
            "text": "Fix the rows of the error report and upload them in a new file.",
        },
    }


def test_next_step_is_the_whole_file_when_a_preview_has_rows_with_errors(api: ApiClient) -> None:
    add_upload(api.world, is_preview=True, corrections_file_s3_key="errors/VEND001/x_corrections.csv")

    step = api.get(f"/uploads/{UPLOAD_ID}").json["next_step"]

    assert step["action"] == "fix_and_upload"
    assert step["text"].startswith("Fix the rows in your file and have it checked again.")


def test_update_tells_what_became_of_its_valid_rows(api: ApiClient) -> None:
    add_upload(api.world, mode="update", changed_records=4, unchanged_records=2, superseded_records=1)

    counts = api.get(f"/uploads/{UPLOAD_ID}").json["counts"]

    assert (counts["changed"], counts["unchanged"], counts["superseded"]) == (4, 2, 1)


def test_progress_is_the_share_of_settled_rows_while_the_upload_is_under_way(api: ApiClient) -> None:
    add_upload(api.world, status="processing", total=10, valid=3, errors=1)
    add_upload(api.world, an_id(2), status="processing", total=None, valid=0, errors=0)
    add_upload(api.world, an_id(3), status="processing", total=4, valid=4, errors=0)

    shown = [api.get(f"/uploads/{each}") for each in (UPLOAD_ID, an_id(2), an_id(3))]

    assert [reply.json["progress"] for reply in shown] == [0.4, 0, 0.99]
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in shown)


def test_failure_has_code_message_and_fix_when_the_file_was_refused(api: ApiClient) -> None:
    add_upload(
        api.world,
        status="failed",
        total=None,
        valid=0,
        errors=0,
        failure_reason="MISSING_COLUMNS: The column price is missing.",
    )

    reply = api.get(f"/uploads/{UPLOAD_ID}")

    assert reply.json["failure"] == {"code": "MISSING_COLUMNS", "message": "The column price is missing."}
    assert reply.json["next_step"]["action"] == "fix_and_upload"
    assert "Add the columns" in reply.json["next_step"]["text"]


@pytest.mark.parametrize("path", ["", "/errors", "/errors/summary", "/report", "/corrections"])
def test_upload_of_another_vendor_does_not_exist(api: ApiClient, other: ApiClient, path: str) -> None:
    add_upload(api.world, error_file_s3_key="errors/VEND001/x.csv")
    add_error(api.world, 1)
    nowhere = "UPLOAD_20261121_103045_ffffffff"

    of_another, of_nobody = other.get(f"/uploads/{UPLOAD_ID}{path}"), other.get(f"/uploads/{nowhere}{path}")

    assert (of_another.status, of_another.problem) == (404, "not-found")
    assert of_another.text == of_nobody.text.replace(nowhere, UPLOAD_ID)


@pytest.mark.parametrize(
    "upload_id", ["x", "UPLOAD_20261121_103045_0A1B2C3D", "a%00b", "'; DROP TABLE products", "ä" * 300, "\x84", '"']
)
def test_upload_does_not_exist_when_its_id_is_none(api: ApiClient, upload_id: str) -> None:
    assert api.get(f"/uploads/{upload_id}").status == 404
    assert api.get(f"/uploads/{upload_id}/errors").status == 404


##### Lists


def test_uploads_are_listed_newest_first_whichever_way_they_came(api: ApiClient, other: ApiClient) -> None:
    add_upload(api.world, an_id(1), at=NOON)
    add_upload(api.world, an_id(2), at=NOON + timedelta(hours=1))
    add_upload(api.world, an_id(3), vendor_id="VEND002")
    waiting = api.post("/uploads", NEW).json["upload_id"]

    assert ids(api.get("/uploads")) == [waiting, an_id(2), an_id(1)]
    assert ids(other.get("/uploads")) == [an_id(3)]


def test_every_upload_is_on_one_page_when_many_have_the_same_time(api: ApiClient) -> None:
    for number in range(7):
        add_upload(api.world, an_id(number), at=NOON)
    waiting = {api.post("/uploads", NEW).json["upload_id"] for _ in range(5)}

    pages = all_pages(api, "/uploads", limit=2)

    listed = [entry["upload_id"] for page in pages for entry in page]
    assert [len(page) for page in pages] == [2] * 6
    assert set(listed[:5]) == waiting
    assert listed[5:] == [an_id(number) for number in reversed(range(7))]


def test_uploads_are_filtered(api: ApiClient) -> None:
    add_upload(api.world, an_id(1), at=NOON, file_name="Winter_Sale.csv")
    add_upload(api.world, an_id(2), at=NOON + timedelta(days=1), status="completed", valid=10, errors=0, mode="update")
    add_upload(api.world, an_id(3), at=NOON + timedelta(days=2), is_preview=True)

    assert ids(api.get("/uploads", status="completed")) == [an_id(2)]
    assert ids(api.get("/uploads", mode="update")) == [an_id(2)]
    assert ids(api.get("/uploads", preview="true")) == [an_id(3)]
    assert ids(api.get("/uploads", preview="false")) == [an_id(2), an_id(1)]
    assert ids(api.get("/uploads", created_from="2026-11-22T12:00:00Z")) == [an_id(3), an_id(2)]
    assert ids(api.get("/uploads", created_to="2026-11-22T12:00:00+00:00")) == [an_id(2), an_id(1)]
    assert ids(api.get("/uploads", file_name="sale")) == [an_id(1)]
    assert ids(api.get("/uploads", file_name="%")) == []


def test_waiting_uploads_are_filtered_too(api: ApiClient) -> None:
    update = api.post("/uploads", {**NEW, "mode": "update", "file_name": "Prices.csv"}).json["upload_id"]
    preview = api.post("/uploads", {**NEW, "preview": True}).json["upload_id"]

    assert ids(api.get("/uploads", mode="update")) == [update]
    assert ids(api.get("/uploads", preview="true")) == [preview]
    assert ids(api.get("/uploads", file_name="PRICES")) == [update]
    assert ids(api.get("/uploads", status="processing")) == []
    assert ids(api.get("/uploads", created_to="2026-01-01T00:00:00Z")) == []


def test_upload_is_listed_once_when_its_file_has_just_been_taken_in(api: ApiClient) -> None:
    upload_id = api.post("/uploads", NEW).json["upload_id"]
    add_upload(api.world, upload_id, status="processing", at=datetime.now(UTC))

    assert ids(api.get("/uploads")) == [upload_id]


##### Errors


def test_errors_are_listed_in_the_order_of_rows(api: ApiClient) -> None:
    add_upload(api.world)
    for row_number in (9, 2, 2, 7, 4):
        add_error(api.world, row_number)

    pages = all_pages(api, f"/uploads/{UPLOAD_ID}/errors", limit=2)

    assert [[error["row_number"] for error in page] for page in pages] == [[2, 2], [4, 7], [9]]
    assert pages[0][0] == {
        "row_number": 2,
        "column": "price",
        "code": "INVALID_PRICE",
        "message": "Price must be a plain number, but this row has free.",
        "sent": "free",
        "vendor_product_id": "P-2",
        "sku": "SKU-2",
    }


def test_errors_are_filtered_by_code_and_column(api: ApiClient) -> None:
    add_upload(api.world)
    add_error(api.world, 1)
    add_error(api.world, 2, code="INVALID_CATEGORY", column="category")
    add_error(api.world, 3, code="MALFORMED_ROW", column=None)

    def rows(**query: object) -> list[int]:
        return [error["row_number"] for error in api.get(f"/uploads/{UPLOAD_ID}/errors", **query).json["data"]]

    assert rows(code="INVALID_CATEGORY") == [2]
    assert rows(column="price") == [1]
    assert rows(code="INVALID_PRICE", column="category") == []
    assert api.get(f"/uploads/{UPLOAD_ID}/errors", code="MALFORMED_ROW").json["data"][0]["column"] is None


def test_errors_are_searched_in_ids_and_cells_and_begin_at_a_row(api: ApiClient) -> None:
    add_upload(api.world)
    for row_number in (1, 2, 13):
        add_error(api.world, row_number)

    def rows(**query: object) -> list[int]:
        return [error["row_number"] for error in api.get(f"/uploads/{UPLOAD_ID}/errors", **query).json["data"]]

    assert rows(q="sku-1") == [1, 13]
    assert rows(q="P-2") == [2]
    assert rows(q="FREE") == [1, 2, 13]
    assert rows(q="%") == []
    assert rows(from_row=2) == [2, 13]
    assert rows(from_row=2, q="sku-1") == [13]
    assert api.get(f"/uploads/{UPLOAD_ID}/errors", from_row=0).status == 422


def test_summary_tells_what_to_fix_first(api: ApiClient) -> None:
    add_upload(api.world)
    add_error(api.world, 8, sent="$1")
    add_error(api.world, 3, sent="free" * 100)
    add_error(api.world, 3, sent="free" * 100)
    add_error(api.world, 5, code="MALFORMED_ROW", column=None)

    causes = api.get(f"/uploads/{UPLOAD_ID}/errors/summary").json["causes"]

    assert [(cause["code"], cause["column"], cause["rows"], cause["first_row"]) for cause in causes] == [
        ("INVALID_PRICE", "price", 2, 3),
        ("MALFORMED_ROW", None, 1, 5),
    ]
    assert causes[0]["sent"] == "free" * 50
    assert causes[1]["sent"] is None
    assert "19.99" in causes[0]["fix"]


##### Report and corrections


@pytest.mark.parametrize(
    ("path", "column"), [("report", "error_file_s3_key"), ("corrections", "corrections_file_s3_key")]
)
def test_link_leads_to_the_file_when_it_is_kept(api: ApiClient, path: str, column: str) -> None:
    key = f"errors/VEND001/{UPLOAD_ID}_{path}.csv"
    files: dict[str, Any] = {column: key}
    add_upload(api.world, **files)
    api.world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"Row Number")

    reply = api.get(f"/uploads/{UPLOAD_ID}/{path}")

    assert reply.status == 200
    assert urlsplit(reply.json["url"]).path.endswith(key)
    assert datetime.now(UTC) < datetime.fromisoformat(reply.json["expires_at"]) < datetime.now(UTC) + timedelta(hours=1)


def test_file_is_gone_when_the_bucket_no_longer_keeps_it(api: ApiClient) -> None:
    add_upload(api.world, error_file_s3_key="errors/VEND001/old.csv")

    reply = api.get(f"/uploads/{UPLOAD_ID}/report")

    assert (reply.status, reply.problem) == (410, "file-no-longer-kept")


def test_there_is_no_file_when_the_upload_has_no_errors(api: ApiClient) -> None:
    add_upload(api.world, status="completed", valid=10, errors=0)

    for path in ("report", "corrections"):
        reply = api.get(f"/uploads/{UPLOAD_ID}/{path}")
        assert (reply.status, reply.problem) == (404, "no-file-of-errors")


##### Applying a preview


@pytest.fixture
def preview(api: ApiClient) -> str:
    key = f"previews/updates/VEND001/{UPLOAD_ID}/prices.csv"
    version = api.world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"as checked")["VersionId"]
    api.world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"something else")
    add_upload(api.world, mode="update", is_preview=True, s3_key=key, object_version=version, file_name="prices.csv")
    return UPLOAD_ID


def test_preview_is_applied_with_the_object_version_that_was_checked(api: ApiClient, preview: str) -> None:
    reply = api.post(f"/uploads/{preview}/apply")

    assert reply.status == 201
    assert (reply.json["mode"], reply.json["preview"], reply.json["status"]) == ("update", False, "processing")
    key = f"updates/VEND001/{reply.json['upload_id']}/prices.csv"
    assert api.world.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"as checked"


def test_preview_is_to_be_applied_again_when_its_file_never_came(api: ApiClient, preview: str, later: Later) -> None:
    upload_id = api.post(f"/uploads/{preview}/apply").json["upload_id"]

    later(minutes=2)

    shown = api.get(f"/uploads/{upload_id}").json
    assert (shown["status"], shown["next_step"]["action"]) == ("expired", "apply")
    assert preview in shown["next_step"]["text"]


def test_preview_is_applied_once_when_it_is_asked_twice(api: ApiClient, preview: str) -> None:
    first = api.post(f"/uploads/{preview}/apply").json["upload_id"]
    take_in(api.world, first)
    _parse(api.world, first)

    again = api.post(f"/uploads/{preview}/apply")

    assert again.json["upload_id"] == first
    versions = api.world.s3.list_object_versions(Bucket=BUCKET, Prefix=f"updates/VEND001/{first}/")["Versions"]
    assert len(versions) == 1


def test_preview_is_applied_by_the_next_request_when_the_first_died_before_it_copied(
    api: ApiClient, preview: str, monkeypatch: pytest.MonkeyPatch, later: Later
) -> None:
    files = type(api.world.functions.vendor_api.services.files)
    with monkeypatch.context() as dying:
        dying.setattr(files, "copy", lambda *_: (_ for _ in ()).throw(KeyError()))
        assert api.post(f"/uploads/{preview}/apply").status == 500

    soon = api.post(f"/uploads/{preview}/apply").json
    later(minutes=2)
    after = api.post(f"/uploads/{preview}/apply").json

    assert soon["upload_id"] == after["upload_id"]
    versions = api.world.s3.list_object_versions(Bucket=BUCKET, Prefix=f"updates/VEND001/{after['upload_id']}/")
    assert len(versions["Versions"]) == 1


def test_same_upload_is_found_when_its_tracker_is_no_longer_kept(api: ApiClient, preview: str) -> None:
    upload_id = api.post(f"/uploads/{preview}/apply").json["upload_id"]
    add_upload(api.world, upload_id, mode="update", status="completed", valid=10, errors=0)
    api.world.dynamodb.delete_item(
        TableName=STAGING_TABLE, Key={"upload_id": {"S": upload_id}, "record_id": {"S": "#upload"}}
    )

    again = api.post(f"/uploads/{preview}/apply")

    assert (again.json["upload_id"], again.json["status"]) == (upload_id, "completed")


@pytest.mark.parametrize(
    "columns",
    [
        {"is_preview": False},
        {"is_preview": True, "status": "processing"},
        {"is_preview": True, "status": "failed", "valid": 0, "errors": 10},
        {
            "is_preview": True,
            "status": "failed",
            "total": None,
            "valid": 0,
            "errors": 0,
            "failure_reason": "EMPTY_FILE: x",
        },
    ],
)
def test_upload_cannot_be_applied_when_it_is_no_preview_with_valid_rows(
    api: ApiClient, columns: dict[str, Any]
) -> None:
    add_upload(api.world, **columns)

    reply = api.post(f"/uploads/{UPLOAD_ID}/apply")

    assert (reply.status, reply.problem) == (409, "not-applicable")


def test_preview_cannot_be_applied_when_its_file_is_no_longer_kept(api: ApiClient) -> None:
    add_upload(api.world, is_preview=True, s3_key="previews/uploads/VEND001/old.csv", object_version="v1")

    reply = api.post(f"/uploads/{UPLOAD_ID}/apply")

    assert (reply.status, reply.problem) == (410, "file-no-longer-kept")
    assert ids(api.get("/uploads", status="awaiting_file")) == []


def test_preview_of_another_vendor_cannot_be_applied(other: ApiClient, preview: str) -> None:
    assert other.post(f"/uploads/{preview}/apply").status == 404
