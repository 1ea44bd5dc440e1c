"""The words a vendor reads when an upload has ended."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

SUBJECT_LENGTH = 99
"""An SNS subject has fewer than 100 characters, printable ASCII without line breaks (SNS API reference, Publish)."""


@dataclass(frozen=True, slots=True)
class Email:
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class ReportReference:
    """Where the vendor gets the error report, and until when."""

    url: str
    expires_at: datetime


def outcome_email(
    *,
    upload_id: str,
    file_name: str,
    total: int,
    valid: int,
    errors: int,
    unprocessed: int,
    status: str,
    report: ReportReference | None,
) -> Email:
    """Return the e-mail about a file whose rows were checked. Counts are rows, `unprocessed` ones among the errors."""
    lines = [
        f"Upload ID: {upload_id}",
        f"File Name: {file_name}",
        f"Total Products: {total}",
        f"Valid Products: {valid} ({percentage(valid, total)}%)",
        f"Invalid Products: {errors} ({percentage(errors, total)}%)",
        "",
        f"Status: {status.upper()}",
        "",
    ]
    if not errors:
        lines += ["All products are in the catalogue. There is nothing left to do."]
    elif report is None:
        lines += [
            "The error report could not be made because of a problem on our side.",
            "Our team has been told and will send it to you.",
        ]
    else:
        lines += [
            f"Download Error Report: {report.url}",
            f"(Link expires in 7 days, on {report.expires_at:%d %B %Y at %H:%M} UTC)",
            "",
            "What to do next: the report says for each row what is wrong and what is allowed.",
            "Correct those rows and upload them in a new file; leave out the rows that were accepted.",
        ]
    if unprocessed:
        lines += [
            "",
            f"{unprocessed} of the invalid products could not be checked because of a problem on our side",
            "(PROCESSING_ERROR in the report). Upload those rows again as they are.",
        ]
    return Email(
        _subject("Product Upload Complete - ", file_name, f" ({percentage(valid, total)}% Success)"), _text(lines)
    )


def refusal_email(*, upload_id: str, file_name: str, code: str, message: str) -> Email:
    """Return the e-mail about a file that was refused as a whole."""
    lines = [
        f"Upload ID: {upload_id}",
        f"File Name: {file_name}",
        "",
        "Status: FAILED",
        "",
        "The file was not processed, and no product was added to the catalogue.",
        f"Reason: {code}",
        message,
    ]
    return Email(_subject("Product Upload Refused - ", file_name, f" ({code})"), _text(lines))


def abandoned_email(*, upload_id: str, file_name: str, valid: int) -> Email:
    """Return the e-mail about a file that our machinery could not finish; `valid` rows had been accepted."""
    added = f"{valid} of its products {'was' if valid == 1 else 'were'}" if valid else "No product was"
    lines = [
        f"Upload ID: {upload_id}",
        f"File Name: {file_name}",
        "",
        "Status: FAILED",
        "",
        "The file could not be processed because of a problem on our side; nothing is wrong with your file.",
        f"{added} added to the catalogue. Our team has been told.",
        "Upload the file again later. Products that were added already will then be reported as duplicates.",
    ]
    return Email(_subject("Product Upload Failed - ", file_name, " (problem on our side)"), _text(lines))


def percentage(part: int, whole: int) -> str:
    """Return part of whole in percent with at most one decimal; 0 and 100 mean none and all, never a rounding."""
    if not whole:
        return "0"
    tenths = round(1000 * part / whole)
    if 0 < part < whole:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths / 10:g}"


def _subject(start: str, file_name: str, end: str) -> str:
    name = _printable_ascii(file_name)
    room = SUBJECT_LENGTH - len(start) - len(end)
    if len(name) > room:
        tail = room // 2 - 2
        name = f"{name[: room - tail - 3]}...{name[-tail:]}"
    return f"{start}{name}{end}"


def _printable_ascii(text: str) -> str:
    """Return text with accents dropped and what has no ASCII form replaced by a question mark."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return "".join(char if " " <= char <= "~" else "?" for char in plain)


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
