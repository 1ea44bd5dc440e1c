"""Writes how an upload ended, once, and composes the e-mail that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from onboarding.execution import portal_page
from onboarding.reporting.files import ErrorFile
from onboarding.reporting.links import LINK_LIFETIME, ReportLinks
from onboarding.reporting.notification import (
    Email,
    ReportReference,
    abandoned_email,
    outcome_email,
    refusal_email,
    with_portal_page,
)
from onboarding.stores import history, ledger, vendors
from onboarding.stores.database import Database
from onboarding.stores.history import Progress, UploadRecord
from onboarding.stores.vendors import Vendor
from onboarding.uploads import Upload, UploadStatus
from rules import ErrorCode, RefusalCode

ABANDONED_REASON = f"{ErrorCode.PROCESSING_ERROR}: the upload could not be finished because of a problem on our side"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an upload as the execution sees it. `topic_arn` is where the e-mail goes; None: nobody can be told."""

    record: UploadRecord
    unprocessed_records: int
    topic_arn: str | None
    vendor_is_known: bool
    email: Email
    is_first: bool


@dataclass(frozen=True, slots=True)
class OutcomeRecorder:
    database: Database
    links: ReportLinks
    link_base_url: str
    portal_url: str

    def record(
        self,
        upload: Upload,
        completion: Mapping[str, Any],
        error_file_s3_key: str | None,
        corrections_file_s3_key: str | None = None,
    ) -> Outcome:
        """Write the final status, unless it is written, and return it with the e-mail.

        `completion` is the Completion the execution received; one whose outcome is neither validated nor refused
        closes an upload that the machinery could not finish.
        """
        reason = _failure_reason(completion)

        def finish(cursor: Any) -> tuple[bool, UploadRecord, int, Vendor | None]:
            history.open_upload(cursor, upload, None)
            before = history.find_upload(cursor, upload.upload_id)
            assert before is not None  # noqa: S101 - opened by the line above
            status = final_status(before.progress, reason)
            after = history.finish_upload(
                cursor, upload.upload_id, status, reason, error_file_s3_key, corrections_file_s3_key
            )
            vendor = vendors.find_vendor(cursor, upload.vendor_id)
            unprocessed = ledger.count_rows_with(cursor, upload.upload_id, ErrorCode.PROCESSING_ERROR)
            is_first = before.status is UploadStatus.PROCESSING
            return is_first, after, unprocessed, vendor

        is_first, record, unprocessed, vendor = self.database.run(finish)
        return Outcome(
            record=record,
            unprocessed_records=unprocessed,
            topic_arn=vendor.notification_topic_arn if vendor else None,
            vendor_is_known=vendor is not None,
            email=with_portal_page(
                self._compose(upload, record, unprocessed, completion), portal_page(self.portal_url, upload.upload_id)
            ),
            is_first=is_first,
        )

    def _compose(self, upload: Upload, record: UploadRecord, unprocessed: int, completion: Mapping[str, Any]) -> Email:
        match completion["outcome"]:
            case "refused":
                return refusal_email(
                    upload=upload, code=completion["refusal_code"], message=completion["refusal_message"]
                )
            case "validated":
                return outcome_email(
                    upload=upload,
                    progress=record.progress,
                    unprocessed=unprocessed,
                    status=record.status,
                    report=self._report_reference(upload, record),
                    read_as=record.read_as["sentence"] if record.read_as else None,
                )
            case _:
                return abandoned_email(upload=upload, valid=record.progress.valid_records)

    def _report_reference(self, upload: Upload, record: UploadRecord) -> ReportReference | None:
        if record.error_file_s3_key is None or record.completed_at is None:
            return None
        return ReportReference(
            self._link(upload, ErrorFile.REPORT),
            record.completed_at + LINK_LIFETIME,
            None if record.corrections_file_s3_key is None else self._link(upload, ErrorFile.CORRECTIONS),
        )

    def _link(self, upload: Upload, file: ErrorFile) -> str:
        return f"{self.link_base_url}/reports/{self.links.token(upload.vendor_id, upload.upload_id, file)}"


def final_status(progress: Progress, failure_reason: str | None) -> UploadStatus:
    """Return how an upload with these counts ended."""
    if failure_reason is not None or not progress.valid_records:
        return UploadStatus.FAILED
    return UploadStatus.PARTIAL if progress.error_records else UploadStatus.COMPLETED


def duration(record: UploadRecord) -> timedelta:
    """Return the time from the S3 event to the final status."""
    if record.completed_at is None:
        return timedelta(0)
    return max(record.completed_at - record.upload_timestamp, timedelta(0))


def _failure_reason(completion: Mapping[str, Any]) -> str | None:
    match completion["outcome"]:
        case "validated":
            return None
        case "refused":
            return f"{RefusalCode(completion['refusal_code'])}: {completion['refusal_message']}"
        case _:
            return ABANDONED_REASON
