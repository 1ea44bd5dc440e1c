"""The identity of an upload, from the S3 event alone."""

import json
import re
from typing import Any

import pytest

from onboarding.uploads import NO_VENDOR, Upload, UploadMode, is_upload_key

KEY, TIME = "uploads/VEND001/products.csv", "2026-11-21T10:30:45.123Z"


def _record(key: str = KEY, version: str | None = "v1", time: str = TIME) -> dict[str, Any]:
    stored: dict[str, Any] = {"key": key, "size": 10}
    if version is not None:
        stored["versionId"] = version
    return {"eventTime": time, "s3": {"bucket": {"name": "uploads-bucket"}, "object": stored}}


def _upload(*arguments: Any, **changed: Any) -> Upload:
    return Upload.from_s3_record(_record(*arguments, **changed))


def test_id_has_time_and_digest_when_an_object_was_created() -> None:
    upload = _upload()

    assert re.fullmatch(r"UPLOAD_20261121_103045_[0-9a-f]{8}", upload.upload_id)
    assert upload.uploaded_at == "2026-11-21T10:30:45.123+00:00"
    assert (upload.vendor_id, upload.file_name, upload.object_version) == ("VEND001", "products.csv", "v1")


def test_id_is_the_same_when_the_event_comes_again() -> None:
    assert _upload() == _upload()


@pytest.mark.parametrize(
    "other",
    [{"version": "v2"}, {"key": "uploads/VEND001/others.csv"}, {"key": "uploads/VEND002/products.csv"}],
    ids=["version", "file", "vendor"],
)
def test_id_differs_when_another_object_comes_in_the_same_second(other: dict[str, str]) -> None:
    assert _upload(**other).upload_id != _upload().upload_id


def test_time_is_utc_when_the_event_gives_another_zone() -> None:
    assert _upload(time="2026-11-21T23:30:45+05:30").upload_id.startswith("UPLOAD_20261121_180045_")


def test_version_is_null_when_the_bucket_has_no_versions() -> None:
    assert _upload(version=None).object_version == "null"
    assert _upload(version="").object_version == "null"


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("uploads/VEND001/spring+list.csv", "uploads/VEND001/spring list.csv"),
        ("uploads/VEND001/spring%20list.csv", "uploads/VEND001/spring list.csv"),
        ("uploads/VEND001/a%2Bb.csv", "uploads/VEND001/a+b.csv"),
        ("uploads/VEND001/Kopfh%C3%B6rer+%F0%9F%8E%A7.csv", "uploads/VEND001/Kopfh\u00f6rer \N{HEADPHONE}.csv"),
        ("uploads/VEND001/100%25.csv", "uploads/VEND001/100%.csv"),
    ],
)
def test_key_is_decoded_when_the_event_encodes_it(sent: str, key: str) -> None:
    upload = _upload(key=sent)

    assert upload.s3_key == key
    assert upload.file_name == key.removeprefix("uploads/VEND001/")


@pytest.mark.parametrize("key", ["uploads/products.csv", "uploads//products.csv"])
def test_vendor_is_unknown_when_the_key_names_none(key: str) -> None:
    upload = _upload(key=key)

    assert (upload.vendor_id, upload.file_name) == (NO_VENDOR, "products.csv")


def test_folders_belong_to_the_file_name_when_the_vendor_has_some() -> None:
    upload = _upload(key="uploads/VEND001/2026/11/products.csv")

    assert (upload.vendor_id, upload.file_name) == ("VEND001", "2026/11/products.csv")


@pytest.mark.parametrize(
    ("key", "vendor_id", "file_name"),
    [("uploads/VEND001/", "VEND001", "VEND001"), ("uploads/", NO_VENDOR, "uploads/")],
)
def test_file_has_a_name_when_its_key_ends_in_a_slash(key: str, vendor_id: str, file_name: str) -> None:
    upload = _upload(key=key)

    assert (upload.vendor_id, upload.file_name) == (vendor_id, file_name)


@pytest.mark.parametrize(
    ("key", "mode", "is_preview", "vendor_id", "file_name"),
    [
        ("uploads/VEND001/a.csv", UploadMode.IMPORT, False, "VEND001", "a.csv"),
        ("updates/VEND001/a.csv", UploadMode.UPDATE, False, "VEND001", "a.csv"),
        ("previews/uploads/VEND001/a.csv", UploadMode.IMPORT, True, "VEND001", "a.csv"),
        ("previews/updates/VEND001/b/a.csv", UploadMode.UPDATE, True, "VEND001", "b/a.csv"),
        ("updates/a.csv", UploadMode.UPDATE, False, NO_VENDOR, "a.csv"),
        ("previews/updates/a.csv", UploadMode.UPDATE, True, NO_VENDOR, "a.csv"),
        ("previews/a.csv", UploadMode.IMPORT, True, NO_VENDOR, "a.csv"),
        ("previews/VEND001/a.csv", UploadMode.IMPORT, True, NO_VENDOR, "a.csv"),
        ("previews/uploads", UploadMode.IMPORT, True, NO_VENDOR, "uploads"),
    ],
)
def test_mode_follows_from_the_key(
    key: str, mode: UploadMode, is_preview: bool, vendor_id: str, file_name: str
) -> None:
    upload = _upload(key=key)

    assert (upload.mode, upload.is_preview) == (mode, is_preview)
    assert (upload.vendor_id, upload.file_name) == (vendor_id, file_name)
    assert is_upload_key(key)


@pytest.mark.parametrize("folder", ["uploads/", "updates/", "previews/uploads/", "previews/updates/"])
def test_folder_is_where_such_files_belong(folder: str) -> None:
    assert _upload(key=f"{folder}VEND001/a.csv").folder == folder


def test_upload_is_an_import_when_its_execution_began_before_there_were_modes() -> None:
    document = {
        name: value for name, value in _upload().as_execution_input().items() if name not in ("mode", "is_preview")
    }

    assert Upload.from_execution_input(document) == _upload()


@pytest.mark.parametrize("key", ["uploads/VEND001/a.csv", "previews/updates/VEND001/a.csv"])
def test_mode_is_the_same_when_it_went_through_an_execution(key: str) -> None:
    upload = _upload(key=key)

    assert Upload.from_execution_input(json.loads(json.dumps(upload.as_execution_input()))) == upload


def test_upload_is_the_same_when_it_went_through_an_execution() -> None:
    upload = _upload(key="uploads/VEND001/Kopfh%C3%B6rer.csv")

    passed_on = json.loads(json.dumps({**upload.as_execution_input(), "added_by": "an operator"}))

    assert Upload.from_execution_input(passed_on) == upload


@pytest.mark.parametrize(
    ("key", "is_upload"),
    [
        ("uploads/VEND001/products.csv", True),
        ("uploads/VEND001/PRODUCTS.CSV", True),
        ("uploads/products.csv", True),
        ("errors/VEND001/UPLOAD_1_errors.csv", False),
        ("uploads/VEND001/products.xlsx", True),
        ("uploads/VEND001/products", True),
        ("old/uploads/VEND001/products.csv", False),
    ],
)
def test_keys_are_told_apart_when_the_filter_lets_others_through(key: str, is_upload: bool) -> None:
    assert is_upload_key(key) is is_upload
