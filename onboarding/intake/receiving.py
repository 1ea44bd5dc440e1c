"""Takes an upload in: is this vendor known, is this file readable, which rows does it have?"""

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from onboarding.execution import Completion, CompletionSignal, Executions
from onboarding.intake.download import download
from onboarding.intake.read_as import ReadAs
from onboarding.intake.reading import read_products
from onboarding.intake.refusal import FileRefused
from onboarding.intake.repetitions import mark_repetitions
from onboarding.rows import ProductRow, RowStatus, stage
from onboarding.stores import history, vendors
from onboarding.stores.database import Database
from onboarding.stores.staging import StagingTable
from onboarding.uploads import NO_VENDOR, Upload
from rules import ProductRules, RefusalCode, UpdateRules

logger = Logger(child=True)


class AcceptedBeforeError(RuntimeError):
    """The file is refused by rules that came after it was accepted. Rows of it may be in the catalogue already."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Reads uploads; used by the parser and by the reconciler, which must come to the same rows."""

    database: Database
    rules: ProductRules
    staging: StagingTable
    s3: Any

    def accept(self, upload: Upload) -> tuple[list[ProductRow], bool]:
        """Record the upload as processing and return its rows and whether it was new.

        An upload that was accepted once stays accepted, whatever has become of its vendor.

        Raises FileRefused, after recording that such an upload came, and AcceptedBeforeError.
        """
        known = self.database.run(lambda cursor: history.find_upload(cursor, upload.upload_id))
        was_accepted = known is not None and known.progress.total_records is not None
        try:
            if not was_accepted:
                self._check_vendor(upload)
            rows, read_as = self._read(upload)
        except FileRefused as refusal:
            if was_accepted:
                raise AcceptedBeforeError(f"accepted before, refused now: {refusal}") from refusal
            self.database.run(lambda cursor: history.open_upload(cursor, upload, None))
            self.staging.open_tracker(upload, None)
            raise
        is_new = self.database.run(lambda cursor: history.open_upload(cursor, upload, len(rows), read_as.to_json()))
        self.staging.open_tracker(upload, len(rows))
        return rows, is_new

    def _read(self, upload: Upload) -> tuple[list[ProductRow], ReadAs]:
        rules = upload.mode.rules(self.rules)
        file = read_products(self._download(upload), rules)
        if isinstance(rules, UpdateRules):
            return mark_repetitions(self.database, rules, upload.vendor_id, file.rows), file.read_as
        return file.rows, file.read_as

    def _check_vendor(self, upload: Upload) -> None:
        vendor = self.database.run(lambda cursor: vendors.find_vendor(cursor, upload.vendor_id))
        if vendor is None:
            raise FileRefused(RefusalCode.UNKNOWN_VENDOR, _unknown_vendor_message(upload))
        if not vendor.is_active:
            raise FileRefused(
                RefusalCode.VENDOR_NOT_ACTIVE,
                f"The account of vendor {vendor.vendor_id} is not active, so its files are not processed. "
                "Ask TechMart to activate the account, then upload the file again.",
            )

    def _download(self, upload: Upload) -> bytes:
        return download(self.s3, upload.bucket, upload.s3_key, upload.object_version)


@dataclass(frozen=True, slots=True)
class Reception:
    """What the parser does with an upload."""

    intake: Intake
    completion: CompletionSignal
    executions: Executions

    def receive(self, upload: Upload) -> None:
        """Start the upload's execution and stage its rows, or say why the file is refused.

        The execution comes first: from then on the upload ends, whatever happens to this function. Receiving an upload
        again stages what is missing. Raises whatever fails: the event is delivered again.
        """
        self.executions.start(upload)
        with self.intake.database.exclusive(upload.upload_id):
            if self.intake.staging.completion(upload.upload_id) is not None:
                logger.info("upload is complete already")
                return
            try:
                rows, is_new = self.intake.accept(upload)
            except FileRefused as refusal:
                logger.info("file refused", code=refusal.code)
                self.completion.send(upload.upload_id, Completion.of_refusal(refusal))
                return
            except AcceptedBeforeError:
                # The rows that are staged go on. If some are missing, the execution has the reconciler look.
                logger.warning("file was accepted before and would be refused now", exc_info=True)
                return
            self._stage(upload, rows, is_new=is_new)

    def _stage(self, upload: Upload, rows: list[ProductRow], *, is_new: bool) -> None:
        staged = set() if is_new else self.intake.staging.staged_row_numbers(upload.upload_id)
        missing = [row for row in rows if row.row_number not in staged]
        self.intake.staging.put_rows(stage(upload, missing), RowStatus.PENDING)
        logger.info("rows staged", total_records=len(rows), staged=len(missing))


def _unknown_vendor_message(upload: Upload) -> str:
    if upload.vendor_id == NO_VENDOR:
        return (
            f"The file was put at {upload.s3_key}, which names no vendor. "
            f"Put files at {upload.folder}{{vendor id}}/{upload.file_name}."
        )
    return (
        f'No vendor is registered under "{upload.vendor_id}", the folder of {upload.s3_key}. '
        "Register the vendor or put the file into the folder of a registered one."
    )
