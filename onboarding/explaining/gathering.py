"""Asks every part of a stage what it knows about one upload. Nothing is changed by asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from onboarding.explaining import executions, logs, waiting
from onboarding.explaining.facts import (
    DATABASE,
    ExecutionFacts,
    Feed,
    Identity,
    Kept,
    LogLine,
    Place,
    StagedFacts,
    StoredObject,
    Story,
    TrackerFacts,
)
from onboarding.explaining.identities import UPLOAD_ID, cleaned, completed, digest_of, of_record, of_tracker, s3_record
from onboarding.stores.staging import StagingTable
from onboarding.stores.upload_search import Found
from onboarding.uploads import WATCHED_PREFIXES, Upload

T = TypeVar("T")

FED_FUNCTIONS = ("csv-parser", "product-validator", "error-processor", "undelivered-uploads")
_MOST_PAGES = 10
_NOT_FOUND = ("404", "NoSuchKey", "NoSuchVersion", "NotFound")


class LedgerUnavailableError(RuntimeError):
    """The database could not be asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Places:
    """The names of a stage's resources."""

    stage: str
    service: str
    bucket: str
    failure_bucket: str
    staging_table: str
    staging_shards: int
    state_machine_arn: str
    queues: Mapping[Place, str]
    """Their URLs; a place that is no queue is missing."""

    @classmethod
    def of_outputs(cls, outputs: Mapping[str, str], service: str, stage: str) -> Places:
        """Return those of a stack with these outputs."""
        return cls(
            stage=stage,
            service=service,
            bucket=outputs["UploadBucketName"],
            failure_bucket=outputs["StreamFailureBucketName"],
            staging_table=outputs["StagingTableName"],
            staging_shards=int(outputs["StagingShards"]),
            state_machine_arn=outputs["UploadStateMachineArn"],
            queues={
                Place.EVENTS: outputs["UploadEventQueueUrl"],
                Place.DEAD_EVENTS: outputs["UploadEventDeadLetterQueueUrl"],
                Place.KEPT_EVENTS: outputs["UndeliveredUploadQueueUrl"],
                Place.ERRORS: outputs["ErrorQueueUrl"],
                Place.DEAD_ERRORS: outputs["ErrorDeadLetterQueueUrl"],
                Place.ENDS: outputs["UnannouncedEndQueueUrl"],
            },
        )

    def function(self, name: str) -> str:
        return f"{self.service}-{self.stage}-{name}"


@dataclass(slots=True)
class _Unknown:
    """What could not be asked, and why: a story with a hole in it is better than none in an outage."""

    reasons: dict[str, str] = field(default_factory=dict)

    def ask(self, what: str, question: Callable[[], T], otherwise: T) -> T:
        try:
            return question()
        except LedgerUnavailableError as error:
            self.reasons[DATABASE] = str(error)[:300]
        except (ClientError, BotoCoreError) as error:
            self.reasons[what] = str(error)[:300]
        return otherwise


@dataclass(frozen=True, slots=True)
class Gathering:
    """`client` returns a client of an AWS service by its name, such as `boto3.client`.

    `ledger` returns what the database knows of an id, key or file name; it raises LedgerUnavailableError.
    """

    client: Callable[[str], Any]
    places: Places
    ledger: Callable[[str], Found]

    def story(self, name: str, now: datetime) -> Story:
        """Return the story of the upload that is meant by its id, its execution's name, its S3 key or its file name."""
        unknown = _Unknown()
        wanted = cleaned(name, self.places.bucket)
        found = unknown.ask("upload finder", lambda: self.ledger(wanted), Found(None))
        identity = of_record(found) or self._search(wanted, unknown)
        if identity.upload_id not in (None, wanted) and found.recorded is None and not unknown.reasons:
            found = unknown.ask("upload finder", lambda: self.ledger(str(identity.upload_id)), Found(None))
        upload_id = identity.upload_id
        ran: tuple[ExecutionFacts, ...] = (
            () if upload_id is None else unknown.ask("executions", lambda: self._executions(upload_id), ())
        )
        tracked = None if upload_id is None else unknown.ask("tracker", lambda: self._tracker(upload_id), None)
        identity = completed(identity, found, ran, tracked)
        return self._told(
            Story(name, self.places.stage, now, identity, found.recorded, found.others), ran, tracked, unknown
        )

    def _told(
        self,
        story: Story,
        ran: tuple[ExecutionFacts, ...],
        tracked: tuple[TrackerFacts, Identity] | None,
        unknown: _Unknown,
    ) -> Story:
        """Return the story with everything that is asked for by id, key or time."""
        identity = story.identity
        story = replace(story, executions=ran, tracker=tracked[0] if tracked else None)
        stored = unknown.ask("file", lambda: self._stored(identity), None) if identity.s3_key else None
        is_known = bool(ran or tracked or story.recorded or stored)
        step_functions = self.client("stepfunctions")
        return replace(
            story,
            stored=stored,
            staged=unknown.ask("staged rows", lambda: self._staged(identity.upload_id), StagedFacts()),
            kept=unknown.ask("queues", lambda: self._kept(identity), ()) if is_known else (),
            feeds=unknown.ask("event source mappings", self._feeds, ()) if is_known else (),
            logs=unknown.ask("logs", lambda: self._logs(story, stored), ()) if is_known else (),
            announced_prefixes=unknown.ask("bucket", self._announced_prefixes, None) if stored and not ran else None,
            wait_seconds=unknown.ask(
                "state machine", lambda: executions.wait_seconds(step_functions, self.places.state_machine_arn), None
            ),
            unknown=unknown.reasons,
        )

    # Who is meant?

    def _search(self, wanted: str, unknown: _Unknown) -> Identity:
        """Return which upload is meant by a name that the database does not know, or does not tell."""
        if UPLOAD_ID.fullmatch(wanted):
            return Identity(upload_id=wanted)
        stored = unknown.ask("file", lambda: self._newest_object(wanted), None)
        if stored is None:
            return Identity()
        return self._identity_of_object(stored, unknown)

    def _identity_of_object(self, stored: StoredObject, unknown: _Unknown) -> Identity:
        digest = digest_of(self.places.bucket, stored.key, stored.version)
        upload_id = unknown.ask(
            "executions",
            lambda: executions.find_upload_id(self.client("stepfunctions"), self.places.state_machine_arn, digest),
            None,
        )
        upload = Upload.from_s3_record(s3_record(self.places.bucket, stored))
        if upload_id is None and UPLOAD_ID.fullmatch(stored.key.split("/")[-2]):
            upload_id = stored.key.split("/")[-2]  # announced by the API
        return Identity(
            upload_id=upload_id,
            vendor_id=upload.vendor_id,
            file_name=stored.key.rpartition("/")[2],
            s3_key=stored.key,
            object_version=stored.version,
            mode=upload.mode,
            is_preview=upload.is_preview,
            uploaded_at=stored.stored_at,
        )

    def _newest_object(self, wanted: str) -> StoredObject | None:
        """Return the object of this key, or the newest one whose key ends in this file name."""
        s3 = self.client("s3")
        if wanted.startswith(WATCHED_PREFIXES):
            return self._head(wanted)
        newest: Mapping[str, Any] | None = None
        for prefix in WATCHED_PREFIXES:
            pages = s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.places.bucket, Prefix=prefix, PaginationConfig={"MaxItems": 1000 * _MOST_PAGES}
            )
            for page in pages:
                for entry in page.get("Contents", []):
                    if entry["Key"].rpartition("/")[2] == wanted and (
                        newest is None or entry["LastModified"] > newest["LastModified"]
                    ):
                        newest = entry
        return None if newest is None else self._head(newest["Key"])

    # What is there?

    def _stored(self, identity: Identity) -> StoredObject | None:
        stored, newest = self._head(str(identity.s3_key), identity.object_version), self._head(str(identity.s3_key))
        return stored and replace(stored, is_newest=newest is not None and newest.version == stored.version)

    def _head(self, key: str, version: str | None = None) -> StoredObject | None:
        which = {"VersionId": version} if version not in (None, "null") else {}
        try:
            found = self.client("s3").head_object(Bucket=self.places.bucket, Key=key, **which)
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_FOUND:
                return None
            raise
        stored_at = found["LastModified"].astimezone(UTC)
        return StoredObject(key, found.get("VersionId") or "null", found["ContentLength"], stored_at)

    def _announced_prefixes(self) -> tuple[str, ...]:
        """Return what the bucket announces to the upload event queue, by prefix."""
        configuration = self.client("s3").get_bucket_notification_configuration(Bucket=self.places.bucket)
        return tuple(
            rule["Value"]
            for queue in configuration.get("QueueConfigurations", [])
            for rule in queue.get("Filter", {}).get("Key", {}).get("FilterRules", [])
            if rule["Name"].lower() == "prefix"
        )

    def _executions(self, upload_id: str) -> tuple[ExecutionFacts, ...]:
        machine = self.places.state_machine_arn
        return tuple(executions.read_executions(self.client("stepfunctions"), machine, upload_id))

    def _tracker(self, upload_id: str) -> tuple[TrackerFacts, Identity] | None:
        item = self.client("dynamodb").get_item(
            TableName=self.places.staging_table,
            Key={"upload_id": {"S": upload_id}, "record_id": {"S": "#upload"}},
            ConsistentRead=True,
        )
        return of_tracker(item["Item"]) if "Item" in item else None

    def _staged(self, upload_id: str | None) -> StagedFacts:
        if upload_id is None:
            return StagedFacts()
        table = StagingTable(self.client("dynamodb"), self.places.staging_table, shards=self.places.staging_shards)
        return StagedFacts(*table.count_items(upload_id))

    def _feeds(self) -> tuple[Feed, ...]:
        client = self.client("lambda")
        return tuple(
            Feed(function, mapping["UUID"], mapping["State"])
            for function in FED_FUNCTIONS
            for mapping in client.list_event_source_mappings(FunctionName=self.places.function(function))[
                "EventSourceMappings"
            ]
        )

    def _kept(self, identity: Identity) -> tuple[Kept, ...]:
        sqs, queues = self.client("sqs"), self.places.queues
        return (
            *(waiting.count(sqs, place, queues[place]) for place in (Place.EVENTS, Place.DEAD_EVENTS, Place.ERRORS)),
            *(
                waiting.look_into(sqs, place, queues[place], identity)
                for place in (Place.KEPT_EVENTS, Place.DEAD_ERRORS, Place.ENDS)
            ),
            waiting.look_into_bucket(self.client("s3"), self.places.failure_bucket, identity),
        )

    def _logs(self, story: Story, stored: StoredObject | None) -> tuple[LogLine, ...]:
        uploaded_at = story.identity.uploaded_at or (stored.stored_at if stored else story.now)
        return logs.trouble_in(
            self.client("logs"), self.places.function, story.identity.upload_id, logs.window(story, uploaded_at)
        )
