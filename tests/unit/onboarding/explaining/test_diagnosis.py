"""What facts about an upload mean. Each test changes the story of an upload that is all right in one point."""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from onboarding.explaining.causes import Cause, Diagnosis
from onboarding.explaining.diagnosis import diagnose
from onboarding.explaining.facts import (
    Feed,
    Identity,
    Kept,
    Message,
    Place,
    StagedFacts,
    StoredObject,
    Story,
    TrackerFacts,
)
from tests.unit.onboarding.explaining.stories import (
    KEY,
    NOW,
    OPEN,
    OUTPUT,
    RECORDED,
    STORED,
    UPLOAD_ID,
    ended,
    failure,
    running,
    step,
    story,
    waiting_for_rows,
    without_execution,
)


def found(facts: Story) -> tuple[Cause, str | None]:
    diagnosis = diagnose(facts)
    return diagnosis.cause, diagnosis.command


ABANDONED = ended("Stalled Upload Abandoned", error="StalledUploadAbandoned", cause="Recover Stalled Upload: x")
NO_VENDOR_OUTPUT = {**OUTPUT, "recipients": 0, "failure_reason": "UNKNOWN_VENDOR: no vendor"}


##### Nothing is wrong


def test_nothing_is_to_do_when_the_upload_ended_well() -> None:
    diagnosis = diagnose(story())

    assert diagnosis == Diagnosis(Cause.ENDED, "The upload has ended well: Upload Partially Completed.")
    assert diagnosis.is_fine


def test_reason_is_told_when_the_file_was_refused() -> None:
    output = {**OUTPUT, "failure_reason": "EMPTY_FILE: The file is empty.", "error_file_s3_key": None}

    diagnosis = diagnose(story(executions=(ended("File Refused", output=output),)))

    assert (diagnosis.cause, diagnosis.is_fine) == (Cause.REFUSED, True)
    assert "EMPTY_FILE: The file is empty" in diagnosis.sentence


def test_upload_is_under_way_when_it_has_just_begun() -> None:
    execution = replace(running(step("Await Validation", minutes_ago=0.1)), started_at=NOW - timedelta(seconds=6))

    assert found(waiting_for_rows(executions=(execution,))) == (Cause.RUNNING, None)


def test_later_execution_counts_when_the_upload_was_redriven() -> None:
    first = ended("Vendor Not Notified", error="VendorNotNotified", cause="Notify Vendor: SNS.NotFound gone")

    assert found(story(executions=(first, ended()))) == (Cause.ENDED, None)


def test_revert_has_no_execution() -> None:
    assert found(without_execution(recorded=replace(RECORDED, mode="revert"))) == (Cause.ENDED, None)


def test_audit_trail_is_enough_when_the_execution_is_forgotten() -> None:
    assert found(without_execution(recorded=RECORDED)) == (Cause.ENDED, None)


##### Without an execution


def test_nothing_is_known_when_nobody_has_heard_of_the_id() -> None:
    facts = without_execution(identity=Identity(upload_id=UPLOAD_ID), stored=None)

    assert found(facts) == (Cause.UNKNOWN, None)


@pytest.mark.parametrize(("minutes", "words"), [(5, "waits for its file until"), (-5, "did not come until")])
def test_upload_waits_when_its_file_was_not_put(minutes: int, words: str) -> None:
    tracker = TrackerFacts(None, False, None, file_until=NOW + timedelta(minutes=minutes))

    diagnosis = diagnose(without_execution(stored=None, tracker=tracker))

    assert (diagnosis.cause, diagnosis.is_fine) == (Cause.AWAITING_FILE, True)
    assert words in diagnosis.sentence


def test_file_is_announced_by_hand_when_nothing_took_it_in() -> None:
    facts = without_execution(announced_prefixes=("uploads/", "updates/", "previews/"))

    assert found(facts) == (Cause.NOT_TAKEN_IN, f"make redrive WHAT=file UPLOAD='{KEY}' STAGE=test")


def test_bucket_is_named_when_it_announces_nothing() -> None:
    facts = without_execution(announced_prefixes=("updates/", "previews/"))

    assert found(facts) == (Cause.NOT_ANNOUNCED, f"make redrive WHAT=file UPLOAD='{KEY}' STAGE=test")


def test_parser_is_named_when_it_fails_before_the_execution() -> None:
    facts = without_execution(logs=(failure("csv-parser", "[ERROR] no STAGING_SHARDS", names_upload=False),))

    diagnosis = diagnose(facts)

    assert diagnosis.cause is Cause.PARSER_FAILED
    assert "no STAGING_SHARDS" in diagnosis.sentence


def test_file_waits_when_events_are_before_it() -> None:
    assert found(without_execution(kept=(Kept(Place.EVENTS, 7),))) == (Cause.RUNNING, None)


def test_upload_that_is_open_without_an_execution_is_taken_in_again() -> None:
    assert found(without_execution(recorded=OPEN))[0] is Cause.STOPPED


##### While it runs


@pytest.mark.parametrize("function", ["csv-parser", "product-validator", "error-processor"])
def test_mapping_is_switched_on_when_somebody_switched_it_off(function: str) -> None:
    facts = waiting_for_rows(feeds=(Feed(function, "uuid", "Disabled"),))

    assert found(facts) == (Cause.FEED_STOPPED, f"make switch-on FUNCTION={function} STAGE=test")


def test_database_is_named_when_it_does_not_answer() -> None:
    diagnosis = diagnose(waiting_for_rows(recorded=None, unknown={"database": "Connection refused"}))

    assert diagnosis.cause is Cause.DATABASE_DOWN
    assert "Connection refused" in diagnosis.sentence


def test_event_is_redriven_when_the_parser_gave_it_up() -> None:
    facts = waiting_for_rows(
        recorded=None,
        staged=StagedFacts(),
        kept=(Kept(Place.KEPT_EVENTS, 3, 1),),
        logs=(failure("csv-parser", "no memory"),),
    )

    diagnosis = diagnose(facts)

    assert (diagnosis.cause, diagnosis.command) == (Cause.PARSER_FAILED, "make redrive WHAT=events STAGE=test")
    assert "(csv-parser: no memory)" in diagnosis.sentence
    assert "the reconciler takes over at 2026-11-21 10:45:00 UTC" in diagnosis.sentence


def test_stream_is_redriven_when_batches_were_given_up() -> None:
    facts = waiting_for_rows(kept=(Kept(Place.BATCHES, 1, 1),))

    assert found(facts) == (Cause.ROWS_BREAK_THE_CODE, "make redrive WHAT=stream STAGE=test")


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"logs": (failure("csv-parser", "AccessDenied"),), "staged": StagedFacts(1, 0, 0)}, Cause.PARSER_FAILED),
        ({"staged": StagedFacts(1, 0, 0)}, Cause.PARSER_SILENT),
        ({"recorded": None, "staged": StagedFacts()}, Cause.PARSER_SILENT),
        ({"logs": (failure("product-validator", "CheckViolation"),)}, Cause.ROWS_BREAK_THE_CODE),
        ({}, Cause.ROWS_OVERDUE),
    ],
)
def test_rows_are_settled_at_once_when_they_are_overdue(changes: dict[str, Any], cause: Cause) -> None:
    assert found(waiting_for_rows(**changes)) == (cause, f"make redrive WHAT=rows UPLOAD={UPLOAD_ID} STAGE=test")


@pytest.mark.parametrize(
    ("causes", "changes", "cause", "what"),
    [
        (
            ["ErrorRowsPending 0 of 1 error rows have arrived"] * 4,
            {},
            Cause.ERROR_ROWS_LOST,
            f"rows UPLOAD={UPLOAD_ID}",
        ),
        ([], {"kept": (Kept(Place.DEAD_ERRORS, 2, 2),)}, Cause.DEAD_LETTER, "errors"),
        ([], {"logs": (failure("error-processor", "AccessDenied"),)}, Cause.REPORT_FAILED, "errors"),
    ],
)
def test_report_is_helped_when_it_does_not_come(
    causes: list[str], changes: dict[str, Any], cause: Cause, what: str
) -> None:
    execution = running(step("Build Error Report", *causes, tries=5))

    assert found(story(executions=(execution,), **changes)) == (cause, f"make redrive WHAT={what} STAGE=test")


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        ("Recover Stalled Upload", Cause.RECOVERY_FAILED),
        ("Restore Error Rows", Cause.RECOVERY_FAILED),
        ("Record Outcome", Cause.OUTCOME_FAILED),
        ("Notify Vendor", Cause.EMAIL_REFUSED),
    ],
)
def test_state_says_why_when_it_is_tried_again(state: str, cause: Cause) -> None:
    diagnosis = diagnose(story(executions=(running(step(state, "Lambda.Timeout too slow", tries=2)),)))

    assert (diagnosis.cause, diagnosis.command) == (cause, None)
    assert diagnosis.fix_first
    assert "too slow" in diagnosis.sentence


##### After a good end that is not all good


@pytest.mark.parametrize(
    ("place", "cause", "what"),
    [
        (Place.ENDS, Cause.END_NOT_ANNOUNCED, "ends"),
        (Place.KEPT_EVENTS, Cause.PARSER_FAILED, "events"),
        (Place.DEAD_ERRORS, Cause.DEAD_LETTER, "errors"),
        (Place.BATCHES, Cause.ROWS_BREAK_THE_CODE, "stream"),
    ],
)
def test_what_died_is_put_back_when_it_is_of_this_upload(place: Place, cause: Cause, what: str) -> None:
    assert found(story(kept=(Kept(place, 5, 1),))) == (cause, f"make redrive WHAT={what} STAGE=test")
    assert found(story(kept=(Kept(place, 5, 0),))) == (Cause.ENDED, None)


def test_message_is_discarded_when_it_names_no_upload() -> None:
    facts = story(kept=(Kept(Place.DEAD_ERRORS, 1, 0, (Message("m-1", "kind nonsense"),)),))

    assert found(facts) == (Cause.DEAD_LETTER, "make discard MESSAGE=m-1 STAGE=test")


def test_vendor_is_registered_when_nobody_reads_the_email() -> None:
    diagnosis = diagnose(story(executions=(ended(output={**OUTPUT, "recipients": 0}),)))

    assert (diagnosis.cause, diagnosis.command) == (
        Cause.NOBODY_READS,
        f"make redrive WHAT=upload UPLOAD={UPLOAD_ID} STAGE=test",
    )
    assert diagnosis.fix_first is not None
    assert "NAME='Nordic Audio' EMAIL=a@nordic.example" in diagnosis.fix_first


def test_file_is_taken_in_again_when_its_vendor_was_unknown() -> None:
    output = {**OUTPUT, "recipients": 0, "failure_reason": "UNKNOWN_VENDOR: No vendor", "error_file_s3_key": None}

    assert found(story(executions=(ended("File Refused", output=output),)))[0] is Cause.UNKNOWN_VENDOR


def test_corrections_are_built_again_when_they_are_missing() -> None:
    facts = story(
        executions=(ended(output={**OUTPUT, "corrections_file_s3_key": None}),),
        logs=(failure("error-processor", "corrections file not built: NoSuchKey"),),
    )

    diagnosis = diagnose(facts)

    assert (diagnosis.cause, diagnosis.command) == (
        Cause.CORRECTIONS_FAILED,
        f"make redrive WHAT=upload UPLOAD={UPLOAD_ID} STAGE=test",
    )
    assert "NoSuchKey" in diagnosis.sentence


@pytest.mark.parametrize(
    ("trouble", "changes", "cause"),
    [
        ("Await Validation: States.Timeout", {"staged": StagedFacts(0, 2, 1)}, Cause.PARSER_SILENT),
        ("Await Validation: States.Timeout", {}, Cause.ROWS_OVERDUE),
        ("Build Error Report: ErrorRowsPending 0 of 1 error rows have arrived", {}, Cause.ERROR_ROWS_LOST),
        ("Build Error Report: States.Timeout", {}, Cause.REPORT_FAILED),
    ],
)
def test_nothing_is_to_do_when_the_upload_was_recovered(trouble: str, changes: dict[str, Any], cause: Cause) -> None:
    execution = ended("Stalled Upload Recovered", output={**OUTPUT, "trouble": trouble})

    diagnosis = diagnose(story(executions=(execution,), **changes))

    assert (diagnosis.cause, diagnosis.is_fine) == (cause, True)


##### After a red end


@pytest.mark.parametrize(
    ("error", "cause_text", "cause"),
    [
        ("VendorNotNotified", "Notify Vendor: SNS.NotFound Topic does not exist", Cause.EMAIL_REFUSED),
        ("VendorNotNotified", "Notify Vendor: States.Timeout", Cause.EMAIL_UNANSWERED),
        ("OutcomeNotRecorded", "Record Outcome: Connection refused", Cause.OUTCOME_FAILED),
        ("ErrorReportMissing", "Build Error Report: States.Timeout", Cause.REPORT_FAILED),
        (None, None, Cause.STOPPED),
    ],
)
def test_execution_runs_again_when_it_ended_in_red(error: str | None, cause_text: str | None, cause: Cause) -> None:
    execution = ended(
        "Notify Vendor",
        error=error,
        cause=cause_text and f"{cause_text} | Rows: 7 of 10 valid | Runbook: docs/runbook.md#x",
    )

    diagnosis = diagnose(story(executions=(execution,)))

    assert (diagnosis.cause, diagnosis.command) == (cause, f"make redrive WHAT=upload UPLOAD={UPLOAD_ID} STAGE=test")
    assert "Runbook" not in diagnosis.sentence


def test_dead_letters_come_first_when_the_report_is_missing() -> None:
    execution = ended("Error Report Missing", error="ErrorReportMissing", cause="Build Error Report: States.Timeout")

    _, command = found(story(executions=(execution,), kept=(Kept(Place.DEAD_ERRORS, 2, 2),)))

    assert command == (f"make redrive WHAT=errors STAGE=test && make redrive WHAT=upload UPLOAD={UPLOAD_ID} STAGE=test")


def test_code_is_fixed_when_rows_broke_it() -> None:
    execution = ended(
        "Stalled Upload Closed", error="StalledUploadClosed", cause="x", output={**OUTPUT, "unprocessed_records": 1}
    )
    logs = (failure("reconciler", "row 17: row cannot be processed: CheckViolation"),)

    diagnosis = diagnose(story(executions=(execution,), logs=logs))

    assert (diagnosis.cause, diagnosis.command, diagnosis.is_fine) == (Cause.ROWS_BREAK_THE_CODE, None, False)
    assert "row 17" in diagnosis.sentence


def test_file_is_taken_in_again_when_the_upload_was_abandoned() -> None:
    assert found(story(executions=(ABANDONED,))) == (
        Cause.RECOVERY_FAILED,
        f"make redrive WHAT=file UPLOAD='{KEY}' STAGE=test",
    )


##### No command that could not work


@pytest.mark.parametrize("stored", [None, replace(STORED, is_newest=False)])
@pytest.mark.parametrize(
    "facts",
    [
        story(executions=(ABANDONED,)),
        without_execution(recorded=OPEN),
        story(executions=(ended("File Refused", output=NO_VENDOR_OUTPUT),)),
    ],
)
def test_no_command_takes_another_file_in_when_this_one_is_gone(facts: Story, stored: StoredObject | None) -> None:
    diagnosis = diagnose(replace(facts, stored=stored))

    assert diagnosis.command is None
    assert diagnosis.fix_first is not None
    assert diagnosis.fix_first.endswith("ask the vendor to hand it in again.")


@pytest.mark.parametrize("vendor", ["unknown", "not a vendor"])
def test_no_vendor_is_to_be_registered_when_none_can_have_that_folder(vendor: str) -> None:
    facts = story(executions=(ended("File Refused", output=NO_VENDOR_OUTPUT),))

    diagnosis = diagnose(replace(facts, identity=replace(facts.identity, vendor_id=vendor)))

    assert (diagnosis.cause, diagnosis.command) == (Cause.UNKNOWN_VENDOR, None)
    assert diagnosis.fix_first == "Have the file put into the folder of its vendor."


def test_make_gets_the_key_as_it_is_when_it_holds_what_the_shell_and_make_expand(tmp_path: Path) -> None:
    key = 'uploads/VEND001/it\'s $HOME $$ $(x) `y` "z".csv'
    facts = story(executions=(ABANDONED,), stored=replace(STORED, key=key))
    command = diagnose(facts).command
    (tmp_path / "Makefile").write_text('redrive:\n\t@printf %s "$$UPLOAD"\n')

    assert command is not None
    said = subprocess.run(["bash", "-c", command], cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout == key
