"""What can be known about one upload, wherever it is kept. Facts only: what they mean is said in `diagnosis`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from onboarding.stores.upload_search import Recorded

RUNNING = "RUNNING"
SUCCEEDED = "SUCCEEDED"
DATABASE = "database"
"""What `Story.unknown` calls the database."""
_BEHIND_THE_TROUBLE = re.compile(r" \| (?:Rows|Runbook): ")  # in the cause of a state of failure, statemachines/


class Place(StrEnum):
    """Where something of an upload can wait, or can have died. The values are what operators read."""

    EVENTS = "upload event queue"
    DEAD_EVENTS = "upload event dead-letter queue"
    KEPT_EVENTS = "undelivered upload queue"
    ERRORS = "error queue"
    DEAD_ERRORS = "error dead-letter queue"
    ENDS = "unannounced end queue"
    BATCHES = "stream failure bucket"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which file this is about. Whatever is not known is None."""

    upload_id: str | None = None
    vendor_id: str | None = None
    file_name: str | None = None
    s3_key: str | None = None
    object_version: str | None = None
    mode: str | None = None
    is_preview: bool | None = None
    uploaded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredObject:
    """The object version of the upload in the bucket, or the newest one of the key. Size in bytes."""

    key: str
    version: str
    size: int
    stored_at: datetime
    is_newest: bool = True
    """False when its key has another version since, or was deleted."""


@dataclass(frozen=True, slots=True)
class TrackerFacts:
    """The upload's tracker in the staging table. `file_until` is there as long as an announced file has not come."""

    total_records: int | None
    is_waited_for: bool
    """An execution has left its task token."""
    completion: Mapping[str, Any] | None
    file_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StagedFacts:
    """How many rows the staging table has, and how many outcomes of rows by status (`validated`, `error`)."""

    rows: int = 0
    validated: int = 0
    error: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One stay in a state of the execution. `causes` are those of its failed tries, in order."""

    state: str
    entered_at: datetime
    left_at: datetime | None
    tries: int
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExecutionFacts:
    """An execution of the upload. Input and output are what the state machine says they are."""

    name: str
    arn: str
    status: str
    started_at: datetime
    stopped_at: datetime | None
    error: str | None
    cause: str | None
    input: Mapping[str, Any]
    output: Mapping[str, Any]
    """What `Record Outcome` gave, also where a state of failure came after it; empty as long as nothing is recorded."""
    steps: tuple[Step, ...]

    @property
    def is_running(self) -> bool:
        return self.status == RUNNING

    @property
    def state(self) -> str:
        """The state that it is in, or that it ended in."""
        return self.steps[-1].state if self.steps else ""

    @property
    def console_url(self) -> str:
        """Where the Step Functions console shows it."""
        region = self.arn.split(":")[3]
        return f"https://{region}.console.aws.amazon.com/states/home?region={region}#/v2/executions/details/{self.arn}"

    @property
    def trouble(self) -> str:
        """What went wrong on the way, as `state: error cause`; empty if nothing did."""
        cause = _BEHIND_THE_TROUBLE.split(self.cause or "", maxsplit=1)[0]
        return cause or str(self.output.get("trouble") or "")


@dataclass(frozen=True, slots=True)
class Message:
    """A message that died: enough of it to know what it is, never a row."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What waits in a place, or died there. `count` is everything, `ours` what is about this upload.

    `ours` is None where messages are not looked into: reading from a live queue would count as a delivery.
    """

    place: Place
    count: int
    ours: int | None = None
    nameless: tuple[Message, ...] = ()
    """Messages that name no upload at all."""


@dataclass(frozen=True, slots=True)
class Feed:
    """An event source mapping: what brings a function its work."""

    function: str
    uuid: str
    state: str

    @property
    def is_stopped(self) -> bool:
        return self.state in ("Disabled", "Disabling")


@dataclass(frozen=True, slots=True)
class LogLine:
    """What a function logged about the upload, or at its time about no upload at all."""

    at: datetime
    function: str
    level: str
    text: str
    names_upload: bool
    is_failure: bool
    """It tells an exception, or the death of the function."""


@dataclass(frozen=True, slots=True)
class Story:
    """All of it. `executions` has the first one and its redrives in order; `unknown` says what could not be asked."""

    asked: str
    stage: str
    now: datetime
    identity: Identity
    recorded: Recorded | None = None
    others: tuple[str, ...] = ()
    stored: StoredObject | None = None
    tracker: TrackerFacts | None = None
    staged: StagedFacts = field(default_factory=StagedFacts)
    executions: tuple[ExecutionFacts, ...] = ()
    kept: tuple[Kept, ...] = ()
    feeds: tuple[Feed, ...] = ()
    logs: tuple[LogLine, ...] = ()
    announced_prefixes: tuple[str, ...] | None = None
    """What the bucket announces; None if nobody had to ask."""
    wait_seconds: int | None = None
    """How long an execution waits for the rows before it has the upload recovered."""
    unknown: Mapping[str, str] = field(default_factory=dict)

    @property
    def execution(self) -> ExecutionFacts | None:
        """The latest one, if there is any."""
        return self.executions[-1] if self.executions else None

    @property
    def latest(self) -> ExecutionFacts:
        """The latest execution, for who knows that there is one."""
        return self.executions[-1]

    def kept_at(self, place: Place) -> Kept:
        return next((kept for kept in self.kept if kept.place is place), Kept(place, 0, 0))

    def as_document(self) -> dict[str, Any]:
        """Return it as JSON can hold it: times as ISO 8601."""
        document: dict[str, Any] = _plain(asdict(self))
        for shown, execution in zip(document["executions"], self.executions, strict=True):
            shown["console_url"] = execution.console_url
        return document


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
