"""The ways back into the pipeline that need no running stack to be tried."""

import io
import json
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from operations.redrive import NothingToRedriveError, Redrive
from tests.handlers.api_client import ApiClient
from tests.handlers.world import BUCKET, NAME, STATE_MACHINE_ARN, World, csv_of, product

KEY = "uploads/VEND001/products.csv"


class Session:
    """Gives the clients of the account; Lambda and the event bus answer what a test says."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.function_answer: dict[str, Any] = {}
        self.function_fails = False
        self.bus_refuses = False
        self.announced: list[dict[str, Any]] = []

    def client(self, service: str, **_: Any) -> Any:
        return self if service in ("lambda", "events") else self.world.functions.client(service)

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "product-onboarding-test-reconciler"
        assert json.loads(Payload)["upload"]["s3_key"] == KEY
        failure = {"FunctionError": "Unhandled"} if self.function_fails else {}
        return {**failure, "Payload": io.BytesIO(json.dumps(self.function_answer).encode())}

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        if self.bus_refuses:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
        self.announced += Entries
        return {"FailedEntryCount": 0, "Entries": [{}]}


@pytest.fixture
def session(world: World) -> Session:
    return Session(world)


@pytest.fixture
def outputs(world: World) -> dict[str, str]:
    return {
        "UploadBucketName": BUCKET,
        "UploadStateMachineArn": STATE_MACHINE_ARN,
        "UploadEventQueueUrl": world.upload_event_queue_url,
        "UndeliveredUploadQueueUrl": world.undelivered_upload_queue_url,
        "ErrorDeadLetterQueueUrl": world.sqs.create_queue(QueueName=f"{NAME}-dead")["QueueUrl"],
        "UnannouncedEndQueueUrl": world.sqs.create_queue(QueueName=f"{NAME}-ends")["QueueUrl"],
        "EventBusName": "bus",
    }


@pytest.fixture
def redrive(session: Session, outputs: dict[str, str]) -> Redrive:
    return Redrive(session, "test", outputs)


def end_execution(world: World, upload_id: str) -> None:
    arn = f"{STATE_MACHINE_ARN.replace(':stateMachine:', ':execution:')}:{upload_id}"
    world.step_functions.stop_execution(executionArn=arn)


##### A file


def test_file_makes_the_upload_of_its_own_event_when_nothing_took_it_in(world: World, redrive: Redrive) -> None:
    world.put(csv_of([product(1)]), KEY)
    stored_at = world.s3.head_object(Bucket=BUCKET, Key=KEY)["LastModified"].astimezone(UTC)

    assert redrive.file(f"s3://{BUCKET}/{KEY}") == KEY

    (body,) = world.queued(world.upload_event_queue_url)
    world.parse(json.loads(body))
    (upload_id,) = world.executions()
    assert upload_id.startswith(f"UPLOAD_{stored_at:%Y%m%d_%H%M%S}_")


def test_file_becomes_a_new_upload_when_it_was_taken_in_before(world: World, redrive: Redrive) -> None:
    event = world.put(csv_of([product(1)]), KEY)
    world.parse(event)
    first = world.upload_of(event).upload_id
    end_execution(world, first)

    redrive.file(KEY)

    (body,) = world.queued(world.upload_event_queue_url)
    again = world.upload_of(json.loads(body))
    assert again.upload_id != first
    assert again.upload_id.endswith(first[-8:])
    assert datetime.now(UTC) - datetime.fromisoformat(again.uploaded_at) < timedelta(minutes=1)


def test_file_that_the_api_announced_becomes_a_new_upload_when_it_was_taken_in_before(
    api: ApiClient, outputs: dict[str, str]
) -> None:
    world = api.world
    redrive = Redrive(Session(world), "test", outputs)
    announced = api.post("/uploads", {"file_name": "spring.csv", "size": 10}).json["upload_id"]
    key = f"uploads/VEND001/{announced}/spring.csv"
    world.parse(world.put(csv_of([product(1)]), key))
    with pytest.raises(NothingToRedriveError, match=f"^{announced} is still running"):
        redrive.file(key)
    end_execution(world, announced)

    assert redrive.file(key) == "uploads/VEND001/spring.csv"

    stored = world.s3.get_object(Bucket=BUCKET, Key="uploads/VEND001/spring.csv")  # S3 announces it
    assert stored["Body"].read() == csv_of([product(1)])
    assert world.queued(world.upload_event_queue_url) == []


def test_file_that_the_api_announced_keeps_its_id_when_nothing_took_it_in(
    api: ApiClient, outputs: dict[str, str]
) -> None:
    announced = api.post("/uploads", {"file_name": "spring.csv", "size": 10}).json["upload_id"]
    key = f"uploads/VEND001/{announced}/spring.csv"
    api.world.put(csv_of([product(1)]), key)

    assert Redrive(Session(api.world), "test", outputs).file(key) == key

    (body,) = api.world.queued(api.world.upload_event_queue_url)
    api.world.parse(json.loads(body))
    assert api.world.executions() == [announced]


def test_file_becomes_a_new_upload_when_its_execution_is_not_among_the_latest(
    world: World, redrive: Redrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = world.put(csv_of([product(1)]), KEY)
    stored_at = world.s3.head_object(Bucket=BUCKET, Key=KEY)["LastModified"]
    event["Records"][0]["eventTime"] = f"{stored_at:%Y-%m-%dT%H:%M:%S.000Z}"
    world.parse(event)
    end_execution(world, world.upload_of(event).upload_id)
    monkeypatch.setattr("onboarding.explaining.executions._MOST_LISTED", 0)
    monkeypatch.setattr("operations.redrive.datetime", Later)

    redrive.file(KEY)

    (body,) = world.queued(world.upload_event_queue_url)
    assert world.upload_of(json.loads(body)).upload_id != world.upload_of(event).upload_id


class Later(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Later":
        return cls.fromtimestamp(datetime.now(tz).timestamp() + 60, tz)


def test_file_is_left_alone_when_its_upload_has_not_ended(world: World, redrive: Redrive) -> None:
    world.parse(world.put(csv_of([product(1)]), KEY))

    with pytest.raises(NothingToRedriveError, match="is still running"):
        redrive.file(KEY)


def test_file_that_is_not_there_is_named(redrive: Redrive) -> None:
    with pytest.raises(NothingToRedriveError, match=rf"^There is no file uploads/none\.csv in {BUCKET}\.$"):
        redrive.file("uploads/none.csv")


##### The rows of an upload


def test_counts_are_told_when_the_reconciler_has_finished(world: World, session: Session, redrive: Redrive) -> None:
    upload = world.stage([product(1)], KEY)
    session.function_answer = {"outcome": "validated", "valid_records": 1, "error_records": 0}

    assert redrive.rows(upload.upload_id) == "validated, 1 valid and 0 invalid rows"


def test_failure_is_told_when_the_reconciler_fails(world: World, session: Session, redrive: Redrive) -> None:
    upload = world.stage([product(1)], KEY)
    session.function_answer, session.function_fails = {"errorMessage": "no memory"}, True

    with pytest.raises(NothingToRedriveError, match="no memory"):
        redrive.rows(upload.upload_id)


def test_nothing_is_settled_when_there_is_no_execution(redrive: Redrive) -> None:
    with pytest.raises(NothingToRedriveError, match="There is no execution of UPLOAD_1"):
        redrive.rows("UPLOAD_1")


##### Ends and dead messages


def test_event_stays_in_its_queue_when_the_bus_refuses_it_again(
    world: World, session: Session, redrive: Redrive, outputs: dict[str, str]
) -> None:
    queue = outputs["UnannouncedEndQueueUrl"]
    world.sqs.send_message(QueueUrl=queue, MessageBody='{"upload_id": "UPLOAD_1"}')
    session.bus_refuses = True

    with pytest.raises(NothingToRedriveError, match="ThrottlingException"):
        redrive.ends()

    counts = world.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessagesNotVisible"])
    assert counts["Attributes"] == {"ApproximateNumberOfMessagesNotVisible": "1"}


def test_event_is_on_the_bus_when_it_is_announced_again(
    world: World, session: Session, redrive: Redrive, outputs: dict[str, str]
) -> None:
    world.sqs.send_message(QueueUrl=outputs["UnannouncedEndQueueUrl"], MessageBody='{"upload_id": "UPLOAD_1"}')

    assert redrive.ends() == 1

    (entry,) = session.announced
    assert (entry["EventBusName"], entry["DetailType"]) == ("bus", "Product Upload Ended")
    assert entry["Detail"] == '{"upload_id": "UPLOAD_1"}'
    assert redrive.ends() == 0


def test_only_the_named_message_is_deleted(world: World, redrive: Redrive, outputs: dict[str, str]) -> None:
    queue = outputs["ErrorDeadLetterQueueUrl"]
    world.sqs.send_message(QueueUrl=queue, MessageBody="kept")
    unwanted = world.sqs.send_message(QueueUrl=queue, MessageBody="unwanted")["MessageId"]

    assert redrive.discard(unwanted) == f"{NAME}-dead"

    with pytest.raises(NothingToRedriveError, match=f"No queue of dead messages has {unwanted}"):
        redrive.discard(unwanted)
