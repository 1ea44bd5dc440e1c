"""The audit trail on a real PostgreSQL: an upload is opened once and ends once."""

from dataclasses import replace

import pytest
from psycopg2.extensions import cursor as Cursor

from onboarding.stores import history
from onboarding.stores.history import Progress, UploadNotRecordedError
from onboarding.uploads import Upload, UploadStatus
from tests.conftest import TestDatabase


def test_upload_is_new_once_when_it_is_opened_again(database: TestDatabase, cursor: Cursor, upload: Upload) -> None:
    assert history.open_upload(cursor, upload, None) is True
    assert history.open_upload(cursor, upload, 4) is False
    assert history.open_upload(cursor, upload, 9) is False

    record = history.find_upload(cursor, upload.upload_id)

    assert record
    assert record.progress == Progress(4, 0, 0)
    assert record.status is UploadStatus.PROCESSING
    assert record.upload_timestamp.isoformat() == upload.uploaded_at


def test_upload_is_recorded_when_its_names_are_longer_than_the_columns(
    database: TestDatabase, cursor: Cursor, upload: Upload
) -> None:
    long = replace(upload, vendor_id="v" * 400, file_name="\N{HEADPHONE}" * 150 + "x" * 300)

    assert history.open_upload(cursor, long, None) is True

    record = history.find_upload(cursor, upload.upload_id)
    assert record
    assert (len(record.vendor_id), len(record.file_name)) == (50, 255)


def test_total_stays_unknown_when_the_upload_was_closed_before(
    database: TestDatabase, cursor: Cursor, upload: Upload
) -> None:
    history.open_upload(cursor, upload, None)
    history.finish_upload(cursor, upload.upload_id, UploadStatus.FAILED, "EMPTY_FILE: nothing in it", None)

    history.open_upload(cursor, upload, 4)

    record = history.find_upload(cursor, upload.upload_id)
    assert record
    assert record.progress.total_records is None


def test_finishing_fails_when_the_upload_is_unknown(database: TestDatabase, cursor: Cursor) -> None:
    with pytest.raises(UploadNotRecordedError):
        history.finish_upload(cursor, "UPLOAD_UNKNOWN", UploadStatus.FAILED, "reason", None)


def test_upload_is_closed_when_its_rows_are_open_but_there_is_a_reason(
    database: TestDatabase, cursor: Cursor, upload: Upload
) -> None:
    history.open_upload(cursor, upload, 4)

    record = history.finish_upload(cursor, upload.upload_id, UploadStatus.FAILED, "PROCESSING_ERROR: ours", None)

    assert record.status is UploadStatus.FAILED
    assert record.completed_at is not None


def test_status_stays_when_an_upload_is_finished_twice(database: TestDatabase, cursor: Cursor, upload: Upload) -> None:
    history.open_upload(cursor, upload, 0)

    first = history.finish_upload(cursor, upload.upload_id, UploadStatus.COMPLETED, None, None)
    second = history.finish_upload(cursor, upload.upload_id, UploadStatus.FAILED, "another reason", "another/key")

    assert first.status is UploadStatus.COMPLETED
    assert second == first


def test_files_are_noted_later_when_they_could_not_be_built_at_first(
    database: TestDatabase, cursor: Cursor, upload: Upload
) -> None:
    history.open_upload(cursor, upload, 1)
    cursor.execute("UPDATE upload_history SET error_records = 1 WHERE upload_id = %s", (upload.upload_id,))

    first = history.finish_upload(cursor, upload.upload_id, UploadStatus.FAILED, None, None)
    second = history.finish_upload(cursor, upload.upload_id, UploadStatus.FAILED, None, "report")
    third = history.finish_upload(cursor, upload.upload_id, UploadStatus.FAILED, None, "another", "corrections")

    files = [(record.error_file_s3_key, record.corrections_file_s3_key) for record in (first, second, third)]
    assert files == [(None, None), ("report", None), ("report", "corrections")]
    assert first.completed_at == third.completed_at
