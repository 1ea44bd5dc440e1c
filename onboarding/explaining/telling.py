"""What several diagnoses need: who failed and why, which command fixes it, and the words for both."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta

from onboarding.explaining.causes import Cause, Diagnosis
from onboarding.explaining.facts import DATABASE, ExecutionFacts, Feed, Place, Story
from onboarding.explaining.words import shortened

_GONE = "The file is gone, or another one stands in its place: ask the vendor to hand it in again."
FRESH = timedelta(seconds=30)
"""For so long nothing is wrong with an upload that is not done yet."""
_SECTION_OF_FEED = {
    "csv-parser": "upload-event-queue-age",
    "product-validator": "iterator-age",
    "error-processor": "error-queue-age",
}


def redrive(story: Story, what: str, upload: str = "") -> str:
    """Return the command that processes again what failed: all of a kind, or one upload or file."""
    which = f" UPLOAD={quoted(upload)}" if upload else ""
    return f"make redrive WHAT={what}{which} STAGE={story.stage}"


def file_again(story: Story, fix_first: str | None = None) -> tuple[str | None, str | None]:
    """Return the command that has the upload's file taken in again, and what comes before it.

    The command takes the newest version of a key: when that is another file, there is none.
    """
    if story.stored is not None and story.stored.is_newest:
        return redrive(story, "file", story.stored.key), fix_first
    return None, f"{fix_first} {_GONE}" if fix_first else _GONE


def register(story: Story) -> str:
    """Return the command that makes the vendor's topic and its subscription anew."""
    record = story.recorded
    name = quoted(record.vendor_name) if record and record.vendor_name else "…"
    email = quoted(record.vendor_email) if record and record.vendor_email else "…"
    return f"make register VENDOR={story.identity.vendor_id} NAME={name} EMAIL={email} STAGE={story.stage}"


def quoted(value: str) -> str:
    """Return the value as the shell and then make take it: make expands dollar signs."""
    return shlex.quote(value).replace("$", "$$")


def stopped_feed(story: Story, function: str) -> Feed | None:
    """Return the function's event source mapping if it is switched off."""
    return next((feed for feed in story.feeds if feed.function == function and feed.is_stopped), None)


def why(story: Story, function: str) -> str | None:
    """Return the last failure that the function logged: about the upload, else about none at its time."""
    lines = [line for line in story.logs if line.function == function and line.is_failure]
    ours = [line for line in lines if line.names_upload] or lines
    return shortened(ours[-1].text) if ours else None


def because(story: Story, function: str, otherwise: str = "") -> str:
    """Return why in brackets, from the function's log or else as given; nothing if neither is known."""
    failure = why(story, function)
    found = f"{function}: {failure}" if failure else shortened(otherwise)
    return f" ({found})" if found else ""


def is_fresh(story: Story, execution: ExecutionFacts) -> bool:
    """Return whether the upload has had too little time for anything to be wrong."""
    return story.now - execution.started_at < FRESH


def takes_over(story: Story, execution: ExecutionFacts) -> str:
    """Say when the upload is recovered if nobody does anything."""
    entered = execution.steps[-1].entered_at if execution.steps else execution.started_at
    if story.wait_seconds is None:
        return "the reconciler takes over when the wait is over"
    return f"the reconciler takes over at {clock(entered + timedelta(seconds=story.wait_seconds))}"


def clock(moment: datetime) -> str:
    """Return the time as operators read it."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def database_down(story: Story) -> Diagnosis | None:
    """The database could not be asked, so that nothing else can go on either."""
    reason = story.unknown.get(DATABASE)
    if reason is None:
        return None
    return Diagnosis(
        Cause.DATABASE_DOWN,
        f"The database does not answer ({shortened(reason)}); the pipeline tries until it does, and loses nothing.",
        "make up" if story.stage == "local" else None,
        "Bring the database back: look at its status and its log. One that was paused answers within a minute.",
        "outcome-not-recorded",
    )


def switched_off(story: Story, feed: Feed) -> Diagnosis:
    """Somebody has switched off what brings a function its work."""
    return Diagnosis(
        Cause.FEED_STOPPED,
        f"The event source mapping of {feed.function} is switched off, so that nothing reaches the function.",
        f"make switch-on FUNCTION={feed.function} STAGE={story.stage}",
        section=_SECTION_OF_FEED[feed.function],
    )


def dead_errors(story: Story, begin: str) -> Diagnosis:
    """Messages about the upload died on their way to the error processor; `begin` says how the upload stands."""
    kept = story.kept_at(Place.DEAD_ERRORS)
    return Diagnosis(
        Cause.DEAD_LETTER,
        f"{begin} {kept.ours} of its messages to the error processor died{because(story, 'error-processor')}.",
        redrive(story, "errors"),
        "Fix why the error processor failed.",
        "error-dead-letter-queue",
    )
