"""Ways to hurt the deployed stack, each undone at the end of its `with` block."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local import stack
from tests.e2e.pipeline import Pipeline

State = dict[str, Any]


@contextmanager
def s3_events_withheld(pipeline: Pipeline) -> Iterator[None]:
    """The bucket announces nothing: files arrive, and no event does until a test delivers one."""
    s3, bucket = pipeline.client("s3"), pipeline.environment.output("UploadBucketName")
    configuration = s3.get_bucket_notification_configuration(Bucket=bucket)
    del configuration["ResponseMetadata"]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    try:
        yield
    finally:
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)


@contextmanager
def mapping_changed(pipeline: Pipeline, function: str, **changes: Any) -> Iterator[None]:
    """The event source mapping of a function has other settings, such as `Enabled=False` or another `BatchSize`."""
    client = pipeline.client("lambda")
    name = pipeline.function_name(function)
    (mapping,) = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    before = {"Enabled": mapping["State"] == "Enabled", "BatchSize": mapping["BatchSize"]}
    client.update_event_source_mapping(UUID=mapping["UUID"], **changes)
    try:
        yield
    finally:
        client.update_event_source_mapping(UUID=mapping["UUID"], **before)


@contextmanager
def states_changed(pipeline: Pipeline, changes: Mapping[str, State]) -> Iterator[None]:
    """Executions started meanwhile find other fields in these states, such as a shorter timeout."""
    client, arn = pipeline.client("stepfunctions"), pipeline.environment.output("UploadStateMachineArn")
    deployed = client.describe_state_machine(stateMachineArn=arn)["definition"]
    definition = json.loads(deployed)
    for state, fields in changes.items():
        definition["States"][state] |= fields
    client.update_state_machine(stateMachineArn=arn, definition=json.dumps(definition))
    try:
        yield
    finally:
        client.update_state_machine(stateMachineArn=arn, definition=deployed)


@contextmanager
def permission_removed(pipeline: Pipeline, function: str, action: str) -> Iterator[None]:
    """The role of a function no longer allows an action."""
    iam = pipeline.client("iam")
    configuration = pipeline.client("lambda").get_function_configuration(FunctionName=pipeline.function_name(function))
    role = configuration["Role"].rpartition("/")[2]
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    kept = [_without(statement, action) for statement in document["Statement"]]
    assert kept != document["Statement"], f"{role} does not allow {action} anyway"
    poorer = document | {"Statement": [statement for statement in kept if statement["Action"]]}
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(poorer))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))


def _without(statement: Mapping[str, Any], action: str) -> dict[str, Any]:
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    return {**statement, "Action": [allowed for allowed in actions if allowed != action]}


@contextmanager
def failed_messages_return_at_once(pipeline: Pipeline, output: str = "ErrorQueueUrl") -> Iterator[None]:
    """A queue, the error queue unless another is named, gives a message that failed back after six seconds.

    Less, and a slow machine gets messages again while it is still at work on them.
    """
    sqs, queue = pipeline.client("sqs"), pipeline.environment.output(output)
    name = "VisibilityTimeout"
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={name: "6"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={name: before})


@contextmanager
def variable_removed(pipeline: Pipeline, function: str, name: str) -> Iterator[None]:
    """A function lacks a variable, so that it dies before it can look at any event."""
    client, function_name = pipeline.client("lambda"), pipeline.function_name(function)
    deployed = client.get_function_configuration(FunctionName=function_name)["Environment"]["Variables"]
    poorer = {each: value for each, value in deployed.items() if each != name}
    assert poorer != deployed, f"{function} does not have {name} anyway"
    client.update_function_configuration(FunctionName=function_name, Environment={"Variables": poorer})
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=function_name, Environment={"Variables": deployed})


@contextmanager
def product_breaks_the_database(pipeline: Pipeline, sku: str) -> Iterator[None]:
    """A bug nobody has foreseen: the database does not take one product, every time."""
    pipeline.query("ALTER TABLE products ADD CONSTRAINT broken_on_purpose CHECK (sku <> %s) NOT VALID", sku)
    try:
        yield
    finally:
        pipeline.query("ALTER TABLE products DROP CONSTRAINT broken_on_purpose")


@contextmanager
def database_killed(pipeline: Pipeline) -> Iterator[None]:
    """The database is cut off without a shutdown, and comes back at the end."""
    server = stack.database(pipeline.settings)
    server.stop(immediate=True)
    try:
        yield
    finally:
        server.start()
