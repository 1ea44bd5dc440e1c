"""What is worth knowing of an upload whose execution has ended well."""

from __future__ import annotations

from onboarding.explaining.causes import Cause, Diagnosis
from onboarding.explaining.facts import ExecutionFacts, Place, Story
from onboarding.explaining.telling import because, dead_errors, file_again, redrive, register
from onboarding.explaining.words import shortened
from onboarding.registration import VENDOR_ID
from onboarding.uploads import NO_VENDOR


def end_kept(story: Story) -> Diagnosis | None:
    """The event of its end did not get onto the bus."""
    if not story.kept_at(Place.ENDS).ours:
        return None
    execution = story.latest
    causes = [cause for step in execution.steps if step.state == "Announce End" for cause in step.causes]
    return Diagnosis(
        Cause.END_NOT_ANNOUNCED,
        f"The upload has ended and its vendor knows, but the bus did not take the event of its end"
        f"{': ' + shortened(causes[-1]) if causes else ''}.",
        redrive(story, "ends"),
        section="unannounced-end",
    )


def event_kept(story: Story) -> Diagnosis | None:
    """Its event is kept, because the parser gave it up."""
    if not story.kept_at(Place.KEPT_EVENTS).ours:
        return None
    return Diagnosis(
        Cause.PARSER_FAILED,
        f"The upload has ended, but the parser failed three times on its event{because(story, 'csv-parser')}.",
        redrive(story, "events"),
        "Fix why the parser failed.",
        "undelivered-uploads",
    )


def errors_dead(story: Story) -> Diagnosis | None:
    """Messages about it died."""
    return dead_errors(story, "The upload has ended, but") if story.kept_at(Place.DEAD_ERRORS).ours else None


def batches_kept(story: Story) -> Diagnosis | None:
    """Stream batches with its rows were given up."""
    kept = story.kept_at(Place.BATCHES)
    if not kept.ours:
        return None
    return Diagnosis(
        Cause.ROWS_BREAK_THE_CODE,
        f"The upload has ended, but {kept.ours} of its batches failed for good in the validator"
        f"{because(story, 'product-validator')}.",
        redrive(story, "stream"),
        "Fix why the validator failed.",
        "stalled-uploads",
    )


def vendor_unreachable(story: Story) -> Diagnosis | None:
    """Nobody was told."""
    execution = story.execution
    if execution is None or execution.output.get("recipients") != 0:
        return None
    if str(execution.output.get("failure_reason") or "").startswith("UNKNOWN_VENDOR"):
        return _unknown_vendor(story)
    return Diagnosis(
        Cause.NOBODY_READS,
        f"The upload has ended, but nobody reads its e-mail: {story.identity.vendor_id} has no confirmed address.",
        redrive(story, "upload", str(story.identity.upload_id)),
        f"{register(story)}, and have the vendor confirm the e-mail of AWS Notifications.",
        "unreachable-vendors",
    )


def _unknown_vendor(story: Story) -> Diagnosis:
    vendor, move = str(story.identity.vendor_id), "Have the file put into the folder of its vendor."
    can_be_registered = vendor != NO_VENDOR and VENDOR_ID.fullmatch(vendor) is not None
    return Diagnosis(
        Cause.UNKNOWN_VENDOR,
        f"No vendor is registered for {story.identity.s3_key}, so the file was refused and nobody was told.",
        *(
            file_again(story, f"{move} Or register the vendor: {register(story)}")
            if can_be_registered
            else (None, move)
        ),
        section="unknown-vendors",
    )


def corrections_missing(story: Story) -> Diagnosis | None:
    """There is a report, but no corrections file."""
    execution = story.execution
    output = execution.output if execution else {}
    if not output.get("error_file_s3_key") or output.get("corrections_file_s3_key"):
        return None
    return Diagnosis(
        Cause.CORRECTIONS_FAILED,
        f"The report has no corrections file beside it{because(story, 'error-processor')}.",
        redrive(story, "upload", str(story.identity.upload_id)),
        "Fix why it could not be built.",
        "corrections-not-built",
    )


def recovered(story: Story) -> Diagnosis | None:
    """It had to be recovered; the trouble of the execution says from what."""
    execution = story.execution
    if execution is None or not execution.trouble:
        return None
    cause, sentence = _what_stalled(story, execution)
    refused = str(execution.output.get("failure_reason") or "")
    end = f"; the file is refused: {shortened(refused)}" if refused else ""
    return Diagnosis(
        cause, f"{sentence}; the reconciler finished the upload from its file{end}.", section="stalled-uploads"
    )


def _what_stalled(story: Story, execution: ExecutionFacts) -> tuple[Cause, str]:
    state, _, reason = execution.trouble.partition(": ")
    if state == "Build Error Report":
        if reason.startswith("ErrorRowsPending"):
            return Cause.ERROR_ROWS_LOST, f"Error rows were lost on their way to the report: {reason.partition(' ')[2]}"
        return Cause.REPORT_FAILED, f"The report was not built at first{because(story, 'error-processor', reason)}"
    total = execution.output.get("total_records")
    if state == "Await Validation" and (not total or not story.staged.rows):
        return Cause.PARSER_SILENT, f"The parser staged no row{because(story, 'csv-parser', reason)}"
    waited = [(step, step.left_at) for step in execution.steps if step.state == "Await Validation" and step.left_at]
    within = "".join(f" within {(left - step.entered_at).total_seconds():.0f} s" for step, left in waited[:1])
    return Cause.ROWS_OVERDUE, f"The rows were not settled{within}{because(story, 'product-validator', reason)}"


def refused(story: Story) -> Diagnosis | None:
    """The file as a whole was refused."""
    reason = story.execution.output.get("failure_reason") if story.execution else None
    if not reason:
        return None
    return Diagnosis(Cause.REFUSED, f"The file was refused, and its vendor knows why: {shortened(reason)}")


def nameless_letters(story: Story) -> Diagnosis | None:
    """All is well with it, yet something died that may have been meant for it."""
    kept = story.kept_at(Place.DEAD_ERRORS)
    if not kept.nameless:
        return None
    letter = kept.nameless[0]
    return Diagnosis(
        Cause.DEAD_LETTER,
        f"The upload has ended well, but the {kept.place} holds {len(kept.nameless)} messages that name no upload and "
        f"that nothing here sends ({letter.text}).",
        f"make discard MESSAGE={letter.message_id} STAGE={story.stage}",
        "Find out who sent that.",
        "error-dead-letter-queue",
    )


def ended_well(story: Story) -> Diagnosis:
    """Nothing is wrong."""
    execution = story.latest
    return Diagnosis(Cause.ENDED, f"The upload has ended well: {execution.state}.")
