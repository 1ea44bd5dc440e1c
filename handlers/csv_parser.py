"""CSV Parser: an object under uploads/ was created; start its execution and stage its rows."""

import gc
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from onboarding.config import CsvParserConfig, from_environment
from onboarding.execution import Completion, CompletionSignal, start_execution
from onboarding.intake.announced import Announced
from onboarding.intake.receiving import Intake
from onboarding.intake.refusal import FileRefused
from onboarding.rows import RowStatus, stage
from onboarding.runtime import logger, tracer
from onboarding.stores.database import Database
from onboarding.stores.dynamodb import dynamodb_client
from onboarding.stores.staging import StagingTable
from onboarding.stores.trackers import Trackers
from onboarding.uploads import Upload, is_upload_key
from rules import ProductRules

config = from_environment(CsvParserConfig)
step_functions = boto3.client("stepfunctions")
database = Database(config)
staging = StagingTable(dynamodb_client(), config.staging_table_name)
announced = Announced(Trackers(boto3.client("dynamodb"), config.staging_table_name))
completion = CompletionSignal(staging, step_functions)
intake = Intake(database, ProductRules.load(), staging, boto3.client("s3"))
gc.freeze()  # what lives as long as the function is never searched for cycles again


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Receive each object of an S3 event. Raises whatever fails: Lambda delivers the event again."""
    for record in event.get("Records", []):
        upload = announced.recognise(Upload.from_s3_record(record))
        with logger.append_context_keys(upload_id=upload.upload_id):
            if is_upload_key(upload.s3_key):
                receive(upload)
            else:
                logger.warning("object is not an upload", s3_key=upload.s3_key)


def receive(upload: Upload) -> None:
    """Take an upload in. The execution comes first: from then on the upload ends, whatever happens to this function."""
    start_execution(step_functions, config.upload_state_machine_arn, upload)
    with database.exclusive(upload.upload_id):
        if staging.completion(upload.upload_id) is not None:
            logger.info("upload is complete already")
            return
        try:
            rows, is_new = intake.accept(upload)
        except FileRefused as refusal:
            logger.info("file refused", code=refusal.code)
            completion.send(upload.upload_id, Completion.of_refusal(refusal))
            return
        staged = set() if is_new else staging.staged_row_numbers(upload.upload_id)
        missing = [row for row in rows if row.row_number not in staged]
        staging.put_rows(stage(upload, missing), RowStatus.PENDING)
        logger.info("rows staged", total_records=len(rows), staged=len(missing))
