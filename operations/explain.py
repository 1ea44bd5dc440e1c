"""Tells the whole story of one upload on one screen, with what is wrong and what fixes it. See docs/runbook.md."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from onboarding.explaining.causes import NOTHING_TO_DO, Diagnosis
from onboarding.explaining.diagnosis import diagnose
from onboarding.explaining.facts import Step, Story
from onboarding.explaining.gathering import Gathering, LedgerUnavailableError, Places
from onboarding.explaining.words import shortened
from onboarding.stores.upload_search import Found

_SERVICE = "product-onboarding"
_MOST_LOG_LINES = 8
_CAUSE_CHARACTERS = 160


class Explaining:
    """Asks a deployed stage about its uploads."""

    def __init__(self, session: Any, stage: str, outputs: Mapping[str, str]) -> None:
        self._session = session
        self._places = Places.of_outputs(outputs, _SERVICE, stage)
        self._clients: dict[str, Any] = {}

    def story(self, name: str) -> Story:
        """Return the story of the upload of this id, execution name, S3 key or file name."""
        return Gathering(self._client, self._places, self._ledger).story(name, datetime.now(UTC))

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._session.client(service)
        return self._clients[service]

    def _ledger(self, name: str) -> Found:
        """Ask the upload finder: the database cannot be reached from outside."""
        response = self._client("lambda").invoke(
            FunctionName=self._places.function("upload-finder"), Payload=json.dumps({"name": name})
        )
        text = response["Payload"].read().decode(errors="replace")
        answer = json.loads(text) if text else {}
        if response.get("FunctionError"):
            raise LedgerUnavailableError(str(answer.get("errorMessage") or answer))
        return Found.from_document(answer)


def as_json(story: Story, diagnosis: Diagnosis) -> str:
    """Return story and diagnosis as one JSON text."""
    return json.dumps({"diagnosis": asdict(diagnosis), **story.as_document()}, indent=2)


def as_text(story: Story, diagnosis: Diagnosis, runbook: str) -> str:
    """Return the story as operators read it: what it is, what happened, what is left, what to do.

    `runbook` is the runbook's address.
    """
    verdict = _verdict(diagnosis, runbook)
    parts = (_identity(story), _rows(story), _executions(story), _places(story), _logs(story), verdict)
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part)


def _identity(story: Story) -> Iterator[str]:
    identity, record = story.identity, story.recorded
    yield identity.upload_id or story.asked
    if story.others:
        more = ", ".join(story.others[:3])
        yield f"  {len(story.others)} older uploads are called {story.asked} as well: {more}"
    if identity.vendor_id:
        vendor = "" if record is None else f" ({record.vendor_name or 'not registered'}"
        status = "" if record is None or record.vendor_status in (None, "active") else f", {record.vendor_status}"
        yield f"  vendor      {identity.vendor_id}{vendor}{status}{')' if vendor else ''}"
    if identity.s3_key:
        size = f", {story.stored.size:,} bytes" if story.stored else ", no longer in the bucket"
        yield f"  file        {identity.s3_key}{size}"
    if identity.mode:
        yield f"  mode        {identity.mode}{', checked only (preview)' if identity.is_preview else ''}"
    if identity.uploaded_at:
        yield f"  uploaded    {_clock(identity.uploaded_at)}"
    if record:
        usual = "not read" if record.total_records is None else "the default way"
        reading = (record.read_as or usual).removeprefix("Read as: ")
        yield f"  read as     {reading}"
        yield f"  status      {record.status}{', ' + record.failure_reason if record.failure_reason else ''}"


def _rows(story: Story) -> Iterator[str]:
    record, staged = story.recorded, story.staged
    if record is None and not staged.rows:
        return
    yield "Rows"
    if record:
        total = "not counted" if record.total_records is None else f"{record.total_records} in the file"
        opened = "" if record.open_records is None else f", {record.open_records} open"
        yield f"  ledger      {total}: {record.valid_records} valid, {record.error_records} invalid{opened}"
        if record.mode == "update":
            yield (
                f"  changes     {record.changed_records} changed, {record.unchanged_records} unchanged, "
                f"{record.superseded_records} superseded"
            )
        if record.codes:
            yield f"  errors      {', '.join(f'{code} in {rows}' for code, rows in record.codes.items())}"
    yield f"  staging     {staged.rows} rows; outcomes kept there: {staged.validated} valid, {staged.error} invalid"


def _executions(story: Story) -> Iterator[str]:
    if not story.executions:
        yield "Executions: none"
        return
    for execution in story.executions:
        yield f"Execution {execution.name}: {execution.status}"
        worked = [step for step in execution.steps if step.tries or step is execution.steps[-1]]
        yield from (f"  {line}" for step in worked for line in _step(step, story.now))
        if execution.cause:
            yield f"  cause: {shortened(execution.cause, _CAUSE_CHARACTERS)}"
        yield f"  {execution.console_url}"


def _step(step: Step, now: datetime) -> Iterator[str]:
    took = max(((step.left_at or now) - step.entered_at).total_seconds(), 0)
    tries = f", {step.tries} tries" if step.tries > 1 else ""
    still = "" if step.left_at or not step.tries else ", still there"
    yield f"{step.entered_at:%H:%M:%S}  {step.state}  {took:.1f} s{tries}{still}"
    for cause in dict.fromkeys(step.causes):
        times = step.causes.count(cause)
        yield f"          failed{f' {times} times' if times > 1 else ''}: {shortened(cause, _CAUSE_CHARACTERS)}"


def _places(story: Story) -> Iterator[str]:
    lines = [
        f"  {kept.place}: {kept.count}{'' if kept.ours is None else f', {kept.ours} about this upload'}"
        f"{f', {len(kept.nameless)} that name no upload' if kept.nameless else ''}"
        for kept in story.kept
        if kept.count
    ]
    lines += [f"  event source mapping of {feed.function}: {feed.state}" for feed in story.feeds if feed.is_stopped]
    lines += [f"  {what} could not be asked: {reason}" for what, reason in story.unknown.items()]
    if lines:
        yield "Waiting or dead"
        yield from lines


def _logs(story: Story) -> Iterator[str]:
    if not story.logs:
        return
    yield "Log lines of warnings and errors"
    for line in story.logs[-_MOST_LOG_LINES:]:
        yield f"  {line.at:%H:%M:%S}  {line.function}  {line.level}  {shortened(line.text, _CAUSE_CHARACTERS)}"


def _verdict(diagnosis: Diagnosis, runbook: str) -> Iterator[str]:
    yield f"Diagnosis: {diagnosis.cause}"
    yield f"  {diagnosis.sentence}"
    if diagnosis.fix_first:
        yield f"  First: {diagnosis.fix_first}"
    yield f"  {'Then: ' if diagnosis.fix_first else 'Do:   '} {diagnosis.command or NOTHING_TO_DO}"
    yield f"  More:  {runbook}#{diagnosis.section}"


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def explain(session: Any, stage: str, outputs: Mapping[str, str], name: str, *, in_json: bool) -> str:
    """Return what there is to say about the upload that `name` means."""
    story = Explaining(session, stage, outputs).story(name)
    diagnosis = diagnose(story)
    return as_json(story, diagnosis) if in_json else as_text(story, diagnosis, outputs["RunbookUrl"])
