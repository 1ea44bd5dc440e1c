"""The words a vendor reads when an upload has ended."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from onboarding.stores.history import Progress
from onboarding.uploads import Upload, UploadMode

SUBJECT_LENGTH = 99
"""An SNS subject has fewer than 100 characters, printable ASCII without line breaks (SNS API reference, Publish)."""


@dataclass(frozen=True, slots=True)
class Email:
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class ReportReference:
    """Where the vendor gets the error report and, if there is one, the corrections file, and until when."""

    url: str
    expires_at: datetime
    corrections_url: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """The words for what an upload is: of new products or of changes, for real or checked only."""

    subject: str
    success: str
    nothing_left: str
    how_to_correct: str
    how_to_use_corrections: str
    refused: str
    abandoned: Callable[[int], list[str]]

    @classmethod
    def of(cls, mode: UploadMode, *, is_preview: bool) -> "Kind":
        if is_preview:
            return _CHECK
        return _UPDATE if mode is UploadMode.UPDATE else _IMPORT


def _abandoned_import(valid: int) -> list[str]:
    added = f"{valid} of its products {'was' if valid == 1 else 'were'}" if valid else "No product was"
    return [
        f"{added} added to the catalogue. Our team has been told.",
        "Upload the file again later. Products that were added already will then be reported as duplicates.",
    ]


def _abandoned_update(valid: int) -> list[str]:
    carried_out = f"{valid} of its rows {'was' if valid == 1 else 'were'}" if valid else "No row was"
    return [
        f"{carried_out} carried out. Our team has been told.",
        "Upload the file again later. Rows that were carried out already will then leave the catalogue as it is.",
    ]


def _abandoned_check(valid: int) -> list[str]:
    return [f"{_NOTHING_WRITTEN} Our team has been told.", "Have the file checked again later."]


_NOTHING_WRITTEN = "Nothing was added to or changed in the catalogue."
_UPLOAD_CORRECTIONS = (
    "Correct those rows in the corrections file and upload it the same way as this file; "
    "nothing else in it needs to be changed."
)
_IMPORT = Kind(
    subject="Product Upload",
    success="Success",
    nothing_left="All products are in the catalogue. There is nothing left to do.",
    how_to_correct="Correct those rows and upload them in a new file; leave out the rows that were accepted.",
    how_to_use_corrections=_UPLOAD_CORRECTIONS,
    refused="The file was not processed, and no product was added to the catalogue.",
    abandoned=_abandoned_import,
)
_UPDATE = Kind(
    subject="Product Update",
    success="Success",
    nothing_left="All changes are in the catalogue. There is nothing left to do.",
    how_to_correct="Correct those rows and upload them in a new file; leave out the rows that were accepted.",
    how_to_use_corrections=_UPLOAD_CORRECTIONS,
    refused="The file was not processed, and no product was changed in the catalogue.",
    abandoned=_abandoned_update,
)
_CHECK = Kind(
    subject="Product Check",
    success="Valid",
    nothing_left="Every row keeps the rules.",
    how_to_correct="Correct those rows in your file, then have it checked again or upload it.",
    how_to_use_corrections=(
        "Correct those rows in your file, then have it checked again or upload it. "
        "The corrections file has those rows alone."
    ),
    refused=f"The file was not checked. {_NOTHING_WRITTEN}",
    abandoned=_abandoned_check,
)


def outcome_email(
    *,
    upload: Upload,
    progress: Progress,
    unprocessed: int,
    status: str,
    report: ReportReference | None,
    read_as: str | None = None,
) -> Email:
    """Return the e-mail about a file whose rows were judged. Counts are rows, `unprocessed` ones among the errors.

    `read_as` says how the file was read, when that is not the default.
    """
    kind = Kind.of(upload.mode, is_preview=upload.is_preview)
    total, valid, errors = progress.total_records or 0, progress.valid_records, progress.error_records
    lines = [
        f"Upload ID: {upload.upload_id}",
        f"File Name: {upload.file_name}",
        f"Total Products: {total}",
        f"Valid Products: {valid} ({percentage(valid, total)}%)",
        f"Invalid Products: {errors} ({percentage(errors, total)}%)",
        "",
        *(_effect_lines(progress, is_preview=upload.is_preview) if upload.mode is UploadMode.UPDATE else []),
        f"Status: {status.upper()}",
        "",
        *([f"This was a check only. {_NOTHING_WRITTEN}", ""] if upload.is_preview else []),
    ]
    lines += _outcome_lines(kind, upload, report, errors=errors, assumed=[] if read_as is None else ["", read_as])
    if unprocessed:
        again = "Have the file checked again." if upload.is_preview else "Upload those rows again as they are."
        lines += [
            "",
            f"{unprocessed} of the invalid products could not be checked because of a problem on our side",
            f"(PROCESSING_ERROR in the report). {again}",
        ]
    end = f" ({percentage(valid, total)}% {kind.success})"
    return Email(_subject(f"{kind.subject} Complete - ", upload.file_name, end), _text(lines))


def _outcome_lines(
    kind: Kind, upload: Upload, report: ReportReference | None, *, errors: int, assumed: Sequence[str]
) -> list[str]:
    """Return what to do next; `assumed` is how the file was read."""
    if not errors:
        return [kind.nothing_left, *(_upload_it(upload) if upload.is_preview else []), *assumed]
    if report is None:
        return [
            "The error report could not be made because of a problem on our side.",
            "Our team has been told and will send it to you.",
            *assumed,
        ]
    return [
        *_download_lines("Error Report", report.url, report.expires_at),
        *assumed,
        *_corrections_lines(report),
        "",
        "What to do next: the report says for each row what is wrong and what is allowed.",
        "Row 1 is the first one below the header.",
        kind.how_to_correct if report.corrections_url is None else kind.how_to_use_corrections,
    ]


def _download_lines(what: str, url: str, expires_at: datetime) -> list[str]:
    return [f"Download {what}: {url}", f"(Link expires in 7 days, on {expires_at:%d %B %Y at %H:%M} UTC)"]


def _corrections_lines(report: ReportReference) -> list[str]:
    if report.corrections_url is None:
        return []
    return ["", *_download_lines("Corrections File", report.corrections_url, report.expires_at)]


def _effect_lines(progress: Progress, *, is_preview: bool) -> list[str]:
    effects = progress.effects
    fields = ", ".join(f"{name} of {count}" for name, count in sorted(effects.changed_fields.items()))
    return [
        f"{'Would Change' if is_preview else 'Changed'}: {effects.changed}" + (f" ({fields})" if fields else ""),
        f"Unchanged: {effects.unchanged} (the catalogue has these values already)",
        f"Superseded: {effects.superseded} (a newer file has set these values)",
        f"Rejected: {progress.error_records}",
        "",
    ]


def _upload_it(upload: Upload) -> list[str]:
    folder = upload.folder.removeprefix("previews/")
    return [f"To have it carried out, upload the same file to {folder}{upload.vendor_id}/."]


def refusal_email(*, upload: Upload, code: str, message: str) -> Email:
    """Return the e-mail about a file that was refused as a whole."""
    kind = Kind.of(upload.mode, is_preview=upload.is_preview)
    lines = [
        f"Upload ID: {upload.upload_id}",
        f"File Name: {upload.file_name}",
        "",
        "Status: FAILED",
        "",
        kind.refused,
        f"Reason: {code}",
        message,
    ]
    return Email(_subject(f"{kind.subject} Refused - ", upload.file_name, f" ({code})"), _text(lines))


def abandoned_email(*, upload: Upload, valid: int) -> Email:
    """Return the e-mail about a file that our machinery could not finish; `valid` rows had been accepted."""
    kind = Kind.of(upload.mode, is_preview=upload.is_preview)
    done = "checked" if upload.is_preview else "processed"
    lines = [
        f"Upload ID: {upload.upload_id}",
        f"File Name: {upload.file_name}",
        "",
        "Status: FAILED",
        "",
        f"The file could not be {done} because of a problem on our side; nothing is wrong with your file.",
        *kind.abandoned(valid),
    ]
    return Email(_subject(f"{kind.subject} Failed - ", upload.file_name, " (problem on our side)"), _text(lines))


def with_portal_page(email: Email, address: str) -> Email:
    """Return the e-mail with a last line that leads to the upload's page in the portal."""
    return Email(email.subject, f"{email.message}\nSee it in the portal: {address}\n")


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
