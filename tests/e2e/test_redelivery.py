"""Events that come twice, at the same time, late or in another order than expected."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from samples.generate import generate_upload
from tests.e2e.explaining import story
from tests.e2e.faults import mapping_changed, s3_events_withheld
from tests.e2e.files import csv_file, product
from tests.e2e.invariants import check_refused, check_settled, messages_in
from tests.e2e.pipeline import Pipeline, Upload, delivery, execution_input
from tests.e2e.redelivery import end_of_stream, everything_about, staged_since
from tests.e2e.waiting import wait_for


def time_of(upload: Upload) -> datetime:
    """Return the time of the S3 event that started the upload."""
    return datetime.fromisoformat(upload.execution.input["uploaded_at"]).astimezone(UTC)


def test_nothing_changes_when_the_s3_event_comes_again(pipeline: Pipeline, vendor: str) -> None:
    file = generate_upload(rows=40, error_rate=0.2, seed=21, vendor_id=vendor)
    upload = pipeline.upload(vendor, "products.csv", file.body)
    before = everything_about(pipeline, upload.upload_id, vendor)

    for _ in range(2):
        pipeline.invoke("csv-parser", delivery(upload.sent, time_of(upload)))

    assert everything_about(pipeline, upload.upload_id, vendor) == before
    check_settled(pipeline, upload, file.expected_errors)


def test_nothing_changes_when_the_event_of_a_refused_file_comes_again(pipeline: Pipeline, vendor: str) -> None:
    upload = pipeline.upload(vendor, "products.csv", b"no,product,list\r\n1,2,3\r\n")
    before = everything_about(pipeline, upload.upload_id, vendor)

    pipeline.invoke("csv-parser", delivery(upload.sent, time_of(upload)))

    assert everything_about(pipeline, upload.upload_id, vendor) == before
    check_refused(pipeline, upload, "MISSING_COLUMNS")


def test_rows_count_once_when_the_s3_event_comes_several_times_at_once(pipeline: Pipeline, vendor: str) -> None:
    file = generate_upload(rows=1500, error_rate=0.1, seed=22, vendor_id=vendor)
    with s3_events_withheld(pipeline):
        sent = pipeline.send(vendor, "products.csv", file.body)

    with ThreadPoolExecutor() as deliveries:
        list(deliveries.map(lambda event: pipeline.invoke("csv-parser", event), [delivery(sent)] * 3))

    check_settled(pipeline, pipeline.end_of(sent), file.expected_errors)


def test_nothing_changes_when_an_old_stream_batch_comes_again(pipeline: Pipeline, vendor: str) -> None:
    file = generate_upload(rows=60, error_rate=0.3, seed=23, vendor_id=vendor)
    before_upload = end_of_stream(pipeline)
    upload = pipeline.upload(vendor, "products.csv", file.body)
    batch = staged_since(pipeline, before_upload, upload.upload_id)
    assert len(batch) == 60
    before = everything_about(pipeline, upload.upload_id, vendor)

    repetitions = (batch, batch[20:], batch[::3])
    answers = [pipeline.invoke("product-validator", {"Records": records}) for records in repetitions]

    assert answers == [{"batchItemFailures": []}] * 3
    queue = pipeline.environment.output("ErrorQueueUrl")
    wait_for("the repeated error rows are taken in", lambda: messages_in(pipeline, queue) == 0)
    assert everything_about(pipeline, upload.upload_id, vendor) == before
    check_settled(pipeline, upload, file.expected_errors)


def test_rows_count_once_when_stream_batches_overlap(pipeline: Pipeline, vendor: str) -> None:
    file = generate_upload(rows=200, error_rate=0.3, seed=24, vendor_id=vendor)
    before_upload = end_of_stream(pipeline)
    with mapping_changed(pipeline, "product-validator", Enabled=False):
        sent = pipeline.send(vendor, "products.csv", file.body)
        upload_id = pipeline.upload_id_of(sent)
        batch = wait_for(
            "all rows are staged",
            lambda: staged if len(staged := staged_since(pipeline, before_upload, upload_id)) == 200 else None,
        )

        overlapping = [batch[150:], batch[100:180], batch[:120], batch[60:], batch[::-1]]
        with ThreadPoolExecutor() as deliveries:
            list(deliveries.map(lambda part: pipeline.invoke("product-validator", {"Records": part}), overlapping))

    check_settled(pipeline, pipeline.end_of(sent), file.expected_errors)


def test_upload_ends_when_it_is_complete_before_its_execution_waits(pipeline: Pipeline, vendor: str) -> None:
    content = csv_file([product(f"{vendor}-1"), product(f"{vendor}-2", price="")])
    with s3_events_withheld(pipeline):
        sent = pipeline.send(vendor, "products.csv", content)
    pipeline.invoke("reconciler", {"upload": execution_input(sent)})

    upload = pipeline.end_of(sent, upload_id=pipeline.start_by_hand(sent))

    assert upload.execution.states[:2] == ["Await Validation", "Read Completion"]
    (execution,) = story(pipeline, upload.upload_id).executions
    assert [step for step in execution.steps if step.causes] == [], "that it is complete is no failure"
    check_settled(pipeline, upload, {2: ("MISSING_REQUIRED_FIELD",)})


def test_upload_ends_when_its_execution_waits_before_it_is_complete(pipeline: Pipeline, vendor: str) -> None:
    content = csv_file([product(f"{vendor}-1"), product(f"{vendor}-2", price="")])
    with mapping_changed(pipeline, "product-validator", Enabled=False):
        sent = pipeline.send(vendor, "products.csv", content)
        upload_id = pipeline.upload_id_of(sent)
        wait_for("the execution waits", lambda: "task_token" in pipeline.tracker(upload_id))
        execution = pipeline.execution(upload_id)
        assert execution is not None
        assert (execution.status, execution.ended_in) == ("RUNNING", "Await Validation")

    upload = pipeline.end_of(sent)

    assert upload.execution.states[:2] == ["Await Validation", "File Accepted?"]
    check_settled(pipeline, upload, {2: ("MISSING_REQUIRED_FIELD",)})
