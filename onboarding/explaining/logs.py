"""Log lines of errors about one upload, and those of its time that name no upload."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from onboarding.explaining.facts import LogLine, Story

FUNCTIONS = (
    "csv-parser",
    "undelivered-uploads",
    "product-validator",
    "error-processor",
    "reconciler",
    "outcome-recorder",
)
_LEVELS = ("WARNING", "ERROR", "CRITICAL")
_OF_A_BATCH = "Record processing exception; skipping this record: "
"""How Powertools begins the line about a message of a batch that failed."""
_BEFORE = timedelta(seconds=5)
_AFTER = timedelta(minutes=5)
_MOST_EVENTS = 500
_MOST_LINES = 30
_TEXT_CHARACTERS = 600
_DIED = ("ERROR", '"Task timed out"', '"Runtime exited"')
"""How Lambda itself says that a function failed; it knows no upload ids."""


def window(story: Story, uploaded_at: datetime) -> tuple[datetime, datetime]:
    """Return the time in which something may have been logged about the upload."""
    ends = [execution.stopped_at for execution in story.executions]
    if not ends or None in ends:
        return uploaded_at - _BEFORE, story.now
    first = min(uploaded_at, *(execution.started_at for execution in story.executions))
    return first - _BEFORE, max(end for end in ends if end is not None) + _AFTER


def trouble_in(
    logs: Any, function_name: Callable[[str], str], upload_id: str | None, between: tuple[datetime, datetime]
) -> tuple[LogLine, ...]:
    """Return the lines in order of time: warnings and errors about the upload, and failures that name no upload."""
    found: dict[tuple[str, str], LogLine] = {}
    for function in FUNCTIONS:
        patterns = _DIED if upload_id is None else (f'"{upload_id}"', *_DIED)
        for pattern in patterns:
            for event in _events(logs, f"/aws/lambda/{function_name(function)}", pattern, between):
                for line in _lines(function, event, upload_id):
                    found.setdefault((function, f"{line.at.isoformat()}{line.text}"), line)
    return tuple(sorted(found.values(), key=lambda line: line.at))[-_MOST_LINES:]


def _events(logs: Any, group: str, pattern: str, between: tuple[datetime, datetime]) -> Iterator[Mapping[str, Any]]:
    start, end = (int(moment.timestamp() * 1000) for moment in between)
    try:
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group,
            startTime=start,
            endTime=end,
            filterPattern=pattern,
            PaginationConfig={"MaxItems": _MOST_EVENTS},
        ):
            yield from page["events"]
    except logs.exceptions.ResourceNotFoundException:
        return  # it has not run yet


def _lines(function: str, event: Mapping[str, Any], upload_id: str | None) -> Iterator[LogLine]:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    for text in event["message"].splitlines():
        document = _document(text)
        if document is None:
            if text.startswith("[ERROR]") or "Task timed out" in text or "Runtime exited" in text:
                yield LogLine(at, function, "ERROR", text[:_TEXT_CHARACTERS], names_upload=False, is_failure=True)
        elif document.get("level") in _LEVELS and document.get("upload_id") in (None, upload_id):
            yield LogLine(
                at,
                function,
                document["level"],
                _sentence(document),
                names_upload=document.get("upload_id") is not None,
                is_failure=document["level"] != "WARNING" or "exception" in document,
            )


def _document(text: str) -> Mapping[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, Mapping) else None


def _sentence(document: Mapping[str, Any]) -> str:
    """Return what a structured line says in one line: its message and the last line of its exception."""
    exception = str(document.get("exception") or "").strip().splitlines()
    message = str(document.get("message", "")).strip().removeprefix(_OF_A_BATCH)
    parts = [message, "" if not exception or exception[-1].strip() in message else exception[-1].strip()]
    row = document.get("row_number")
    text = ": ".join(part for part in parts if part)
    return (text if row is None else f"row {row}: {text}")[:_TEXT_CHARACTERS]
