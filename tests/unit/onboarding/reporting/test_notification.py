"""The e-mails, word for word, and the subjects that SNS accepts."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.reporting.notification import (
    Email,
    ReportReference,
    abandoned_email,
    outcome_email,
    percentage,
    refusal_email,
)
from onboarding.stores.history import Effects, Progress
from onboarding.uploads import Upload, UploadMode

UPLOAD_ID = "UPLOAD_20261121_103045_0a1b2c3d"
REPORT = ReportReference("https://api.example/reports/token", datetime(2026, 11, 28, 10, 31, 2, tzinfo=UTC))


SOME_CHANGED = Progress(
    1000, 950, 50, Effects(changed=900, unchanged=40, superseded=10, changed_fields={"price": 880, "brand": 20})
)
ALL_UNCHANGED = Progress(3, 3, 0, Effects(unchanged=3))


def _upload(file_name: str = "products.csv", mode: UploadMode = UploadMode.IMPORT, is_preview: bool = False) -> Upload:
    return Upload(UPLOAD_ID, "VEND001", file_name, "bucket", "key", "v", "2026-11-21T10:30:45Z", mode, is_preview)


def _outcome(**changed: Any) -> Email:
    named = {name: changed.pop(name) for name in ("file_name", "mode", "is_preview") if name in changed}
    return outcome_email(
        **{
            "upload": _upload(**named),
            "progress": Progress(1000, 950, 50),
            "unprocessed": 0,
            "status": "partial",
            "report": REPORT,
            **changed,
        }
    )


def _emails(file_name: str) -> list[Email]:
    uploads = [_upload(file_name, mode, is_preview) for mode in UploadMode for is_preview in (False, True)]
    return [
        email
        for upload in uploads
        for email in (
            outcome_email(upload=upload, progress=SOME_CHANGED, unprocessed=0, status="partial", report=REPORT),
            refusal_email(upload=upload, code="VENDOR_NOT_ACTIVE", message="Not active."),
            abandoned_email(upload=upload, valid=0),
        )
    ]


def test_email_tells_what_to_correct_when_some_rows_are_invalid() -> None:
    email = _outcome()

    assert email.subject == "Product Upload Complete - products.csv (95% Success)"
    assert email.message == (
        "Upload ID: UPLOAD_20261121_103045_0a1b2c3d\n"
        "File Name: products.csv\n"
        "Total Products: 1000\n"
        "Valid Products: 950 (95%)\n"
        "Invalid Products: 50 (5%)\n"
        "\n"
        "Status: PARTIAL\n"
        "\n"
        "Download Error Report: https://api.example/reports/token\n"
        "(Link expires in 7 days, on 28 November 2026 at 10:31 UTC)\n"
        "\n"
        "What to do next: the report says for each row what is wrong and what is allowed.\n"
        "Row 1 is the first one below the header.\n"
        "Correct those rows and upload them in a new file; leave out the rows that were accepted.\n"
    )


def test_email_says_how_the_file_was_read_and_links_the_corrections_when_there_are_any() -> None:
    report = replace(REPORT, corrections_url="https://api.example/reports/other")

    email = _outcome(report=report, read_as="Read as: semicolon-separated.")

    assert email.message.endswith(
        "Status: PARTIAL\n"
        "\n"
        "Download Error Report: https://api.example/reports/token\n"
        "(Link expires in 7 days, on 28 November 2026 at 10:31 UTC)\n"
        "\n"
        "Read as: semicolon-separated.\n"
        "\n"
        "Download Corrections File: https://api.example/reports/other\n"
        "(Link expires in 7 days, on 28 November 2026 at 10:31 UTC)\n"
        "\n"
        "What to do next: the report says for each row what is wrong and what is allowed.\n"
        "Row 1 is the first one below the header.\n"
        "Correct those rows in the corrections file and upload it the same way as this file; "
        "nothing else in it needs to be changed.\n"
    )


def test_email_says_that_corrections_are_no_whole_file_when_it_was_a_check() -> None:
    email = _outcome(is_preview=True, report=replace(REPORT, corrections_url="https://api.example/reports/other"))

    assert email.message.endswith("upload it. The corrections file has those rows alone.\n")


@pytest.mark.parametrize("state", [{"progress": Progress(3, 3, 0), "status": "completed"}, {}])
def test_email_ends_with_how_the_file_was_read_when_it_has_no_links(state: dict[str, Any]) -> None:
    email = _outcome(**state, report=None, read_as="Read as: tab-separated.")

    assert email.message.endswith(".\n\nRead as: tab-separated.\n")


def test_email_has_no_link_when_all_rows_are_valid() -> None:
    email = _outcome(progress=Progress(3, 3, 0), status="completed", report=None)

    assert email.subject == "Product Upload Complete - products.csv (100% Success)"
    assert email.message == (
        "Upload ID: UPLOAD_20261121_103045_0a1b2c3d\n"
        "File Name: products.csv\n"
        "Total Products: 3\n"
        "Valid Products: 3 (100%)\n"
        "Invalid Products: 0 (0%)\n"
        "\n"
        "Status: COMPLETED\n"
        "\n"
        "All products are in the catalogue. There is nothing left to do.\n"
    )


def test_email_says_whose_problem_it_is_when_the_report_could_not_be_made() -> None:
    email = _outcome(report=None)

    assert email.message.endswith(
        "The error report could not be made because of a problem on our side.\n"
        "Our team has been told and will send it to you.\n"
    )
    assert "Download" not in email.message


def test_email_asks_for_rows_again_when_some_could_not_be_processed() -> None:
    email = _outcome(unprocessed=2)

    assert email.message.endswith(
        "\n"
        "2 of the invalid products could not be checked because of a problem on our side\n"
        "(PROCESSING_ERROR in the report). Upload those rows again as they are.\n"
    )


def test_email_gives_the_reason_when_a_file_is_refused() -> None:
    email = refusal_email(upload=_upload(), code="EMPTY_FILE", message="The file is empty.")

    assert email == Email(
        "Product Upload Refused - products.csv (EMPTY_FILE)",
        "Upload ID: UPLOAD_20261121_103045_0a1b2c3d\n"
        "File Name: products.csv\n"
        "\n"
        "Status: FAILED\n"
        "\n"
        "The file was not processed, and no product was added to the catalogue.\n"
        "Reason: EMPTY_FILE\n"
        "The file is empty.\n",
    )


@pytest.mark.parametrize(
    ("valid", "sentence"),
    [
        (0, "No product was added to the catalogue."),
        (7, "7 of its products were added to the catalogue."),
    ],
)
def test_email_takes_the_blame_when_an_upload_is_abandoned(valid: int, sentence: str) -> None:
    email = abandoned_email(upload=_upload(), valid=valid)

    assert email == Email(
        "Product Upload Failed - products.csv (problem on our side)",
        "Upload ID: UPLOAD_20261121_103045_0a1b2c3d\n"
        "File Name: products.csv\n"
        "\n"
        "Status: FAILED\n"
        "\n"
        "The file could not be processed because of a problem on our side; nothing is wrong with your file.\n"
        f"{sentence} Our team has been told.\n"
        "Upload the file again later. Products that were added already will then be reported as duplicates.\n",
    )


def test_email_counts_what_changed_when_the_file_was_an_update() -> None:
    email = _outcome(mode=UploadMode.UPDATE, progress=SOME_CHANGED)

    assert email.subject == "Product Update Complete - products.csv (95% Success)"
    assert email.message == (
        "Upload ID: UPLOAD_20261121_103045_0a1b2c3d\n"
        "File Name: products.csv\n"
        "Total Products: 1000\n"
        "Valid Products: 950 (95%)\n"
        "Invalid Products: 50 (5%)\n"
        "\n"
        "Changed: 900 (brand of 20, price of 880)\n"
        "Unchanged: 40 (the catalogue has these values already)\n"
        "Superseded: 10 (a newer file has set these values)\n"
        "Rejected: 50\n"
        "\n"
        "Status: PARTIAL\n"
        "\n"
        "Download Error Report: https://api.example/reports/token\n"
        "(Link expires in 7 days, on 28 November 2026 at 10:31 UTC)\n"
        "\n"
        "What to do next: the report says for each row what is wrong and what is allowed.\n"
        "Row 1 is the first one below the header.\n"
        "Correct those rows and upload them in a new file; leave out the rows that were accepted.\n"
    )


def test_email_cannot_be_mistaken_for_an_import_when_the_file_was_only_checked() -> None:
    email = _outcome(is_preview=True)

    assert email.subject == "Product Check Complete - products.csv (95% Valid)"
    assert "This was a check only. Nothing was added to or changed in the catalogue.\n" in email.message
    assert "Changed" not in email.message
    assert email.message.endswith("Correct those rows in your file, then have it checked again or upload it.\n")


@pytest.mark.parametrize(
    ("mode", "folder", "effects"),
    [
        (UploadMode.IMPORT, "uploads", ""),
        (
            UploadMode.UPDATE,
            "updates",
            "Would Change: 0\n"
            "Unchanged: 3 (the catalogue has these values already)\n"
            "Superseded: 0 (a newer file has set these values)\n"
            "Rejected: 0\n"
            "\n",
        ),
    ],
)
def test_email_says_where_to_upload_the_file_when_a_check_found_nothing(
    mode: UploadMode, folder: str, effects: str
) -> None:
    email = _outcome(mode=mode, is_preview=True, progress=ALL_UNCHANGED, status="completed", report=None)

    assert email.message == (
        "Upload ID: UPLOAD_20261121_103045_0a1b2c3d\n"
        "File Name: products.csv\n"
        "Total Products: 3\n"
        "Valid Products: 3 (100%)\n"
        "Invalid Products: 0 (0%)\n"
        "\n"
        f"{effects}"
        "Status: COMPLETED\n"
        "\n"
        "This was a check only. Nothing was added to or changed in the catalogue.\n"
        "\n"
        "Every row keeps the rules.\n"
        f"To have it carried out, upload the same file to {folder}/VEND001/.\n"
    )


@pytest.mark.parametrize(
    ("mode", "is_preview", "sentences"),
    [
        (
            UploadMode.UPDATE,
            False,
            "7 of its rows were carried out. Our team has been told.\n"
            "Upload the file again later. Rows that were carried out already will then leave the catalogue as it is.\n",
        ),
        (
            UploadMode.IMPORT,
            True,
            "Nothing was added to or changed in the catalogue. Our team has been told.\n"
            "Have the file checked again later.\n",
        ),
    ],
)
def test_email_says_what_was_done_when_another_kind_is_abandoned(
    mode: UploadMode, is_preview: bool, sentences: str
) -> None:
    email = abandoned_email(upload=_upload(mode=mode, is_preview=is_preview), valid=7)

    assert email.message.endswith(sentences)


def test_email_says_that_nothing_was_written_when_a_check_is_refused() -> None:
    email = refusal_email(upload=_upload(is_preview=True), code="EMPTY_FILE", message="The file is empty.")

    assert email.subject == "Product Check Refused - products.csv (EMPTY_FILE)"
    assert "The file was not checked. Nothing was added to or changed in the catalogue.\n" in email.message


@pytest.mark.parametrize(
    "file_name",
    [
        "a.csv",
        "x" * 250 + ".csv",
        "Kopfh\u00f6rer \N{HEADPHONE} \u8033\u6a5f.csv",
        "two\nlines\r\n\x00\x1b[31m.csv",
        "\ufdfa" * 30 + ".csv",
    ],
)
def test_subject_is_short_printable_ascii_when_the_file_name_is_not(file_name: str) -> None:
    for email in _emails(file_name):
        assert re.fullmatch("[ -~]{1,99}", email.subject), email.subject


@given(st.text())
def test_subject_keeps_the_limits_when_the_file_name_is_anything(file_name: str) -> None:
    for email in _emails(file_name):
        assert re.fullmatch("[ -~]{1,99}", email.subject)


def test_subject_keeps_both_ends_when_the_file_name_is_long() -> None:
    email = _outcome(file_name=f"autumn-{'x' * 200}-final.csv")

    assert email.subject.startswith("Product Upload Complete - autumn-xx")
    assert email.subject.endswith("-final.csv (95% Success)")
    assert "..." in email.subject
    assert len(email.subject) == 99


def test_subject_drops_accents_when_the_file_name_has_some() -> None:
    email = _outcome(file_name="\u00c9t\u00e9 2026.csv")

    assert email.subject == "Product Upload Complete - Ete 2026.csv (95% Success)"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 0, "0"),
        (0, 10_000, "0"),
        (1, 10_000, "0.1"),
        (9_999, 10_000, "99.9"),
        (10_000, 10_000, "100"),
        (950, 1_000, "95"),
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (995, 1_000, "99.5"),
    ],
)
def test_percentage_is_honest_when_it_would_round_to_none_or_all(part: int, whole: int, shown: str) -> None:
    assert percentage(part, whole) == shown


@given(st.integers(1, 10_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_percentage_is_0_or_100_when_and_only_when_it_is_none_or_all(counts: tuple[int, int]) -> None:
    part, whole = counts

    shown = percentage(part, whole)

    assert (shown == "0") is (part == 0)
    assert (shown == "100") is (part == whole)
    assert abs(float(shown) - 100 * part / whole) < 0.1 + 1e-9
