"""What is wrong with an upload that has no execution."""

from __future__ import annotations

from onboarding.explaining.causes import Cause, Diagnosis
from onboarding.explaining.facts import Place, Story
from onboarding.explaining.telling import FRESH, clock, file_again, stopped_feed, switched_off, why


def waits_for_file(story: Story) -> Diagnosis | None:
    """It was announced, and its file has not come."""
    until = story.tracker.file_until if story.tracker else None
    if until is None or story.recorded is not None:
        return None
    if until < story.now:
        sentence = f"The upload was announced, but its file did not come until {clock(until)}; the vendor begins anew."
    else:
        sentence = f"The upload was announced and waits for its file until {clock(until)}."
    return Diagnosis(Cause.AWAITING_FILE, sentence)


def recorded_only(story: Story) -> Diagnosis | None:
    """The audit trail knows it."""
    if story.recorded is None:
        return None
    if story.recorded.mode == "revert":
        return Diagnosis(Cause.ENDED, "An operator took an upload back with this one; such uploads have no execution.")
    if story.recorded.status != "processing":
        return Diagnosis(Cause.ENDED, f"Ended as {story.recorded.status}; its execution is no longer kept.")
    return Diagnosis(
        Cause.STOPPED,
        "The upload is open, and it has no execution that could end it.",
        *file_again(story),
        section="undelivered-uploads",
    )


def not_taken_in(story: Story) -> Diagnosis | None:
    """The file is there, and no execution."""
    if story.stored is None:
        return None
    if stopped := stopped_feed(story, "csv-parser"):
        return switched_off(story, stopped)
    prefixes = story.announced_prefixes
    if prefixes is not None and not any(story.stored.key.startswith(prefix) for prefix in prefixes):
        return Diagnosis(
            Cause.NOT_ANNOUNCED,
            f"The file is in the bucket, but the bucket does not announce what comes under "
            f"{story.stored.key.partition('/')[0]}/.",
            *file_again(
                story,
                f"Deploy the stage again, which sets the bucket's notifications: npx sls deploy --stage {story.stage}",
            ),
            "undelivered-uploads",
        )
    if failure := why(story, "csv-parser"):
        return Diagnosis(
            Cause.PARSER_FAILED,
            f"The parser fails before it can start the execution: {failure}; its event comes three times in all.",
            *file_again(story, "Fix that; an event that was given up is kept."),
            "undelivered-uploads",
        )
    if story.now - story.stored.stored_at < FRESH or story.kept_at(Place.EVENTS).count:
        waiting = story.kept_at(Place.EVENTS).count
        return Diagnosis(
            Cause.RUNNING, f"The file has come and waits for the parser, with {waiting} events in the queue."
        )
    return Diagnosis(
        Cause.NOT_TAKEN_IN,
        "The file is in the bucket, and nothing took it in: its event was lost, or the object is older than the stage.",
        *file_again(story),
        section="undelivered-uploads",
    )


def unknown(story: Story) -> Diagnosis:
    """Nothing is known of it."""
    return Diagnosis(
        Cause.UNKNOWN,
        f"No upload is known as {story.asked}: the audit trail, the executions, the trackers and the bucket have none. "
        "What is older than the retention is purged.",
    )
