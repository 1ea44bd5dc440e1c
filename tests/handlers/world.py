"""The AWS account of handler tests: its resources, the events it sends, and what can be seen in it afterwards."""

import copy
import csv
import functools
import importlib.util
import io
import json
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import quote_plus

import boto3
import pytest
import yaml
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from botocore.exceptions import ClientError

from tests import builders

EVENTS = Path(__file__).parent.parent / "events"
HANDLERS = Path(__file__).parent.parent.parent / "handlers"
STATE_MACHINE = Path(__file__).parent.parent.parent / "statemachines" / "upload.asl.yml"

NAME = "product-onboarding-test"
BUCKET = f"{NAME}-uploads"
STAGING_TABLE = f"{NAME}-staging"
ERROR_QUEUE = f"{NAME}-error-queue"
UPLOAD_EVENT_QUEUE = f"{NAME}-upload-event-queue"
UNDELIVERED_UPLOAD_QUEUE = f"{NAME}-undelivered-upload-queue"
DATABASE_SECRET = f"{NAME}-database"
OWNER_SECRET = f"{NAME}-database-owner"
LINK_SECRET = f"{NAME}-report-link-key"
ACCESS_TABLE = f"{NAME}-access"
USER_POOL_ID = "us-east-1_9c9642c2eb8883d3c6cbf1330133d5e840484513ba128"
ACCESS_MANAGER = f"{NAME}-access-manager"
VENDOR_REGISTRAR = f"{NAME}-vendor-registrar"
UNANNOUNCED_END_QUEUE = f"{NAME}-unannounced-end-queue"
UPLOAD_EVENT_DEAD_LETTER_QUEUE = f"{NAME}-upload-event-dead-letter-queue"
ERROR_DEAD_LETTER_QUEUE = f"{NAME}-error-dead-letter-queue"
FAILURE_BUCKET = f"{NAME}-stream-failures"
STATE_MACHINE_ARN = f"arn:aws:states:us-east-1:123456789012:stateMachine:{NAME}-upload"
VENDOR_TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:vendor-VEND001"
MAILBOX_ARN = f"arn:aws:sqs:us-east-1:123456789012:{NAME}-mailbox"
API_URL = "https://api.example"

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "POWERTOOLS_SERVICE_NAME": "product-onboarding",
    "POWERTOOLS_METRICS_NAMESPACE": "ProductOnboarding",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "DATABASE_SECRET_ARN": DATABASE_SECRET,
    "DATABASE_OWNER_SECRET_ARN": OWNER_SECRET,
    "DATABASE_SSL_MODE": "prefer",
    "STAGING_TABLE_NAME": STAGING_TABLE,
    "STAGING_SHARDS": "4",
    "UPLOAD_STATE_MACHINE_ARN": STATE_MACHINE_ARN,
    "UPLOAD_BUCKET_NAME": BUCKET,
    "ERROR_QUEUE_URL": f"https://sqs.us-east-1.amazonaws.com/123456789012/{ERROR_QUEUE}",
    "UPLOAD_EVENT_QUEUE_URL": f"https://sqs.us-east-1.amazonaws.com/123456789012/{UPLOAD_EVENT_QUEUE}",
    "UNDELIVERED_UPLOAD_QUEUE_URL": f"https://sqs.us-east-1.amazonaws.com/123456789012/{UNDELIVERED_UPLOAD_QUEUE}",
    "REPORT_LINK_SECRET_ARN": LINK_SECRET,
    "REPORT_LINK_BASE_URL": API_URL,
    "VENDOR_TOPIC_PREFIX": f"{NAME}-vendor-",
    "NOTIFICATION_COPY_QUEUE_ARN": MAILBOX_ARN,
    "ACCESS_TABLE_NAME": ACCESS_TABLE,
    "ACCESS_MANAGER_NAME": ACCESS_MANAGER,
    "PORTAL_URL": f"{API_URL}/portal/",
    "VENDOR_REGISTRAR_NAME": VENDOR_REGISTRAR,
    **{
        f"{name}_URL": f"https://sqs.us-east-1.amazonaws.com/123456789012/{queue}"
        for name, queue in (
            ("UPLOAD_EVENT_DEAD_LETTER_QUEUE", UPLOAD_EVENT_DEAD_LETTER_QUEUE),
            ("ERROR_DEAD_LETTER_QUEUE", ERROR_DEAD_LETTER_QUEUE),
            ("UNANNOUNCED_END_QUEUE", UNANNOUNCED_END_QUEUE),
        )
    },
    "STREAM_FAILURE_BUCKET_NAME": FAILURE_BUCKET,
    "ALARM_NAME_PREFIX": f"{NAME}-",
    "STAGE": NAME.rpartition("-")[2],
    "API_KEY_KIND": "test",
    "USER_POOL_ID": USER_POOL_ID,
    "MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY": "HASH",  # the same pool has the same id in every test
    "MOST_OPEN_UPLOADS": "5",
}

CONTEXT = SimpleNamespace(
    function_name="function",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:function",
    aws_request_id="52fdfc07-2182-454f-963f-5f0f9a621d72",
    get_remaining_time_in_millis=lambda: 60_000,
)

Item = dict[str, dict[str, Any]]

_COLUMNS = ("vendor_product_id", "product_name", "category", "sku", "price", "stock_quantity")
csv_of = builders.csv_of


def sample(name: str) -> Any:
    """Return the event sample of this name."""
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def product(n: int, **changed: str) -> dict[str, str]:
    """Return the cells of product n that are required, and three blank ones; keyword arguments replace some."""
    cells = builders.product(n)
    blank = dict.fromkeys(("subcategory", "description", "brand"), "")
    return {**blank, **{column: cells[column] for column in _COLUMNS}, **changed}


class TaskCallbacks:
    """Stands in for SendTaskSuccess and SendTaskFailure, which moto has no tokens for, and records the calls."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.succeeded: list[tuple[str, dict[str, Any]]] = []
        self.failed: list[tuple[str, str]] = []
        self.error: str | None = None
        """The error code that the next calls are answered with."""

    def succeed(self, *, taskToken: str, output: str) -> None:  # noqa: N803
        self._refuse("SendTaskSuccess")
        self.succeeded.append((taskToken, json.loads(output)))

    def fail(self, *, taskToken: str, error: str, cause: str) -> None:  # noqa: N803
        self._refuse("SendTaskFailure")
        assert len(error) <= 256
        assert len(cause) <= 32_768
        self.failed.append((taskToken, error))

    def _refuse(self, operation: str) -> None:
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "Provided task does not exist"}}, operation)


class Functions:
    """The handler modules, imported as Lambda does: once, in an environment that is ready."""

    def __init__(self, callbacks: TaskCallbacks) -> None:
        self.callbacks = callbacks
        self.session = boto3.Session()  # reads the service models once; moto renews the default session for each test
        self._loaded: dict[str, ModuleType] = {}

    @functools.cache  # noqa: B019 - there is one for the whole session
    def client(self, service: str) -> Any:
        """Return the tests' own client of a service."""
        return self.session.client(service)

    def __getattr__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = self.another(name)
        return self._loaded[name]

    def another(self, name: str) -> Any:
        """Return one more execution environment of a function, with its own clients and connection."""

        def client(service: str, **options: Any) -> Any:
            created = self.session.client(service, **options)
            if service == "stepfunctions":
                created.send_task_success = self.callbacks.succeed
                created.send_task_failure = self.callbacks.fail
            if service == "lambda":
                created.invoke = self._invoke
            return created

        spec = importlib.util.spec_from_file_location(f"handlers.{name}", HANDLERS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(boto3, "client", client)
            spec.loader.exec_module(module)
        return module

    def _invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        """Stand in for Lambda, which moto runs in containers only."""
        module = {ACCESS_MANAGER: "access_manager", VENDOR_REGISTRAR: "vendor_registrar"}[FunctionName]
        try:
            answer, failure = getattr(self, module).handler(json.loads(Payload), CONTEXT), {}
        except Exception as error:
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
            failure = {"FunctionError": "Unhandled"}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **failure}


class World:
    """What a test sees: one account with empty resources, one empty database, and the functions between them."""

    def __init__(self, functions: Functions, database: Any) -> None:
        self.functions = functions
        self.callbacks = functions.callbacks
        self.database = database
        client = functions.client
        self.s3 = client("s3")
        self.dynamodb = client("dynamodb")
        self.sqs = client("sqs")
        self.sns = client("sns")
        self.step_functions = client("stepfunctions")
        self.secrets = client("secretsmanager")
        self.cognito = client("cognito-idp")
        self._create_resources()

    def _create_resources(self) -> None:
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.dynamodb.create_table(
            TableName=STAGING_TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("upload_id", "record_id", "tracker_vendor_id", "uploaded_at")
            ],
            KeySchema=[
                {"AttributeName": "upload_id", "KeyType": "HASH"},
                {"AttributeName": "record_id", "KeyType": "RANGE"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "uploads-by-vendor",
                    "KeySchema": [
                        {"AttributeName": "tracker_vendor_id", "KeyType": "HASH"},
                        {"AttributeName": "uploaded_at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        self.error_queue_url = self.sqs.create_queue(QueueName=ERROR_QUEUE)["QueueUrl"]
        self.upload_event_queue_url = self.sqs.create_queue(QueueName=UPLOAD_EVENT_QUEUE)["QueueUrl"]
        self.undelivered_upload_queue_url = self.sqs.create_queue(QueueName=UNDELIVERED_UPLOAD_QUEUE)["QueueUrl"]
        for name in (UPLOAD_EVENT_DEAD_LETTER_QUEUE, ERROR_DEAD_LETTER_QUEUE, UNANNOUNCED_END_QUEUE):
            self.sqs.create_queue(QueueName=name)
        self.s3.create_bucket(Bucket=FAILURE_BUCKET)
        self.sqs.create_queue(QueueName=MAILBOX_ARN.rpartition(":")[2])
        self.sns.create_topic(Name=VENDOR_TOPIC_ARN.rpartition(":")[2])
        self.step_functions.create_state_machine(
            name=STATE_MACHINE_ARN.rpartition(":")[2],
            definition=json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}),
            roleArn="arn:aws:iam::123456789012:role/execution",
        )
        self.dynamodb.create_table(
            TableName=ACCESS_TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        pool = self.cognito.create_user_pool(PoolName=NAME, UsernameAttributes=["email"])["UserPool"]
        assert pool["Id"] == USER_POOL_ID
        owner = {"username": "onboarding", "password": self.database.server.password}
        self.secrets.create_secret(Name=OWNER_SECRET, SecretString=json.dumps(owner))
        self.secrets.create_secret(Name=LINK_SECRET, SecretString="k" * 64)
        self.secrets.create_secret(Name=DATABASE_SECRET, SecretString=json.dumps(self.database.application_secret()))

    # What happens

    def put(self, body: bytes, key: str = "uploads/VEND001/products.csv") -> dict[str, Any]:
        """Store an object and return the S3 event of it."""
        version = self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"]
        event = sample("s3_object_created")
        event["Records"][0]["s3"]["object"] |= {
            "key": quote_plus(key, safe="/"),
            "versionId": version,
            "size": len(body),
        }
        return event

    def upload_of(self, event: dict[str, Any]) -> Any:
        from onboarding.uploads import Upload

        return Upload.from_s3_record(event["Records"][0])

    def stage(self, rows: Sequence[dict[str, str]], key: str = "uploads/VEND001/products.csv") -> Any:
        """Have the parser stage a file of these rows and return the upload."""
        event = self.put(csv_of(rows), key)
        self.parse(event)
        return self.upload_of(event)

    def parse(self, event: dict[str, Any]) -> None:
        """Deliver an S3 event to the parser through its queue. Raises what the parser failed with."""
        try:
            self.functions.csv_parser.handler(self.queued_event(event), CONTEXT)
        except BatchProcessingError as failed:
            _, error, _ = failed.child_exceptions[0]
            assert isinstance(error, BaseException)
            raise error from None

    def queued_event(self, *events: dict[str, Any]) -> dict[str, Any]:
        """Put S3 events into the upload event queue and return the batch in which Lambda gets them."""
        for event in events:
            self.sqs.send_message(QueueUrl=self.upload_event_queue_url, MessageBody=json.dumps(event))
        answer = self.sqs.receive_message(
            QueueUrl=self.upload_event_queue_url, MaxNumberOfMessages=10, VisibilityTimeout=1_080
        )
        batch = sqs_event([message["Body"] for message in answer["Messages"]])
        for record, message in zip(batch["Records"], answer["Messages"], strict=True):
            record["receiptHandle"] = message["ReceiptHandle"]
        return batch

    def validate(self, items: Sequence[Item]) -> Any:
        """Deliver a stream batch to the validator and return its answer."""
        return self.functions.product_validator.handler(stream_event(items), CONTEXT)

    def process_errors(self, event: dict[str, Any] | None = None) -> Any:
        """Deliver an SQS event, or else everything in the queue, to the error processor and return its answer."""
        return self.functions.error_processor.handler(event or sqs_event(self.queued()), CONTEXT)

    def request_report(
        self, upload: Any, error_records: int, token: str = "report-token", *, with_corrections: bool = True
    ) -> Any:
        """Ask for a report as the state machine does."""
        values = {
            "upload_id": upload.upload_id,
            "vendor_id": upload.vendor_id,
            "error_records": error_records,
            "bucket": upload.bucket,
            "s3_key": upload.s3_key,
            "object_version": upload.object_version,
            "mode": upload.mode,
            "with_corrections": with_corrections,
            "task_token": token,
        }
        message = state("Build Error Report")["Arguments"]["MessageBody"]
        body = {name: values[name] if value.startswith("{%") else value for name, value in message.items()}
        return self.process_errors(sqs_event([json.dumps(body)]))

    def wait_for_validation(self, upload: Any, token: str = "validation-token") -> bool:
        """Store a task token as the state machine does; return False when its condition fails."""
        arguments = state("Await Validation")["Arguments"]
        try:
            self.dynamodb.update_item(
                TableName=STAGING_TABLE,
                Key={"upload_id": {"S": upload.upload_id}, "record_id": arguments["Key"]["record_id"]},
                UpdateExpression=arguments["UpdateExpression"],
                ConditionExpression=arguments["ConditionExpression"],
                ExpressionAttributeValues={":token": {"S": token}},
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    # What can be seen

    def staged(self, upload: Any) -> list[Item]:
        """Return the rows of an upload as they were staged, in order."""
        return self._rows(upload, is_outcome=False)

    def outcomes(self, upload: Any) -> list[Item]:
        """Return the items that say what became of rows, in order."""
        return self._rows(upload, is_outcome=True)

    def statuses(self, upload: Any) -> dict[int, str]:
        """Return what the table says of each row: its outcome, or else what it was staged with."""
        items = [*self.staged(upload), *self.outcomes(upload)]
        return {int(item["row_number"]["N"]): item["status"]["S"] for item in items}

    def tracker(self, upload: Any) -> Item:
        key = {"upload_id": {"S": upload.upload_id}, "record_id": {"S": "#upload"}}
        item: Item = self.dynamodb.get_item(TableName=STAGING_TABLE, Key=key).get("Item", {})
        return item

    def completion(self, upload: Any) -> dict[str, Any]:
        """Return what the tracker says about how the upload ended."""
        return json.loads(self.tracker(upload)["completion"]["S"])

    def _rows(self, upload: Any, *, is_outcome: bool) -> list[Item]:
        items = [
            item
            for page in self.dynamodb.get_paginator("scan").paginate(
                TableName=STAGING_TABLE,
                FilterExpression="begins_with(upload_id, :shards)",
                ExpressionAttributeValues={":shards": {"S": f"{upload.upload_id}#"}},
            )
            for item in page["Items"]
            if item["record_id"]["S"].isdigit() is not is_outcome
        ]
        return sorted(items, key=lambda item: int(item["row_number"]["N"]))

    def queued(self, queue_url: str = "") -> list[str]:
        """Take all messages out of a queue, the error queue unless another is named, and return their bodies."""
        url = queue_url or self.error_queue_url
        bodies: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    @property
    def access(self) -> Any:
        """The access table, through a client of the tests' own."""
        from onboarding.stores.access import AccessTable

        return AccessTable(self.dynamodb, ACCESS_TABLE)

    def users(self) -> dict[str, str]:
        """Return the state of everybody in the user pool by e-mail address."""
        found = self.cognito.list_users(UserPoolId=USER_POOL_ID)["Users"]
        return {attributes_of(user)["email"]: user["UserStatus"] for user in found}

    def executions(self) -> list[str]:
        found = self.step_functions.list_executions(stateMachineArn=STATE_MACHINE_ARN)["executions"]
        return [execution["name"] for execution in found]

    def execution_input(self, upload: Any) -> dict[str, Any]:
        """Return what the upload's execution was started with."""
        arn = f"{STATE_MACHINE_ARN.replace(':stateMachine:', ':execution:')}:{upload.upload_id}"
        document: dict[str, Any] = json.loads(self.step_functions.describe_execution(executionArn=arn)["input"])
        return document

    def report(self, upload: Any) -> list[dict[str, str]]:
        """Return the error report's lines."""
        return self._lines(f"errors/{upload.vendor_id}/{upload.upload_id}_errors.csv")

    def corrections(self, upload: Any) -> list[dict[str, str]]:
        """Return the lines of the corrections file of a file with commas."""
        return self._lines(f"errors/{upload.vendor_id}/{upload.upload_id}_corrections.csv")

    def _lines(self, key: str) -> list[dict[str, str]]:
        body = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(body, newline="")))


def attributes_of(user: dict[str, Any]) -> dict[str, str]:
    """Return the attributes of a user of the pool by name."""
    return {each["Name"]: each["Value"] for each in user.get("Attributes") or user["UserAttributes"]}


def stream_event(items: Sequence[Item]) -> dict[str, Any]:
    """Return the stream batch that inserting these items makes."""
    template = sample("dynamodb_stream")["Records"][0]
    records = []
    for position, item in enumerate(items):
        record = copy.deepcopy(template)
        record["eventID"] = f"{position:032x}"
        record["dynamodb"] |= {
            "Keys": {name: item[name] for name in ("upload_id", "record_id")},
            "NewImage": item,
            "SequenceNumber": sequence_number(position),
        }
        records.append(record)
    return {"Records": records}


def sequence_number(position: int) -> str:
    return f"{4421584500000000017450439091 + position}"


def failed_items(*positions: int) -> dict[str, Any]:
    """Return the answer that names these records of a stream batch."""
    return {"batchItemFailures": [{"itemIdentifier": sequence_number(position)} for position in positions]}


def sqs_event(bodies: Sequence[str]) -> dict[str, Any]:
    """Return the event in which Lambda gets these messages."""
    template = sample("sqs_error_rows")["Records"][0]
    return {
        "Records": [
            {**template, "messageId": f"message-{position}", "body": body} for position, body in enumerate(bodies)
        ]
    }


def state(name: str) -> dict[str, Any]:
    """Return a state of the definition that is deployed."""
    return copy.deepcopy(_states()[name])


@functools.cache
def _states() -> dict[str, Any]:
    class Loader(yaml.SafeLoader):
        pass

    # CloudFormation's !Ref and !GetAtt
    Loader.add_multi_constructor("!", lambda loader, suffix, node: {suffix: loader.construct_scalar(node)})
    return yaml.load(STATE_MACHINE.read_text(encoding="utf-8"), Loader)["States"]
