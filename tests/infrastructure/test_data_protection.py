"""Buckets, queues, topic, table and database: encrypted, private, kept."""

from typing import Any

import pytest

from tests.infrastructure.template import Template, listed, mentions


def test_bucket_is_encrypted_and_private(prod: Template) -> None:
    buckets = prod.of_type("AWS::S3::Bucket")

    assert {"UploadBucket", "StreamFailureBucket", "AccessLogBucket", "ServerlessDeploymentBucket"} == set(buckets)
    for name, bucket in buckets.items():
        rule = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] in ("AES256", "aws:kms"), name
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4, name


def test_bucket_refuses_plain_http(prod: Template) -> None:
    policies = prod.of_type("AWS::S3::BucketPolicy").values()

    for name in prod.of_type("AWS::S3::Bucket"):
        denials = [
            statement
            for policy in policies
            if mentions(policy["Bucket"], name)
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny"
        ]
        assert any(
            statement["Principal"] == "*"
            and statement["Action"] == "s3:*"
            and str(statement["Condition"]["Bool"]["aws:SecureTransport"]).lower() == "false"
            and len(listed(statement["Resource"])) == 2
            for statement in denials
        ), name


def test_queue_is_encrypted_and_refuses_plain_http(prod: Template) -> None:
    queues = prod.of_type("AWS::SQS::Queue")
    policies = prod.of_type("AWS::SQS::QueuePolicy").values()

    for name, queue in queues.items():
        assert queue["SqsManagedSseEnabled"] is True, name
        assert any(
            mentions(policy["Queues"], name)
            and statement["Effect"] == "Deny"
            and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for policy in policies
            for statement in map(when_tls_is_required, policy["PolicyDocument"]["Statement"])
        ), name
    assert prod.document["Conditions"]["TlsRequired"] == {"Fn::Equals": ["required", "required"]}


def when_tls_is_required(statement: dict[str, Any]) -> dict[str, Any]:
    """Return the statement that CloudFormation takes where the condition holds."""
    condition, then, _ = statement.get("Fn::If", ["TlsRequired", statement, None])
    assert condition == "TlsRequired"
    return then


def test_operations_topic_is_encrypted_with_a_key_that_alarms_may_use(prod: Template) -> None:
    topic = prod.properties("OperationsTopic")

    assert mentions(topic["KmsMasterKeyId"], "OperationsTopicKey")
    statements = prod.properties("OperationsTopicKey")["KeyPolicy"]["Statement"]
    alarms = next(each for each in statements if each["Principal"].get("Service") == "cloudwatch.amazonaws.com")
    assert set(alarms["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_staging_table_forgets_rows_and_streams_new_images(prod: Template) -> None:
    table = prod.properties("StagingTable")

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}


def test_upload_bucket_is_versioned_and_forgets(prod: Template) -> None:
    bucket = prod.properties("UploadBucket")

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules["uploads-expire"]["ExpirationInDays"] == 90
    assert rules["abort-unfinished-uploads"]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1
    # The link in an e-mail lives for 7 days; the report must not be gone before.
    assert rules["error-reports-expire"]["ExpirationInDays"] >= 7


@pytest.mark.parametrize("name", ["UploadBucket", "StreamFailureBucket", "AccessLogBucket"])
def test_bucket_outlives_the_stack_on_prod(prod: Template, name: str) -> None:
    assert prod.resources[name]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert prod.resources[name]["UpdateReplacePolicy"] == "Retain"


def test_failed_first_deployment_leaves_no_name_behind(prod: Template) -> None:
    policies = {name: found["DeletionPolicy"] for name, found in prod.resources.items() if "DeletionPolicy" in found}

    # A kept resource with a fixed name would stop the next attempt. Snapshots get names of their own.
    assert set(policies.values()) == {"RetainExceptOnCreate", "Snapshot"}
    assert [name for name, policy in policies.items() if policy == "Snapshot"] == ["DatabaseCluster"]


def test_access_to_data_buckets_is_logged(prod: Template) -> None:
    for name in ("UploadBucket", "StreamFailureBucket"):
        assert mentions(prod.properties(name)["LoggingConfiguration"]["DestinationBucketName"], "AccessLogBucket")
    assert prod.properties("AccessLogBucket")["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] >= 90


def test_log_group_keeps_at_least_90_days(prod: Template) -> None:
    groups = prod.of_type("AWS::Logs::LogGroup")

    for name, group in groups.items():
        assert group["RetentionInDays"] >= 90, name
    named = {group["LogGroupName"] for group in groups.values() if isinstance(group["LogGroupName"], str)}
    for function in prod.functions().values():
        assert f"/aws/lambda/{function['FunctionName']}" in named
    assert "HttpApiLogGroup" in groups
    assert "UploadStateMachineLogGroup" in groups


def test_generated_secret_holds_no_value_of_the_template(prod: Template) -> None:
    secrets = prod.of_type("AWS::SecretsManager::Secret")

    assert set(secrets) == {"DatabaseSecret", "ReportLinkSecret"}
    for name, secret in secrets.items():
        assert "SecretString" not in secret, name
        assert secret["GenerateSecretString"]["PasswordLength"] >= 32, name
