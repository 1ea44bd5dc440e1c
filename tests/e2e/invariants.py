"""The six invariants of the design, checked from outside on an upload that has ended."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

from local.uploads import Email
from samples.generate import COLUMNS
from tests.e2e import reports
from tests.e2e.files import Product, rows_of
from tests.e2e.pipeline import Pipeline, Upload, contracted_upload_id
from tests.e2e.staging import staged_items

END_STATES = {
    "completed": "Upload Completed",
    "partial": "Upload Partially Completed",
    "failed": "Upload Failed",
}
_NUMBERS = ("price", "compare_at_price", "stock_quantity", "weight_kg")
_STAGED_CHARACTERS = 4096
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def check_settled(
    pipeline: Pipeline,
    upload: Upload,
    errors: Mapping[int, Sequence[str]],
    *,
    ended_in: str | None = None,
    emails: int = 1,
    has_report: bool = True,
) -> None:
    """Check everything about a file whose rows were checked. `errors`: the codes of each bad row, in report order.

    An end other than the usual one for these rows has its end state named, and says how many e-mails the vendor got
    and whether a report could be made.
    """
    rows = rows_of(upload.sent.content)
    valid = [number for number in rows if number not in errors]
    status = "failed" if not valid else "partial" if errors else "completed"

    history = _check_it_ended_once(pipeline, upload, status, ended_in or END_STATES[status])
    assert history["failure_reason"] is None
    assert history["total_records"] == len(rows)
    assert history["valid_records"] == len(valid)
    assert history["error_records"] == len(errors)
    assert (history["mode"], history["is_preview"]) == (upload.sent.mode, upload.sent.is_preview)
    _check_catalogue(pipeline, upload, history, {number: rows[number] for number in valid})
    records = _check_validation_errors(pipeline, upload, rows, errors)
    _check_staged_rows(pipeline, upload, rows, errors)
    sent = _check_messages(pipeline, upload, emails=emails)
    report = _check_report(pipeline, upload, history, records, sent, has_report=bool(errors) and has_report)
    corrections = _check_corrections(pipeline, upload, history, errors, sent, has_report=bool(errors) and has_report)
    _check_privacy(pipeline, upload, [email.subject + email.body for email in sent] + [report, corrections])


def check_refused(pipeline: Pipeline, upload: Upload, code: str, *, vendor_is_known: bool = True) -> Email:
    """Check everything about a file that was refused as a whole, and return the e-mail about it."""
    history = _check_it_ended_once(pipeline, upload, "failed", "File Refused")
    assert history["failure_reason"].startswith(f"{code}: ")
    assert (history["total_records"], history["valid_records"], history["error_records"]) == (None, 0, 0)
    assert recorded_errors(pipeline, upload.upload_id) == []
    _check_products(pipeline, upload, {})
    _check_staged_rows(pipeline, upload, {}, {})
    if vendor_is_known:
        (email,) = _check_messages(pipeline, upload, emails=1)
    else:
        assert _check_messages(pipeline, upload, emails=0) == []
        assert upload.execution.output["recipients"] == 0
        email = Email(upload.execution.output["subject"], upload.execution.output["message"])
    assert code in email.subject
    assert f"Reason: {code}\n" in email.body
    _check_report(pipeline, upload, history, [], [email], has_report=False)
    _check_privacy(pipeline, upload, [email.subject + email.body])
    return email


def check_nothing_is_left(pipeline: Pipeline) -> None:
    """Check what must hold of all uploads together, after all of them: none is open, none was announced twice."""
    history = pipeline.query("SELECT upload_id, vendor_id, status FROM upload_history")
    assert [row["upload_id"] for row in history if row["status"] == "processing"] == []
    announced_twice = [
        row["upload_id"]
        for row in history
        if row["upload_id"] not in pipeline.announced_again
        and len(pipeline.mailbox.about(row["upload_id"], pipeline.topic_of(row["vendor_id"]))) > 1
    ]
    assert announced_twice == []
    queues = (
        "ErrorDeadLetterQueueUrl",
        "UploadEventDeadLetterQueueUrl",
        "UndeliveredUploadQueueUrl",
        "UploadEventQueueUrl",
    )
    for queue in queues:
        assert messages_in(pipeline, pipeline.environment.output(queue)) == 0, queue


def recorded_errors(pipeline: Pipeline, upload_id: str) -> list[dict[str, Any]]:
    """Return the upload's validation errors in the order of the report: by row, then by column of the file."""
    records = pipeline.query(
        "SELECT row_number, field, error_type, error_message, original_data FROM validation_errors"
        " WHERE upload_id = %s ORDER BY error_id",
        upload_id,
    )
    return sorted(records, key=lambda record: (record["row_number"], COLUMNS.index(record["field"] or COLUMNS[0])))


def codes_by_row(records: Sequence[Mapping[str, Any]]) -> dict[int, tuple[str, ...]]:
    """Return the error codes of each row, in the order of the records."""
    codes: dict[int, tuple[str, ...]] = {}
    for record in records:
        codes[record["row_number"]] = (*codes.get(record["row_number"], ()), record["error_type"])
    return codes


def messages_in(pipeline: Pipeline, queue_url: str) -> int:
    """Return how many messages a queue holds, hidden ones included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = pipeline.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)


##### 1. It ends


def _check_it_ended_once(pipeline: Pipeline, upload: Upload, status: str, ended_in: str) -> dict[str, Any]:
    stored = upload.sent.stored
    recorded = pipeline.query(
        "SELECT * FROM upload_history WHERE s3_key = %s AND object_version = %s", stored.key, stored.version
    )
    assert [row["upload_id"] for row in recorded] == [upload.upload_id], "one file version is one upload"
    (history,) = recorded
    assert upload.upload_id == contracted_upload_id(upload.sent, history["upload_timestamp"])
    assert (history["vendor_id"], history["file_name"]) == (upload.vendor_id, upload.sent.file_name)
    assert history["status"] == status
    assert history["completed_at"] >= history["upload_timestamp"]

    execution = upload.execution
    assert execution.name == upload.upload_id
    assert execution.ended_in == ended_in
    assert execution.status == ("FAILED" if ended_in in FAILED_ENDS else "SUCCEEDED")
    assert _executions_of(pipeline, upload) == [upload.upload_id], "one upload is one execution"
    return history


FAILED_ENDS = {
    "Stalled Upload Closed",
    "Stalled Upload Abandoned",
    "Error Report Missing",
    "Outcome Not Recorded",
    "Vendor Not Notified",
}


def _executions_of(pipeline: Pipeline, upload: Upload) -> list[str]:
    """Return the names of the executions for this file version: their ids end in the same digest."""
    machine = pipeline.environment.output("UploadStateMachineArn")
    pages = pipeline.client("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=machine)
    names = [execution["name"] for page in pages for execution in page["executions"]]
    return [name for name in names if name.endswith(upload.upload_id.rpartition("_")[2])]


def _check_messages(pipeline: Pipeline, upload: Upload, *, emails: int) -> list[Email]:
    """Check how many e-mails the vendor got, and that operations got none, and return the vendor's."""
    sent = pipeline.mailbox.about(upload.upload_id, pipeline.topic_of(upload.vendor_id))
    assert len(sent) == emails
    if emails > 1:
        pipeline.announced_again.add(upload.upload_id)
    told = pipeline.mailbox.about(upload.upload_id, pipeline.environment.output("OperationsTopicArn"))
    assert told == [], "SNS suspends an address that gets a message for each upload"
    return sent


##### 2. It adds up


def _check_catalogue(
    pipeline: Pipeline, upload: Upload, history: Mapping[str, Any], valid: Mapping[int, Product]
) -> None:
    """Check that the catalogue has what the valid rows say, and nothing of a preview."""
    effects = [history[f"{name}_records"] for name in ("changed", "unchanged", "superseded")]
    assert sum(effects) == (len(valid) if upload.sent.mode == "update" else 0)
    if upload.sent.is_preview:
        _check_products(pipeline, upload, {})
        assert _changes(pipeline, upload) == {}
    elif upload.sent.mode == "import":
        _check_products(pipeline, upload, valid)
    else:
        _check_products(pipeline, upload, {})
        _check_changes(pipeline, upload, valid)


def _changes(pipeline: Pipeline, upload: Upload) -> dict[int, dict[str, Any]]:
    """Return the records of what the upload has set, by row number."""
    found = pipeline.query(
        "SELECT c.*, p.sku, p.vendor_product_id, p.vendor_id FROM product_changes c JOIN products p USING (product_id)"
        " WHERE c.upload_id = %s",
        upload.upload_id,
    )
    assert len({record["row_number"] for record in found}) == len(found)
    return {record["row_number"]: record for record in found}


def _check_changes(pipeline: Pipeline, upload: Upload, valid: Mapping[int, Product]) -> None:
    """Check each record of an update against its row; a row whose fields a later upload had set before has none."""
    for number, record in _changes(pipeline, upload).items():
        row = valid[number]
        assert record["vendor_id"] == upload.vendor_id
        for key in ("sku", "vendor_product_id"):
            assert row.get(key, "").strip() in ("", record[key])
        for column in record["fields"]:
            cell = row[column].strip()
            expected = None if cell == "CLEAR" else _value(column, cell)
            if column in record["new_values"]:
                new = record["new_values"][column]
                assert (Decimal(str(new)) if column in _NUMBERS and new is not None else new) == expected
                assert new != record["old_values"][column]


def _check_products(pipeline: Pipeline, upload: Upload, expected: Mapping[int, Product]) -> None:
    columns = ", ".join(COLUMNS)
    found = pipeline.query(
        f"SELECT row_number, vendor_id, {columns} FROM products WHERE upload_id = %s", upload.upload_id
    )
    assert sorted(row["row_number"] for row in found) == sorted(expected)
    assert {row["vendor_id"] for row in found} <= {upload.vendor_id}
    wrong = {
        row["row_number"]: row
        for row in found
        if any(row[column] != _value(column, expected[row["row_number"]].get(column, "")) for column in COLUMNS)
    }
    assert wrong == {}, "values differ from the file's"


def _value(column: str, cell: str) -> object:
    """Return what the catalogue must hold for a cell."""
    text = cell.strip()
    if not text:
        return None
    return Decimal(text) if column in _NUMBERS else text


def _check_validation_errors(
    pipeline: Pipeline, upload: Upload, rows: Mapping[int, Product], errors: Mapping[int, Sequence[str]]
) -> list[dict[str, Any]]:
    records = recorded_errors(pipeline, upload.upload_id)
    assert codes_by_row(records) == {number: tuple(codes) for number, codes in sorted(errors.items())}
    for record in records:
        sent = rows[record["row_number"]]
        assert set(record["original_data"]) == {*COLUMNS, *(["status"] if upload.sent.mode == "update" else [])}
        for column, kept in record["original_data"].items():
            cell = sent.get(column, "")
            assert kept == cell or kept == cell.strip()[:_STAGED_CHARACTERS] != cell.strip(), (record, column)
        assert record["error_message"].strip()
    return records


def _check_staged_rows(
    pipeline: Pipeline, upload: Upload, rows: Mapping[int, Product], errors: Mapping[int, Sequence[str]]
) -> None:
    items = staged_items(pipeline, upload.upload_id)
    staged = sorted(int(item["row_number"]["N"]) for item in items if item["record_id"]["S"].isdigit())
    outcomes = {
        int(item["row_number"]["N"]): item["status"]["S"] for item in items if not item["record_id"]["S"].isdigit()
    }
    assert set(staged) <= set(rows)  # the reconciler settles rows that were never staged
    assert len(staged) == len(set(staged))
    assert outcomes == {number: "error" if number in errors else "validated" for number in rows}


##### 3. One report


def _check_report(
    pipeline: Pipeline,
    upload: Upload,
    history: Mapping[str, Any],
    records: Sequence[Mapping[str, Any]],
    sent: Sequence[Email],
    *,
    has_report: bool,
) -> str:
    """Check the report against the validation errors, and return its text."""
    key = f"errors/{upload.vendor_id}/{upload.upload_id}_errors.csv"
    links = [reports.link_in(email.body) for email in sent]
    if not has_report:
        assert history["error_file_s3_key"] is None
        assert set(links) <= {None}
        assert _stored(pipeline, key) is None
        return ""
    assert history["error_file_s3_key"] == key
    body = _stored(pipeline, key)
    assert body is not None
    for link in links:
        assert link is not None, "the e-mail has no link"
        assert link.startswith(pipeline.environment.output("ApiUrl") + "/reports/")
        assert reports.follow(link) == body
    header, lines = reports.read(body)
    assert header == reports.HEADER
    assert [(int(line["Row Number"]), line["Error Type"]) for line in lines] == [
        (record["row_number"], record["error_type"]) for record in records
    ]
    for line, record in zip(lines, records, strict=True):
        cells = record["original_data"]
        assert _without_guard(line["Error Message"]) == record["error_message"]
        assert _without_guard(line["Vendor Product ID"]) == cells["vendor_product_id"]
        assert _without_guard(line["SKU"]) == cells["sku"]
        assert _without_guard(line["Product Name"]) == cells["product_name"]
        assert _without_guard(line["Price"]) == cells["price"]
        assert _without_guard(line["Stock Quantity"]) == cells["stock_quantity"]
    return body.decode()


def _check_corrections(
    pipeline: Pipeline,
    upload: Upload,
    history: Mapping[str, Any],
    errors: Mapping[int, Sequence[str]],
    sent: Sequence[Email],
    *,
    has_report: bool,
) -> str:
    """Check that there is a corrections file with the report and that it has the bad rows alone; return its text."""
    key = f"errors/{upload.vendor_id}/{upload.upload_id}_corrections.csv"
    links = [reports.link_in(email.body, "Corrections File") for email in sent]
    body = _stored(pipeline, key)
    if not has_report:
        assert (history["corrections_file_s3_key"], body) == (None, None)
        assert set(links) <= {None}
        return ""
    assert history["corrections_file_s3_key"] == key
    assert body is not None
    for link in links:
        assert link is not None, "the e-mail has no link to the corrections"
        assert reports.follow(link) == body
    _, lines = reports.read(body)
    assert [line["_errors"].lstrip("'").partition(":")[0] for line in lines] == [
        errors[number][0] for number in sorted(errors)
    ]
    return body.decode("utf-8-sig")


def _stored(pipeline: Pipeline, key: str) -> bytes | None:
    try:
        answer = pipeline.client("s3").get_object(Bucket=pipeline.environment.output("UploadBucketName"), Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise
    body: bytes = answer["Body"].read()
    return body


def _without_guard(cell: str) -> str:
    """Return a report's cell as the vendor sent it; fail when a spreadsheet would run it."""
    if cell.startswith(_RUN_BY_SPREADSHEETS):
        assert re.fullmatch(r"[+-]?\d+([.,]\d+)?", cell), f"a spreadsheet would run {cell!r}"
    if cell.startswith("'") and cell[1:].startswith(_RUN_BY_SPREADSHEETS):
        return cell[1:]
    return cell


##### 6. No vendor sees another vendor's data


def _check_privacy(pipeline: Pipeline, upload: Upload, texts: Sequence[str]) -> None:
    for other in pipeline.vendor_ids:
        if other != upload.vendor_id:
            assert not [text for text in texts if other in text], f"{other} is named to {upload.vendor_id}"
