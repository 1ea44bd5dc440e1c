"""What is wrong with an upload whose execution is running."""

from __future__ import annotations

from onboarding.explaining.causes import Cause, Diagnosis
from onboarding.explaining.facts import Place, Story
from onboarding.explaining.telling import (
    because,
    dead_errors,
    is_fresh,
    redrive,
    stopped_feed,
    switched_off,
    takes_over,
    why,
)
from onboarding.explaining.words import shortened

_USUAL_OVERTAKINGS = 3
"""So often the request for the report may come before its rows without anything being wrong."""
_TRIED_AGAIN: dict[str, tuple[Cause, str | None, str]] = {
    "Recover Stalled Upload": (Cause.RECOVERY_FAILED, "reconciler", "stalled-upload-abandoned"),
    "Restore Error Rows": (Cause.RECOVERY_FAILED, "reconciler", "error-report-missing"),
    "Record Outcome": (Cause.OUTCOME_FAILED, "outcome-recorder", "outcome-not-recorded"),
    "Notify Vendor": (Cause.EMAIL_REFUSED, None, "vendor-not-notified"),
}
"""States that are tried again for long: what is wrong when they fail, who works in them, the runbook's section."""


def feed_stopped(story: Story) -> Diagnosis | None:
    """Nothing reaches one of the functions."""
    for function in ("csv-parser", "product-validator", "error-processor"):
        if stopped := stopped_feed(story, function):
            return switched_off(story, stopped)
    return None


def rows_missing(story: Story) -> Diagnosis | None:
    """While the execution waits for the rows: who has not done its part?"""
    execution = story.latest
    if execution.state != "Await Validation":
        return None
    later = takes_over(story, execution)
    again = redrive(story, "rows", str(story.identity.upload_id))
    kept = story.kept_at(Place.KEPT_EVENTS)
    if kept.ours:
        return Diagnosis(
            Cause.PARSER_FAILED,
            f"The parser failed three times on the upload's event{because(story, 'csv-parser')}; {later}.",
            redrive(story, "events"),
            "Fix why the parser failed.",
            "undelivered-uploads",
        )
    if story.kept_at(Place.BATCHES).ours:
        return Diagnosis(
            Cause.ROWS_BREAK_THE_CODE,
            f"The validator gave up batches of its rows{because(story, 'product-validator')}; {later}.",
            redrive(story, "stream"),
            "Fix why the validator failed.",
            "iterator-age",
        )
    total = story.recorded.total_records if story.recorded else None
    if total is None or story.staged.rows < total:
        return _not_staged(story, later, again)
    if failure := why(story, "product-validator"):
        return Diagnosis(
            Cause.ROWS_BREAK_THE_CODE,
            f"The validator fails on the rows: {failure}; {later}.",
            again,
            "Fix that, and deploy.",
            "iterator-age",
        )
    if is_fresh(story, execution):
        return None
    left = story.recorded.open_records if story.recorded else None
    return Diagnosis(
        Cause.ROWS_OVERDUE,
        f"{left} of {total} rows have no outcome yet; {later}.",
        again,
        section="stalled-uploads",
    )


def _not_staged(story: Story, later: str, again: str) -> Diagnosis | None:
    execution = story.latest
    if failure := why(story, "csv-parser"):
        return Diagnosis(
            Cause.PARSER_FAILED, f"The parser fails: {failure}; {later}.", again, "Fix that.", "upload-event-queue-age"
        )
    if is_fresh(story, execution):
        return None
    return Diagnosis(
        Cause.PARSER_SILENT,
        f"The parser has staged {story.staged.rows} rows and has gone silent; {later}.",
        again,
        section="stalled-uploads",
    )


def report_missing(story: Story) -> Diagnosis | None:
    """While the execution waits for the report: who has not done its part?"""
    execution = story.latest
    if execution.state != "Build Error Report":
        return None
    if story.kept_at(Place.DEAD_ERRORS).ours:
        return dead_errors(story, "The execution waits for its report, and")
    pending = [cause for cause in execution.steps[-1].causes if cause.startswith("ErrorRowsPending")]
    if len(pending) > _USUAL_OVERTAKINGS:
        return Diagnosis(
            Cause.ERROR_ROWS_LOST,
            f"The report waits for error rows that do not come: {pending[-1].partition(' ')[2]}.",
            redrive(story, "rows", str(story.identity.upload_id)),
            section="error-queue-age",
        )
    if failure := why(story, "error-processor"):
        return Diagnosis(
            Cause.REPORT_FAILED,
            f"The error processor fails: {failure}; its messages come again.",
            redrive(story, "errors"),
            "Fix that; then put back what became a dead letter.",
            "error-dead-letter-queue",
        )
    return None


def failing_state(story: Story) -> Diagnosis | None:
    """A state that is tried again says itself why."""
    execution = story.latest
    causes = execution.steps[-1].causes if execution.steps else ()
    found = _TRIED_AGAIN.get(execution.state)
    if not causes or found is None:
        return None
    cause, function, section = found
    failure = why(story, function) if function else None
    return Diagnosis(
        cause,
        f"{execution.state} has failed {len(causes)} times and is tried again: {shortened(failure or causes[-1])}.",
        fix_first="Fix that; the execution goes on by itself.",
        section=section,
    )


def under_way(story: Story) -> Diagnosis:
    """Nothing is wrong with it."""
    execution = story.latest
    seconds = int((story.now - execution.started_at).total_seconds())
    return Diagnosis(Cause.RUNNING, f"The upload is under way, in {execution.state} after {seconds} s.")
