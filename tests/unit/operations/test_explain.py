"""What operators read on their screen about an upload."""

import json
from dataclasses import replace
from typing import Any

import pytest

from onboarding.explaining.diagnosis import diagnose
from onboarding.explaining.facts import Identity, Kept, Place, Story
from operations.explain import as_json, as_text
from operations.feeds import NoFeedError, switch_on
from tests.unit.onboarding.explaining.stories import (
    RECORDED,
    UPLOAD_ID,
    ended,
    failure,
    step,
    story,
    waiting_for_rows,
    without_execution,
)


def told(facts: Story) -> str:
    return as_text(facts, diagnose(facts), "https://portal.example/runbook.html")


def test_everything_is_on_one_screen_when_the_upload_ended_badly() -> None:
    tried = step("Notify Vendor", "SNS.Throttled slow", "SNS.NotFound Topic does not exist", tries=2)
    execution = ended(error="VendorNotNotified", cause="Notify Vendor: SNS.NotFound Topic does not exist")
    execution = replace(execution, steps=(step("Await Validation"), tried, step("Vendor Not Notified", tries=0)))
    facts = story(
        executions=(execution,),
        kept=(Kept(Place.DEAD_ERRORS, 2, 1), Kept(Place.ENDS, 0, 0)),
        logs=(failure("csv-parser", "AccessDenied"),),
        unknown={"logs": "AccessDenied"},
    )

    text = told(facts)

    for line in (
        UPLOAD_ID,
        "  vendor      VEND001 (Nordic Audio)",
        "  file        uploads/VEND001/spring list.csv, 4,096 bytes",
        "  mode        import",
        "  uploaded    2026-11-21 10:30:00 UTC",
        "  ledger      3 in the file: 2 valid, 1 invalid, 0 open",
        "  errors      INVALID_PRICE in 1",
        "  staging     3 rows; outcomes kept there: 2 valid, 1 invalid",
        f"Execution {UPLOAD_ID}: FAILED",
        "  10:30:00  Notify Vendor  3.0 s, 2 tries",
        "            failed: SNS.NotFound Topic does not exist",
        "  error dead-letter queue: 2, 1 about this upload",
        "  logs could not be asked: AccessDenied",
        "  10:40:00  csv-parser  ERROR  AccessDenied",
        "Diagnosis: e-mail not handed over",
        f"  Then:  make redrive WHAT=upload UPLOAD={UPLOAD_ID} STAGE=test",
        "  More:  https://portal.example/runbook.html#vendor-not-notified",
    ):
        assert line in text.splitlines(), line
    assert "unannounced end queue" not in text
    assert len(text.splitlines()) < 50


def test_there_is_nothing_to_do_when_the_upload_ended_well() -> None:
    text = told(story())

    assert "  Do:    nothing to do" in text.splitlines()
    assert "First:" not in text


def test_reading_is_told_once_when_the_file_was_not_the_usual_one() -> None:
    text = told(story(recorded=replace(RECORDED, read_as="Read as: tab-separated, UTF-16.")))

    assert "  read as     tab-separated, UTF-16." in text.splitlines()


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        (
            story(others=("UPLOAD_1", "UPLOAD_2")),
            f"  2 older uploads are called {UPLOAD_ID} as well: UPLOAD_1, UPLOAD_2",
        ),
        (story(recorded=replace(RECORDED, vendor_name=None)), "  vendor      VEND001 (not registered)"),
        (
            story(recorded=replace(RECORDED, vendor_status="suspended")),
            "  vendor      VEND001 (Nordic Audio, suspended)",
        ),
        (story(stored=None), "  file        uploads/VEND001/spring list.csv, no longer in the bucket"),
        (story(recorded=replace(RECORDED, mode="update")), "  changes     0 changed, 0 unchanged, 0 superseded"),
        (waiting_for_rows(), "  ledger      3 in the file: 0 valid, 0 invalid, 3 open"),
        (without_execution(identity=Identity(), stored=None), "Executions: none"),
    ],
)
def test_what_is_unusual_is_told(facts: Story, line: str) -> None:
    assert line in told(facts).splitlines()


def test_programs_get_story_and_diagnosis_in_json() -> None:
    facts = story()

    document = json.loads(as_json(facts, diagnose(facts)))

    assert document["diagnosis"]["cause"] == "ended well"
    assert document["recorded"]["upload_id"] == UPLOAD_ID
    assert document["now"] == "2026-11-21T10:40:00.000+00:00"


class _Lambda:
    """Stands in for Lambda with mappings in these states."""

    def __init__(self, *states: str) -> None:
        self.states = dict(enumerate(states))

    def list_event_source_mappings(self, **_: Any) -> dict[str, Any]:
        return {"EventSourceMappings": [{"UUID": uuid, "State": state} for uuid, state in self.states.items()]}

    def update_event_source_mapping(self, *, UUID: int, Enabled: bool) -> None:  # noqa: N803 - boto3's names
        self.states[UUID] = "Enabled" if Enabled else "Disabled"


def test_mapping_is_switched_on_when_it_is_off() -> None:
    functions = _Lambda("Disabled", "Enabled")

    assert switch_on(functions, "test", "csv-parser") == 1
    assert set(functions.states.values()) == {"Enabled"}
    assert switch_on(functions, "test", "csv-parser") == 0


def test_nothing_is_switched_on_when_the_function_is_not_fed() -> None:
    with pytest.raises(NoFeedError, match="product-onboarding-test-report-link has no event source mapping"):
        switch_on(_Lambda(), "test", "report-link")
