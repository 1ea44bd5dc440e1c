"""Answers the execution of an upload that asks for the files about its rows with errors."""

import json
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from onboarding.execution import answer_task, fail_task
from onboarding.intake.download import download
from onboarding.intake.reading import read_products
from onboarding.reporting.corrections import build_corrections
from onboarding.reporting.files import ErrorFile
from onboarding.reporting.report import build_report
from onboarding.rows import StagedRow
from onboarding.stores.error_queue import ReportRequest, ReportSource
from onboarding.stores.staging import StagingTable
from rules import ProductRules

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Reporting:
    """Builds reports and corrections files into `bucket`."""

    staging: StagingTable
    rules: ProductRules
    s3: Any
    step_functions: Any
    bucket: str

    def answer(self, request: ReportRequest) -> bool:
        """Build what is asked for if all error rows have arrived, and tell the execution.

        The request can overtake them in the queue. Returns False if a corrections file was asked for and could not be
        built: the report is more important. Raises whatever keeps the report from being built or the execution from
        being told.
        """
        rows = self.staging.error_rows(request.upload_id)
        if len(rows) != request.error_records:
            logger.info("error rows still on their way", found=len(rows), expected=request.error_records)
            fail_task(
                self.step_functions,
                request.task_token,
                error="ErrorRowsPending",
                cause=f"{len(rows)} of {request.error_records} error rows have arrived",
            )
            return True
        report = self._put(ErrorFile.REPORT, request, build_report(rows))
        corrections = self._corrections(request, request.source, rows) if request.source else None
        logger.info("error report built", rows=len(rows), s3_key=report, corrections_s3_key=corrections)
        answer = {"error_file_s3_key": report, "corrections_file_s3_key": corrections, "error_rows": len(rows)}
        answer_task(self.step_functions, request.task_token, json.dumps(answer))
        return corrections is not None or request.source is None

    def _corrections(self, request: ReportRequest, source: ReportSource, rows: list[StagedRow]) -> str | None:
        """Build the corrections file and return its key, or None if that failed for whatever reason."""
        try:
            body = download(self.s3, source.bucket, source.key, source.version)
            file = read_products(body, source.mode.rules(self.rules))
            corrections = build_corrections(file, {row.row_number: row.errors for row in rows})
            return self._put(ErrorFile.CORRECTIONS, request, corrections)
        except Exception:  # the report is there, and the vendor must get it
            logger.exception("corrections file not built")
            return None

    def _put(self, file: ErrorFile, request: ReportRequest, body: bytes) -> str:
        key = file.key(request.vendor_id, request.upload_id)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="text/csv; charset=utf-8")
        return key
