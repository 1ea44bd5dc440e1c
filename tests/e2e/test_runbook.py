"""Exercises of docs/runbook.md: a cause is brought about, the page's commands are run as they stand, all is well.

The exercises of other sections are part of the tests of their causes; tests/unit/operations/test_runbook.py counts
them.
"""

import pytest

from onboarding.explaining.causes import Cause
from tests.e2e.explaining import diagnosed
from tests.e2e.faults import mapping_changed, permission_removed, s3_events_withheld, variable_removed
from tests.e2e.files import csv_file, product
from tests.e2e.invariants import check_settled
from tests.e2e.pipeline import Pipeline
from tests.e2e.runbook import follow
from tests.e2e.waiting import wait_for


def one_good_one_bad(vendor: str) -> bytes:
    return csv_file([product(f"{vendor}-1"), product(f"{vendor}-2", price="0")])


@pytest.mark.parametrize(
    ("section", "function"),
    [
        ("upload-event-queue-age", "csv-parser"),
        ("iterator-age", "product-validator"),
        ("error-queue-age", "error-processor"),
    ],
)
def test_upload_ends_well_when_a_function_has_its_work_again(
    pipeline: Pipeline, vendor: str, section: str, function: str
) -> None:
    with mapping_changed(pipeline, function, Enabled=False):
        sent = pipeline.send(vendor, "products.csv", one_good_one_bad(vendor))
        diagnosis = diagnosed(pipeline, sent.stored.key)

        said = follow(pipeline, section)

        upload = pipeline.end_of(sent)
    assert (diagnosis.cause, diagnosis.section) == (Cause.FEED_STOPPED, section)
    assert said.endswith(f"Switched 1 event source mappings of {function} on.\n")
    recorded = pipeline.query("SELECT action FROM operator_actions WHERE subject = %s", function)
    assert recorded == [{"action": "switch_on"}]
    check_settled(pipeline, upload, {2: ("INVALID_PRICE",)})


def test_upload_ends_at_once_when_the_reconciler_is_asked_to_finish_it(pipeline: Pipeline, vendor: str) -> None:
    with s3_events_withheld(pipeline):
        sent = pipeline.send(vendor, "products.csv", one_good_one_bad(vendor))
    upload_id = pipeline.start_by_hand(sent)
    wait_for("the execution waits", lambda: pipeline.tracker(upload_id).get("task_token"))

    said = follow(pipeline, "stalled-uploads", UPLOAD=upload_id)

    assert said.endswith(f"The reconciler has finished {upload_id}: validated, 1 valid and 1 invalid rows.\n")
    check_settled(pipeline, pipeline.end_of(sent, upload_id=upload_id), {2: ("INVALID_PRICE",)})


@pytest.mark.parametrize(
    ("part", "function", "told"),
    [
        # The alarm on functions/pipeline.yml is exercised in test_faults.py, where the parser dies.
        ("doors", "vendor-api", "Diagnosis: ended well"),
        ("upkeep", "upload-finder", "  database could not be asked: "),
    ],
)
def test_upload_ends_well_and_is_explained_when_a_function_beside_it_fails(
    pipeline: Pipeline, vendor: str, part: str, function: str, told: str
) -> None:
    with variable_removed(pipeline, function, "DATABASE_SECRET_ARN"):
        answer = pipeline.client("lambda").invoke(FunctionName=pipeline.function_name(function), Payload=b"{}")
        upload = pipeline.upload(vendor, "products.csv", one_good_one_bad(vendor))
        said = follow(pipeline, "function-errors", UPLOAD=upload.upload_id)

    assert "FunctionError" in answer, part
    assert told in said
    check_settled(pipeline, upload, {2: ("INVALID_PRICE",)})
    assert "Diagnosis: ended well" in follow(pipeline, "function-errors", UPLOAD=upload.upload_id)


def test_corrections_file_is_built_when_its_cause_is_gone(pipeline: Pipeline, vendor: str) -> None:
    with permission_removed(pipeline, "error-processor", "s3:GetObjectVersion"):
        upload = pipeline.upload(vendor, "products.csv", one_good_one_bad(vendor))
    diagnosis = diagnosed(pipeline, upload.upload_id)
    assert diagnosis.cause is Cause.CORRECTIONS_FAILED
    assert "s3:GetObjectVersion" in diagnosis.sentence

    follow(pipeline, "corrections-not-built", UPLOAD=upload.upload_id)

    again = pipeline.redriven(upload)
    assert again.execution.ended_in == "Upload Partially Completed"
    assert again.execution.output["corrections_file_s3_key"] is not None
    assert diagnosed(pipeline, upload.upload_id).cause is Cause.ENDED
