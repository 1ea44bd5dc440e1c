"""Stories of an upload to be changed in one point."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from onboarding.explaining.facts import (
    ExecutionFacts,
    Identity,
    LogLine,
    StagedFacts,
    Step,
    StoredObject,
    Story,
)
from onboarding.stores.upload_search import Recorded

NOW = datetime(2026, 11, 21, 10, 40, tzinfo=UTC)
UPLOAD_ID = "UPLOAD_20261121_103045_0a1b2c3d"
KEY = "uploads/VEND001/spring list.csv"
ARN = f"arn:aws:states:us-east-1:123456789012:execution:product-onboarding-test-upload:{UPLOAD_ID}"
IDENTITY = Identity(UPLOAD_ID, "VEND001", "spring list.csv", KEY, "v1", "import", False, NOW - timedelta(minutes=10))
STORED = StoredObject(KEY, "v1", 4096, NOW - timedelta(minutes=10))
RECORDED = Recorded(
    upload_id=UPLOAD_ID,
    vendor_id="VEND001",
    file_name="spring list.csv",
    s3_key=KEY,
    object_version="v1",
    mode="import",
    is_preview=False,
    status="partial",
    total_records=3,
    valid_records=2,
    error_records=1,
    changed_records=0,
    unchanged_records=0,
    superseded_records=0,
    failure_reason=None,
    read_as=None,
    error_file_s3_key="errors/report.csv",
    corrections_file_s3_key="errors/corrections.csv",
    uploaded_at="2026-11-21T10:30:00.000+00:00",
    completed_at="2026-11-21T10:30:05.000+00:00",
    vendor_name="Nordic Audio",
    vendor_status="active",
    vendor_email="a@nordic.example",
    codes={"INVALID_PRICE": 1},
)
OPEN = replace(
    RECORDED, status="processing", valid_records=0, error_records=0, completed_at=None, error_file_s3_key=None
)
OUTPUT = {
    "status": "partial",
    "failure_reason": None,
    "total_records": 3,
    "error_records": 1,
    "error_file_s3_key": "errors/report.csv",
    "corrections_file_s3_key": "errors/corrections.csv",
    "recipients": 1,
}


def step(state: str, *causes: str, tries: int = 1, minutes_ago: float = 10) -> Step:
    entered = NOW - timedelta(minutes=minutes_ago)
    return Step(state, entered, entered + timedelta(seconds=3), tries, causes)


def ended(state: str = "Upload Partially Completed", **changes: Any) -> ExecutionFacts:
    """Return an execution that ended in this state; of one that failed, `error` and `cause` are given."""
    facts = ExecutionFacts(
        name=UPLOAD_ID,
        arn=ARN,
        status="FAILED" if "error" in changes else "SUCCEEDED",
        started_at=NOW - timedelta(minutes=10),
        stopped_at=NOW - timedelta(minutes=9),
        error=None,
        cause=None,
        input={},
        output=OUTPUT,
        steps=(step("Await Validation"), step(state, tries=0)),
    )
    return replace(facts, **changes)


def running(last: Step) -> ExecutionFacts:
    return replace(ended(), status="RUNNING", stopped_at=None, output={}, steps=(replace(last, left_at=None),))


def story(**changes: Any) -> Story:
    """Return the story of an upload that ended well, with these parts changed."""
    usual = Story(
        asked=UPLOAD_ID,
        stage="test",
        now=NOW,
        identity=IDENTITY,
        recorded=RECORDED,
        stored=STORED,
        staged=StagedFacts(3, 2, 1),
        executions=(ended(),),
        wait_seconds=900,
    )
    return replace(usual, **changes)


def waiting_for_rows(**changes: Any) -> Story:
    usual: dict[str, Any] = {
        "executions": (running(step("Await Validation")),),
        "recorded": OPEN,
        "staged": StagedFacts(3, 0, 0),
    }
    return story(**{**usual, **changes})


def without_execution(**changes: Any) -> Story:
    return story(**{"executions": (), "recorded": None, "staged": StagedFacts(), **changes})


def failure(function: str, text: str, *, names_upload: bool = True) -> LogLine:
    return LogLine(NOW, function, "ERROR", text, names_upload=names_upload, is_failure=True)
