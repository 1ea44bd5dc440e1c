"""What the operators' routes work with, made once for each function environment."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import psycopg2

from api.services import DATABASE_PATIENCE_SECONDS
from onboarding.config import AdminApiConfig
from onboarding.explaining.facts import Place
from onboarding.explaining.gathering import Gathering, LedgerUnavailableError, Places
from onboarding.operating.admitting import Admitting
from onboarding.operating.categories import CategoryKeeping
from onboarding.operating.journal import Journal
from onboarding.operating.redriving import Executions
from onboarding.operating.system import Machinery, Queue
from onboarding.registration import AccessManager, InvalidVendorError
from onboarding.stores import upload_search
from onboarding.stores.access import AccessTable
from onboarding.stores.database import Database
from onboarding.stores.upload_search import Found

INVALID_ADDRESS = "InvalidParameter"
"""What SNS and the user pool call an address that they do not take, though it looks like one."""


class RegistrarRefusedError(RuntimeError):
    """The vendor registrar did not do what it was asked; the message is its own."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind

    @property
    def is_about_the_request(self) -> bool:
        """Tell whether the vendor is to blame for it as it was described, and no part of the service."""
        return self.kind == InvalidVendorError.__name__ or INVALID_ADDRESS in str(self)


@dataclass(frozen=True, slots=True)
class Registrar:
    """The function that writes vendors and their topics (handlers/vendor_registrar.py)."""

    functions: Any
    name: str

    def ask(self, **event: str) -> dict[str, Any]:
        """Have it do what the event says and return its answer. Raises RegistrarRefusedError."""
        response = self.functions.invoke(FunctionName=self.name, Payload=json.dumps(event))
        answer: dict[str, Any] = json.loads(response["Payload"].read())
        if "FunctionError" in response:
            raise RegistrarRefusedError(answer.get("errorMessage", "no answer"), answer.get("errorType", ""))
        return answer


@dataclass(frozen=True, slots=True)
class AdminServices:
    config: AdminApiConfig
    database: Database
    access: AccessTable
    client: Callable[[str], Any]
    """Returns the AWS client of this name, made when it is first needed: few requests ask more than the database."""

    machinery: Callable[[], Machinery]
    """Returns what looks at the machinery, made when it is first needed: few requests do."""

    stories: Gathering
    """What asks every part of the stage about one upload."""

    @property
    def access_manager(self) -> AccessManager:
        return AccessManager(self.client("lambda"), self.config.access_manager_name)

    @property
    def registrar(self) -> Registrar:
        return Registrar(self.client("lambda"), self.config.vendor_registrar_name)

    @property
    def executions(self) -> Executions:
        return Executions(self.client("stepfunctions"), self.config.upload_state_machine_arn)

    def categories(self, actor: str) -> CategoryKeeping:
        return CategoryKeeping(self.database, actor)

    def admitting(self, actor: str) -> Admitting:
        return Admitting(self.access_manager, self.journal, actor)

    @property
    def journal(self) -> Journal:
        return Journal(self.database)


def admin_services_of(config: AdminApiConfig) -> AdminServices:
    """Return the services of a function with this configuration."""
    client = functools.cache(boto3.client)
    database = Database(config, DATABASE_PATIENCE_SECONDS)
    return AdminServices(
        config=config,
        database=database,
        access=AccessTable(client("dynamodb"), config.access_table_name),
        client=client,
        machinery=functools.cache(lambda: machinery_of(config)),
        stories=Gathering(client, places_of(config), functools.partial(_ledger, database)),
    )


def places_of(config: AdminApiConfig) -> Places:
    """Return where the stage keeps what there is to know about an upload."""
    return Places(
        stage=config.stage,
        service=config.alarm_name_prefix.removesuffix(f"-{config.stage}-"),
        bucket=config.upload_bucket_name,
        failure_bucket=config.stream_failure_bucket_name,
        staging_table=config.staging_table_name,
        staging_shards=int(config.staging_shards),
        state_machine_arn=config.upload_state_machine_arn,
        queues={
            Place.EVENTS: config.upload_event_queue_url,
            Place.DEAD_EVENTS: config.upload_event_dead_letter_queue_url,
            Place.KEPT_EVENTS: config.undelivered_upload_queue_url,
            Place.ERRORS: config.error_queue_url,
            Place.DEAD_ERRORS: config.error_dead_letter_queue_url,
            Place.ENDS: config.unannounced_end_queue_url,
        },
    )


def _ledger(database: Database, name: str) -> Found:
    try:
        return database.run(lambda cursor: upload_search.search(cursor, name))
    except psycopg2.Error as error:
        raise LedgerUnavailableError(str(error).strip()) from error


def machinery_of(config: AdminApiConfig) -> Machinery:
    """Return what looks at the queues and alarms of this stage."""
    return Machinery(
        sqs=boto3.client("sqs"),
        cloudwatch=boto3.client("cloudwatch"),
        s3=boto3.client("s3"),
        queues=(
            Queue("upload event queue", config.upload_event_queue_url, False, "upload-event-queue-age"),
            Queue(
                "upload event dead-letter queue",
                config.upload_event_dead_letter_queue_url,
                True,
                "undelivered-uploads",
            ),
            Queue("undelivered upload queue", config.undelivered_upload_queue_url, True, "undelivered-uploads"),
            Queue("error queue", config.error_queue_url, False, "error-queue-age"),
            Queue("error dead-letter queue", config.error_dead_letter_queue_url, True, "error-dead-letter-queue"),
            Queue("unannounced end queue", config.unannounced_end_queue_url, True, "unannounced-end"),
        ),
        failure_bucket=config.stream_failure_bucket_name,
        alarm_prefix=config.alarm_name_prefix,
    )
