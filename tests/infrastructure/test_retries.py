"""What is tried again, how often, and where it goes when that does not help."""

from typing import Any

import pytest

from onboarding.uploads import WATCHED_PREFIXES
from tests.infrastructure.template import Template, listed, mentions


def test_stream_mapping_retries_and_keeps_what_failed(prod: Template) -> None:
    mapping = prod.properties("ProductValidatorEventSourceMappingDynamodbStagingTable")

    assert mapping["MaximumRetryAttempts"] == 2
    assert 0 < mapping["MaximumRecordAgeInSeconds"] <= 86400
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    # Only S3 keeps the records themselves (Lambda developer guide, "Retaining discarded batches").
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["StreamFailureBucket", "Arn"]}


def test_stream_mapping_may_write_where_it_keeps_failures(prod: Template) -> None:
    granted = {
        action
        for statement in prod.statements_of("ProductValidator")
        if mentions(statement["Resource"], "StreamFailureBucket")
        for action in listed(statement["Action"])
    }

    assert granted == {"s3:PutObject", "s3:ListBucket"}


def test_stream_mapping_sees_new_pending_rows_only(prod: Template) -> None:
    mapping = prod.properties("ProductValidatorEventSourceMappingDynamodbStagingTable")

    patterns = [each["Pattern"] for each in mapping["FilterCriteria"]["Filters"]]
    assert patterns == ['{"eventName":["INSERT"],"dynamodb":{"NewImage":{"status":{"S":["pending_validation"]}}}}']


def test_event_of_an_upload_is_received_three_times_and_kept(prod: Template) -> None:
    queue = prod.properties("UploadEventQueue")

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
    assert mentions(queue["RedrivePolicy"]["deadLetterTargetArn"], "UploadEventDeadLetterQueue")
    for name in ("UploadEventDeadLetterQueue", "UndeliveredUploadQueue"):
        assert prod.properties(name)["MessageRetentionPeriod"] == 1209600
        assert "RedrivePolicy" not in prod.properties(name)  # nothing takes an event away from here but an operator


def test_parser_gets_no_more_files_at_once_than_it_may_run(prod: Template) -> None:
    mapping = queue_mapping(prod, "UploadEventQueue")

    # More would be throttled, and every throttled delivery counts as one of three (Lambda developer guide, "SQS").
    assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2
    assert (
        mapping["ScalingConfig"]["MaximumConcurrency"] <= prod.functions()["CsvParser"]["ReservedConcurrentExecutions"]
    )
    assert mapping["BatchSize"] == 1


def test_parser_may_put_off_the_next_delivery(prod: Template) -> None:
    granted = {
        action
        for statement in prod.statements_of("CsvParser")
        if mentions(statement["Resource"], "UploadEventQueue")
        for action in listed(statement["Action"])
    }

    assert "sqs:ChangeMessageVisibility" in granted
    assert not any(mentions(statement["Resource"], "ErrorQueue") for statement in prod.statements_of("CsvParser"))


def test_undelivered_uploads_are_read_from_the_dead_letter_queue(prod: Template) -> None:
    assert queue_mapping(prod, "UploadEventDeadLetterQueue")["FunctionName"] == {
        "Fn::GetAtt": ["UndeliveredUploadsLambdaFunction", "Arn"]
    }
    granted = {
        (action, target)
        for statement in prod.statements_of("UndeliveredUploads")
        for target in ("UploadStateMachine", "UndeliveredUploadQueue")
        if mentions(statement["Resource"], target)
        for action in listed(statement["Action"])
    }
    assert granted == {("states:StartExecution", "UploadStateMachine"), ("sqs:SendMessage", "UndeliveredUploadQueue")}


def test_error_message_is_received_three_times_and_kept(prod: Template) -> None:
    queue = prod.properties("ErrorQueue")

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
    assert mentions(queue["RedrivePolicy"]["deadLetterTargetArn"], "ErrorDeadLetterQueue")
    for name in ("ErrorDeadLetterQueue", "UploadEventDeadLetterQueue"):
        assert prod.properties(name)["MessageRetentionPeriod"] == 1209600  # 14 days, the longest SQS offers


@pytest.mark.parametrize(
    ("queue", "function"),
    [
        ("ErrorQueue", "ErrorProcessor"),
        ("UploadEventQueue", "CsvParser"),
        ("UploadEventDeadLetterQueue", "UndeliveredUploads"),
    ],
)
def test_message_stays_hidden_for_six_timeouts(prod: Template, queue: str, function: str) -> None:
    timeout = prod.functions()[function]["Timeout"]

    assert prod.properties(queue)["VisibilityTimeout"] >= 6 * timeout


@pytest.mark.parametrize("queue", ["ErrorQueue", "UploadEventQueue", "UploadEventDeadLetterQueue"])
def test_queue_mapping_reports_single_failures_and_is_bounded(prod: Template, queue: str) -> None:
    mapping = queue_mapping(prod, queue)

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_every_file_in_a_folder_for_uploads_is_announced(prod: Template) -> None:
    notification = prod.properties("UploadBucket")["NotificationConfiguration"]

    watched = set()
    for configuration in notification["QueueConfigurations"]:
        assert configuration["Event"] == "s3:ObjectCreated:*"
        assert configuration["Queue"] == {"Fn::GetAtt": ["UploadEventQueue", "Arn"]}
        (rule,) = configuration["Filter"]["S3Key"]["Rules"]
        assert rule["Name"] == "prefix"
        watched.add(rule["Value"])
    assert watched == set(WATCHED_PREFIXES)
    assert set(notification) == {"QueueConfigurations"}
    # S3 refuses a notification to a queue that it may not write to, while the bucket is made.
    assert "UploadEventQueuePolicy" in listed(prod.resources["UploadBucket"]["DependsOn"])


def test_every_function_says_how_its_clients_retry(prod: Template) -> None:
    for name, function in prod.functions().items():
        variables = function["Environment"]["Variables"]
        assert (variables["AWS_RETRY_MODE"], variables["AWS_MAX_ATTEMPTS"]) == ("standard", "4"), name


def test_message_is_sent_again_freely_only_when_sns_has_refused_it(prod: Template) -> None:
    publishers = {
        name: state
        for name, state in prod.state_machine()["States"].items()
        if state.get("Resource") == "arn:aws:states:::sns:publish"
    }

    assert "Notify Vendor" in publishers
    for name, state in publishers.items():
        refused, rest = state["Retry"]
        assert all(error.partition(".")[0] in ("SNS", "Sns") for error in refused["ErrorEquals"]), name
        assert not [error for error in refused["ErrorEquals"] if "SdkClient" in error or "Timeout" in error], name
        assert set(rest["ErrorEquals"]) == {"States.TaskFailed", "States.Timeout"}, name
        assert rest["MaxAttempts"] == 1, name


def queue_mapping(template: Template, queue: str) -> dict[str, Any]:
    """Return the mapping that reads this queue."""
    (mapping,) = [
        found
        for found in template.of_type("AWS::Lambda::EventSourceMapping").values()
        if found["EventSourceArn"] == {"Fn::GetAtt": [queue, "Arn"]}
    ]
    return mapping
