"""The audit trail on a real PostgreSQL: an upload is opened once and ends once."""

import pytest

from onboarding.stores import history
from onboarding.stores.history import Progress, UploadNotRecordedError
from onboarding.uploads import Upload, UploadStatus


def test_upload_is_new_once_when_it_is_opened_again(database, cursor, upload: Upload) -> None:
    assert history.open_upload(cursor, upload, None) is True
    assert history.open_upload(cursor, upload, 4) is False
    assert history.open_upload(cursor, upload, 9) is False

    record = history.find_upload(cursor, upload.upload_id)

    assert record.progress == Progress(4, 0, 0)
    assert record.status is UploadStatus.PROCESSING
    assert record.upload_timestamp.isoformat() == upload.uploaded_at


def test_upload_is_recorded_when_its_names_are_longer_than_the_columns(database, cursor, upload: Upload) -> None:
    long = Upload(
        **{**upload.as_execution_input(), "vendor_id": "v" * 400, "file_name": "\N{HEADPHONE}" * 150 + "x" * 300}
    )

    assert history.open_upload(cursor, long, None) is True

    record = history.find_upload(cursor, upload.upload_id)
    assert (len(record.vendor_id), len(record.file_name)) == (50, 255)


def test_total_stays_unknown_when_the_upload_was_closed_before(database, cursor, upload: Upload) -> None:
    history.open_upload(cursor, upload, None)
    history.finish_upload(cursor, upload.upload_id, UploadStatus.FAILED, "EMPTY_FILE: nothing in it", None)

    history.open_upload(cursor, upload, 4)

    assert history.find_upload(cursor, upload.upload_id).progress.total_records is None


def test_finishing_fails_when_the_upload_is_unknown(database, cursor) -> None:
    with pytest.raises(UploadNotRecordedError):
        history.finish_upload(cursor, "UPLOAD_UNKNOWN", UploadStatus.FAILED, "reason", None)


def test_upload_is_closed_when_its_rows_are_open_but_there_is_a_reason(database, cursor, upload: Upload) -> None:
    history.open_upload(cursor, upload, 4)

    record = history.finish_upload(cursor, upload.upload_id, UploadStatus.FAILED, "PROCESSING_ERROR: ours", None)

    assert record.status is UploadStatus.FAILED
    assert record.completed_at is not None


def test_status_stays_when_an_upload_is_finished_twice(database, cursor, upload: Upload) -> None:
    history.open_upload(cursor, upload, 0)

    first = history.finish_upload(cursor, upload.upload_id, UploadStatus.COMPLETED, None, None)
    second = history.finish_upload(cursor, upload.upload_id, UploadStatus.FAILED, "another reason", "another/key")

    assert first.status is UploadStatus.COMPLETED
    assert second == first
