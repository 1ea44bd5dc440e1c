"""What an operator can learn from an execution and from the logs, and what must not be there."""

import time

from tests.e2e.files import csv_file, product
from tests.e2e.logs import logged, structured
from tests.e2e.pipeline import Pipeline


def test_execution_tells_the_story_when_some_rows_are_not_valid(pipeline: Pipeline, vendor: str) -> None:
    content = csv_file([product(f"{vendor}-1"), product(f"{vendor}-2"), product(f"{vendor}-3", price="0")])

    upload = pipeline.upload(vendor, "products.csv", content)

    execution, stored = upload.execution, upload.sent.stored
    assert execution.input == {
        "upload_id": upload.upload_id,
        "vendor_id": vendor,
        "file_name": "products.csv",
        "bucket": stored.bucket,
        "s3_key": stored.key,
        "object_version": stored.version,
        "uploaded_at": execution.input["uploaded_at"],
        "mode": "import",
        "is_preview": False,
        "corrects_upload_id": None,
        "portal_page": f"{pipeline.environment.output('ApiUrl')}/portal/#/uploads/{upload.upload_id}",
    }
    assert [state for state in execution.states if state != "Read Completion"] == [
        "Await Validation",
        "File Accepted?",
        "Any Errors?",
        "Build Error Report",
        "Record Outcome",
        "Anyone to Tell?",
        "Notify Vendor",
        "Announce End",
        "How Did It End?",
        "Upload Partially Completed",
    ]
    counts = {"total_records": 3, "valid_records": 2, "error_records": 1}
    key = f"errors/{vendor}/{upload.upload_id}_errors.csv"
    assert counts.items() <= execution.output_of("Any Errors?").items()
    corrections = f"errors/{vendor}/{upload.upload_id}_corrections.csv"
    answer = {"error_file_s3_key": key, "corrections_file_s3_key": corrections}
    assert execution.output_of("Build Error Report") == {**answer, "error_rows": 1}
    for state in ("Record Outcome", "Notify Vendor", "Upload Partially Completed"):
        output = execution.output_of(state)
        assert counts.items() <= output.items()
        assert output["status"] == "partial"
        assert answer.items() <= output.items()
        assert output["read_as"]["encoding"] == "UTF-8"
        assert upload.upload_id in output["message"]


def test_execution_tells_the_reason_when_the_file_is_refused(pipeline: Pipeline, vendor: str) -> None:
    upload = pipeline.upload(vendor, "products.csv", b"")

    assert upload.execution.output_of("File Accepted?")["refusal_code"] == "EMPTY_FILE"
    assert upload.execution.output_of("File Refused")["failure_reason"].startswith("EMPTY_FILE: The file is empty.")


def test_logs_name_the_upload_and_no_row_when_a_file_is_processed(pipeline: Pipeline, vendor: str) -> None:
    started = time.time()
    secret = "between-you-and-me"
    content = csv_file(
        product(
            f"{vendor}-{number}",
            product_name=f"{secret} name {number}",
            description=f"{secret} description",
            brand=f"{secret} brand",
            price="1.00" if number % 2 else f"{secret} price",
        )
        for number in range(1, 11)
    )

    upload = pipeline.upload(vendor, "products.csv", content)

    lines = logged(pipeline, started)
    assert {name: [line for line in written if secret in line] for name, written in lines.items()} == {
        name: [] for name in lines
    }
    for function in ("csv-parser", "product-validator", "error-processor", "outcome-recorder"):
        documents = structured(lines[function])
        assert documents, f"{function} logged nothing"
        assert {document.get("upload_id") for document in documents} == {upload.upload_id}, function
    password = pipeline.environment.database_url.split(":")[2].partition("@")[0]
    token = pipeline.tracker(upload.upload_id).get("task_token", {}).get("S", "no token was stored")
    everything = "\n".join(line for written in lines.values() for line in written)
    assert password not in everything
    assert token not in everything
