"""The execution stores its task token, and the functions mark the tracker: in whichever order, neither gets stuck.

The expressions are those of statemachines/upload.asl.yml.
"""

from typing import Any

import pytest

from tests.handlers.world import STAGING_TABLE, World, product, state

# A function that fails, or has seen its rows before, has nothing to count.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

ROWS = [product(1), product(2, price="free")]


def _read_completion(world: World, upload: Any) -> dict[str, Any]:
    """Get the tracker item as the state Read Completion does."""
    arguments = state("Read Completion")["Arguments"]
    assert arguments["ConsistentRead"] is True
    return world.dynamodb.get_item(
        TableName=STAGING_TABLE,
        Key={"upload_id": {"S": upload.upload_id}, "record_id": arguments["Key"]["record_id"]},
        ConsistentRead=True,
    )


def test_execution_is_answered_when_it_waited_before_the_upload_was_complete(world: World) -> None:
    upload = world.stage(ROWS)

    waits = world.wait_for_validation(upload, "token-1")
    world.validate(world.staged(upload))

    assert waits
    assert [token for token, _ in world.callbacks.succeeded] == ["token-1"]


def test_execution_reads_the_counts_when_the_upload_was_complete_before_it_waited(world: World) -> None:
    upload = world.stage(ROWS)

    world.validate(world.staged(upload))
    waits = world.wait_for_validation(upload, "token-1")

    assert not waits
    assert world.callbacks.succeeded == []
    assert "completion" in _read_completion(world, upload)["Item"]
    assert world.completion(upload) == {
        "outcome": "validated",
        "total_records": 2,
        "valid_records": 1,
        "error_records": 1,
        "refusal_code": "",
        "refusal_message": "",
    }
    assert "task_token" not in world.tracker(upload)


def test_execution_goes_to_the_stored_counts_when_its_condition_fails() -> None:
    condition_failed, anything_else = state("Await Validation")["Catch"]

    assert condition_failed["ErrorEquals"] == [
        "DynamoDb.ConditionalCheckFailedException",
        "DynamoDB.ConditionalCheckFailedException",
    ]
    assert condition_failed["Next"] == "Read Completion"
    assert "$parse($states.result.Item.completion.S)" in state("Read Completion")["Assign"]["completion"]
    assert anything_else["ErrorEquals"] == ["States.ALL"]


def test_execution_is_answered_when_it_waited_before_the_parser_came(world: World) -> None:
    event = world.put(b"")
    upload = world.upload_of(event)

    waits = world.wait_for_validation(upload, "token-1")
    world.parse(event)

    assert waits
    assert [output["refusal_code"] for _, output in world.callbacks.succeeded] == ["EMPTY_FILE"]


def test_execution_reads_the_refusal_when_the_file_was_refused_before_it_waited(world: World) -> None:
    event = world.put(b"")
    upload = world.upload_of(event)

    world.parse(event)

    assert not world.wait_for_validation(upload)
    assert world.completion(upload)["refusal_code"] == "EMPTY_FILE"


def test_token_stays_when_the_parser_opens_the_tracker_after_it(world: World) -> None:
    event = world.put(b"")
    upload = world.upload_of(event)
    world.wait_for_validation(upload, "token-1")

    world.functions.csv_parser.staging.open_tracker(upload, 2)

    tracker = world.tracker(upload)
    assert tracker["task_token"] == {"S": "token-1"}
    assert tracker["total_records"] == {"N": "2"}


def test_last_token_is_answered_when_the_execution_waited_again(world: World) -> None:
    upload = world.stage(ROWS)
    world.wait_for_validation(upload, "token-1")
    world.wait_for_validation(upload, "token-2")

    world.validate(world.staged(upload))

    assert [token for token, _ in world.callbacks.succeeded] == ["token-2"]


def test_execution_is_answered_when_the_function_died_between_mark_and_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

    upload = world.stage(ROWS)
    world.wait_for_validation(upload, "token-1")
    items = world.staged(upload)
    world.callbacks.error = "InternalFailure"
    with pytest.raises(BatchProcessingError):
        world.validate(items)
    world.callbacks.error = None
    assert "completion" in world.tracker(upload)

    world.validate(items)

    assert [token for token, _ in world.callbacks.succeeded] == ["token-1"]
