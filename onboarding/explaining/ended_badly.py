"""What is wrong with an upload whose execution has ended in a state of failure."""

from __future__ import annotations

from onboarding.explaining.causes import Cause, Diagnosis
from onboarding.explaining.facts import ExecutionFacts, Place, Story
from onboarding.explaining.telling import because, file_again, redrive, register
from onboarding.explaining.words import shortened


def red_end(story: Story) -> Diagnosis:
    """Return why it ended in this state, and what gets the upload to its end."""
    execution = story.latest
    again = redrive(story, "upload", str(story.identity.upload_id))
    match execution.error:
        case "VendorNotNotified":
            return _not_notified(story, execution, again)
        case "OutcomeNotRecorded":
            sentence = f"The outcome could not be recorded{because(story, 'outcome-recorder', execution.trouble)}."
            return Diagnosis(Cause.OUTCOME_FAILED, sentence, again, "Fix that.", "outcome-not-recorded")
        case "ErrorReportMissing":
            return _without_report(story, execution, again)
        case "StalledUploadClosed":
            return _closed(story, execution)
        case "StalledUploadAbandoned":
            return Diagnosis(
                Cause.RECOVERY_FAILED,
                f"The upload could not be finished{because(story, 'reconciler', execution.trouble)}; "
                "its vendor was asked to upload the file again.",
                *file_again(
                    story, "Fix that; the file becomes a new upload then, if the vendor has not sent it again."
                ),
                "stalled-upload-abandoned",
            )
        case _:
            return Diagnosis(
                Cause.STOPPED,
                f"The execution was stopped in {execution.state} ({execution.status}) before the upload had ended.",
                again,
                section="failed-executions",
            )


def _not_notified(story: Story, execution: ExecutionFacts, again: str) -> Diagnosis:
    reason = execution.trouble.removeprefix("Notify Vendor: ")
    if reason.startswith("States.Timeout"):
        return Diagnosis(
            Cause.EMAIL_UNANSWERED,
            "SNS did not answer whether it took the e-mail (States.Timeout), so the vendor may have it or not.",
            again,
            "Ask the vendor, or let it get the e-mail twice.",
            "vendor-not-notified",
        )
    return Diagnosis(
        Cause.EMAIL_REFUSED,
        f"The outcome is recorded, but SNS did not take the e-mail: {shortened(reason)}.",
        again,
        f"If the vendor's topic is gone: {register(story)}.",
        "vendor-not-notified",
    )


def _without_report(story: Story, execution: ExecutionFacts, again: str) -> Diagnosis:
    dead = story.kept_at(Place.DEAD_ERRORS).ours
    return Diagnosis(
        Cause.REPORT_FAILED,
        f"All rows are settled, but the report was not built{because(story, 'error-processor', execution.trouble)}"
        f"{f'; {dead} of its messages are dead letters' if dead else ''}.",
        f"{redrive(story, 'errors')} && {again}" if dead else again,
        "Fix that.",
        "error-report-missing",
    )


def _closed(story: Story, execution: ExecutionFacts) -> Diagnosis:
    count = execution.output.get("unprocessed_records")
    return Diagnosis(
        Cause.ROWS_BREAK_THE_CODE,
        f"{count} rows break the code and ended as PROCESSING_ERROR{because(story, 'reconciler', execution.trouble)}; "
        "the vendor was asked to upload them again.",
        fix_first="Fix the rule or the code, deploy, and tell the vendor.",
        section="stalled-upload-closed",
    )
