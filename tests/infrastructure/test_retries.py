"""What is tried again, how often, and where it goes when that does not help."""

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


def test_event_of_an_upload_is_retried_and_kept(prod: Template) -> None:
    invocation = prod.properties("CsvParserLambdaEvConf")

    assert invocation["MaximumRetryAttempts"] == 2
    assert invocation["MaximumEventAgeInSeconds"] == 21600
    assert mentions(invocation["DestinationConfig"]["OnFailure"]["Destination"], "UploadEventDeadLetterQueue")
    assert any(
        "sqs:SendMessage" in listed(statement["Action"])
        and mentions(statement["Resource"], "UploadEventDeadLetterQueue")
        for statement in prod.statements_of("CsvParser")
    )


def test_error_message_is_received_three_times_and_kept(prod: Template) -> None:
    queue = prod.properties("ErrorQueue")

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
    assert mentions(queue["RedrivePolicy"]["deadLetterTargetArn"], "ErrorDeadLetterQueue")
    for name in ("ErrorDeadLetterQueue", "UploadEventDeadLetterQueue"):
        assert prod.properties(name)["MessageRetentionPeriod"] == 1209600  # 14 days, the longest SQS offers


def test_message_stays_hidden_for_six_timeouts(prod: Template) -> None:
    timeout = prod.functions()["ErrorProcessor"]["Timeout"]

    assert prod.properties("ErrorQueue")["VisibilityTimeout"] >= 6 * timeout


def test_queue_mapping_reports_single_failures_and_is_bounded(prod: Template) -> None:
    mapping = next(
        found
        for found in prod.of_type("AWS::Lambda::EventSourceMapping").values()
        if mentions(found["EventSourceArn"], "ErrorQueue")
    )

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_upload_in_either_case_starts_the_parser(prod: Template) -> None:
    configurations = prod.properties("UploadBucket")["NotificationConfiguration"]["LambdaConfigurations"]

    rules = [each["Filter"]["S3Key"]["Rules"] for each in configurations]
    assert sorted(rule["Value"] for found in rules for rule in found) == [".CSV", ".csv", "uploads/", "uploads/"]
