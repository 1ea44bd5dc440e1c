"""What is gathered about an upload from the services of a stage, and what the upload finder tells of the database."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest
from botocore.exceptions import ClientError

from onboarding.explaining.causes import Cause
from onboarding.explaining.diagnosis import diagnose
from onboarding.explaining.facts import Place, StagedFacts, Story
from onboarding.explaining.gathering import Gathering, LedgerUnavailableError, Places
from onboarding.stores.upload_search import Found
from tests.handlers.world import BUCKET, CONTEXT, NAME, STAGING_TABLE, STATE_MACHINE_ARN, World, csv_of, product

KEY = "uploads/VEND001/products.csv"
ROWS = [product(1), product(2, price="free")]
FAILURES = f"{NAME}-stream-failures"

Explain = Callable[..., Story]


@pytest.fixture
def places(world: World) -> Places:
    world.s3.create_bucket(Bucket=FAILURES)
    urls = {place: world.sqs.create_queue(QueueName=f"{NAME}-{place.name.lower()}")["QueueUrl"] for place in Place}
    return Places("test", "product-onboarding", BUCKET, FAILURES, STAGING_TABLE, 4, STATE_MACHINE_ARN, urls)


@pytest.fixture
def explain(world: World, places: Places) -> Explain:
    """Tell the story of an upload by its id, key or file name."""

    def ledger(name: str) -> Found:
        return Found.from_document(
            json.loads(json.dumps(world.functions.upload_finder.handler({"name": name}, CONTEXT)))
        )

    def story(name: str, ledger: Callable[[str], Found] = ledger) -> Story:
        return Gathering(world.functions.client, places, ledger).story(name, datetime.now(UTC))

    return story


@pytest.fixture
def upload(world: World) -> Any:
    found = world.stage(ROWS, KEY)
    world.validate(world.staged(found))
    world.process_errors()
    return found


def test_story_is_the_same_by_whatever_name_the_upload_is_asked_for(explain: Explain, upload: Any) -> None:
    names = (upload.upload_id, f"{upload.upload_id}_redrive_1", KEY, f"s3://{BUCKET}/{KEY}", "products.csv")

    stories = [explain(name) for name in names]

    assert [story.identity for story in stories] == [stories[0].identity] * len(names)
    identity = stories[0].identity
    assert (identity.upload_id, identity.vendor_id, identity.file_name) == (upload.upload_id, "VEND001", "products.csv")
    assert (identity.s3_key, identity.mode, identity.is_preview) == (KEY, "import", False)


def test_rows_are_counted_by_state_in_ledger_and_staging(explain: Explain, upload: Any) -> None:
    story = explain(upload.upload_id)

    assert story.recorded is not None
    assert (story.recorded.total_records, story.recorded.valid_records, story.recorded.error_records) == (2, 1, 1)
    assert (story.recorded.open_records, story.recorded.codes) == (0, {"INVALID_PRICE": 1})
    assert (story.recorded.vendor_name, story.recorded.vendor_status) is not None
    assert story.staged == StagedFacts(2, 1, 1)
    assert story.tracker is not None
    assert story.tracker.completion is not None
    assert story.stored is not None
    assert story.unknown == {}


def test_execution_is_found_when_the_database_does_not_answer(explain: Explain, upload: Any) -> None:
    def unreachable(name: str) -> Found:
        raise LedgerUnavailableError("Connection refused")

    for name in (upload.upload_id, KEY, "products.csv"):
        story = explain(name, unreachable)

        assert story.execution is not None, name
        assert story.identity.upload_id == upload.upload_id
        assert story.recorded is None
        assert diagnose(story).cause is Cause.DATABASE_DOWN


def test_database_is_not_blamed_when_the_finder_may_not_be_asked(explain: Explain, upload: Any) -> None:
    def forbidden(name: str) -> Found:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Invoke")

    story = explain(upload.upload_id, forbidden)

    assert set(story.unknown) == {"upload finder"}
    assert diagnose(story).cause is not Cause.DATABASE_DOWN


def test_nothing_is_found_when_there_is_no_such_upload(explain: Explain) -> None:
    for name in ("UPLOAD_20261121_103045_ffffffff", "uploads/VEND001/nothing.csv", "nothing.csv", ""):
        story = explain(name)

        assert diagnose(story).cause is Cause.UNKNOWN, name
        assert story.unknown == {}


def test_file_is_found_when_nothing_took_it_in(world: World, explain: Explain) -> None:
    world.put(csv_of(ROWS), "updates/VEND001/new prices.csv")

    for name in ("updates/VEND001/new prices.csv", "new prices.csv"):
        story = explain(name)

        assert (story.identity.upload_id, story.identity.mode) == (None, "update")
        assert story.announced_prefixes == ()
        assert diagnose(story).cause is Cause.NOT_ANNOUNCED


def test_older_uploads_are_named_when_the_file_came_again(world: World, explain: Explain, upload: Any) -> None:
    event = world.put(csv_of(ROWS), KEY)
    event["Records"][0]["eventTime"] = "2030-01-01T00:00:00.000Z"
    world.parse(event)

    story, older = explain(KEY), explain(upload.upload_id)

    assert story.identity.upload_id == world.upload_of(event).upload_id
    assert story.others == (upload.upload_id,)
    for each, is_newest in ((story, True), (older, False)):
        assert each.stored is not None
        assert each.stored.is_newest is is_newest
    world.s3.delete_object(Bucket=BUCKET, Key=KEY)
    stored = explain(KEY).stored
    assert stored is not None
    assert not stored.is_newest


def test_messages_are_counted_and_left_when_they_died(
    world: World, places: Places, explain: Explain, upload: Any
) -> None:
    event = {
        "Records": [{"s3": {"object": {"key": "uploads/VEND001/products.csv", "versionId": upload.object_version}}}]
    }
    other = {"kind": "report_request", "upload_id": "UPLOAD_20200101_000000_00000000"}
    for place, body in (
        (Place.DEAD_ERRORS, {"kind": "error_rows", "upload_id": upload.upload_id}),
        (Place.DEAD_ERRORS, other),
        (Place.DEAD_ERRORS, {"kind": "nonsense", "price": "secret"}),
        (Place.KEPT_EVENTS, event),
        (Place.ENDS, {"upload_id": upload.upload_id}),
        (Place.ERRORS, other),
    ):
        world.sqs.send_message(QueueUrl=places.queues[place], MessageBody=json.dumps(body))
    world.sqs.send_message(QueueUrl=places.queues[Place.DEAD_ERRORS], MessageBody="no JSON")

    for _ in range(2):  # asking changes nothing
        story = explain(upload.upload_id)

        counts = {kept.place: (kept.count, kept.ours, len(kept.nameless)) for kept in story.kept if kept.count}
        assert counts == {
            Place.DEAD_ERRORS: (4, 1, 2),
            Place.KEPT_EVENTS: (1, 1, 0),
            Place.ENDS: (1, 1, 0),
            Place.ERRORS: (1, None, 0),
        }
    texts = {message.text for message in story.kept_at(Place.DEAD_ERRORS).nameless}
    assert texts == {"kind nonsense, fields kind, price", "no JSON, 7 characters"}


def test_stream_batches_are_counted_when_they_hold_rows_of_the_upload(
    world: World, explain: Explain, upload: Any
) -> None:
    for name, shard in (("ours", f"{upload.upload_id}#1"), ("other", "UPLOAD_20200101_000000_00000000#1")):
        world.s3.put_object(Bucket=FAILURES, Key=name, Body=json.dumps({"payload": json.dumps({"upload_id": shard})}))

    kept = explain(upload.upload_id).kept_at(Place.BATCHES)

    assert (kept.count, kept.ours) == (2, 1)


def test_log_lines_are_told_when_they_are_of_the_upload_or_of_none(world: World, explain: Explain, upload: Any) -> None:
    other = "UPLOAD_20200101_000000_00000000"
    exception = "Traceback …\n  File …\nValueError: no price"
    lines = [
        json.dumps({"level": "INFO", "message": "rows settled", "upload_id": upload.upload_id}),
        json.dumps({"level": "WARNING", "message": "odd", "upload_id": upload.upload_id}),
        json.dumps({"level": "ERROR", "message": "failed", "upload_id": upload.upload_id, "exception": exception}),
        json.dumps({"level": "ERROR", "message": "failed", "upload_id": other}),
        "[ERROR] MissingConfigurationError: environment variables not set: STAGING_SHARDS",
        "START RequestId: 1",
    ]
    log(world, "csv-parser", lines)

    story = explain(upload.upload_id)

    told = {(line.function, line.text, line.names_upload, line.is_failure) for line in story.logs}
    assert told == {
        ("csv-parser", "odd", True, False),
        ("csv-parser", "failed: ValueError: no price", True, True),
        ("csv-parser", lines[4], False, True),
    }


def log(world: World, function: str, lines: list[str]) -> None:
    logs, group = world.functions.client("logs"), f"/aws/lambda/product-onboarding-test-{function}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="stream")
    now = int(datetime.now(UTC).timestamp() * 1000)
    events = [{"timestamp": now - len(lines) + number, "message": line} for number, line in enumerate(lines)]
    logs.put_log_events(logGroupName=group, logStreamName="stream", logEvents=events)


def test_finder_fails_soon_when_the_database_is_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    finder = world.functions.another("upload_finder")
    monkeypatch.setattr(finder.database, "_patience_seconds", 0.1)
    world.database.server.stop(immediate=True)
    try:
        with pytest.raises(psycopg2.OperationalError):
            finder.handler({"name": "UPLOAD_20261121_103045_0a1b2c3d"}, CONTEXT)
    finally:
        world.database.server.start()


def test_document_is_json_when_the_story_is_told_to_programs(explain: Explain, upload: Any) -> None:
    document = json.loads(json.dumps(explain(upload.upload_id).as_document()))

    assert document["identity"]["upload_id"] == upload.upload_id
    assert document["recorded"]["codes"] == {"INVALID_PRICE": 1}
    assert document["executions"][0]["console_url"].endswith(f"/executions/details/{document['executions'][0]['arn']}")
