"""Stream batches, handled one upload at a time instead of one record at a time."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from onboarding.rows import StagedRow
from onboarding.stores.staging import row_of, upload_of


class UploadBatchProcessor(BatchProcessor):
    """Calls its handler once per upload with all its rows of the batch; a failure fails those records alone.

    The response names the failed records, and an error is raised when all failed (Powertools, "Batch processing").
    The reason is kept and logged once per upload: Powertools would repeat its traceback for each of hundreds of rows.
    """

    def __init__(self, logger: Any) -> None:
        super().__init__(event_type=EventType.DynamoDBStreams)
        self._upload_logger = logger

    def process(self) -> list[tuple[Any, ...]]:
        uploads: dict[str, list[dict[str, Any]]] = {}
        for record in self.records:
            uploads.setdefault(_upload_id(record), []).append(record)
        return [entry for records in uploads.values() for entry in self._process_upload(records)]

    def _process_upload(self, records: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
        known = [self._to_batch_type(record, event_type=self.event_type) for record in records]
        handle: Callable[[Sequence[StagedRow]], Any] = self.handler
        try:
            result = handle([row_of(record["dynamodb"]["NewImage"]) for record in records])
        except Exception as error:  # the processor reports it: these records are delivered again
            self._upload_logger.exception("rows not settled", upload_id=_upload_id(records[0]), rows=len(records))
            self.exceptions.append(sys.exc_info())
            self.fail_messages.extend(known)
            return [("fail", str(error), record) for record in known]
        return [self.success_handler(record=record, result=result) for record in known]

    def _entire_batch_failed(self) -> bool:
        return len(self.fail_messages) == len(self.records)


def _upload_id(record: dict[str, Any]) -> str:
    """Return the upload of a stream record; the rows of one upload come from many partitions."""
    return upload_of(record["dynamodb"]["Keys"]["upload_id"]["S"])
