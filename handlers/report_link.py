"""Report Link: a vendor clicked the link in the e-mail; redirect to the report or the corrections file."""

from http import HTTPStatus
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from onboarding.config import ReportLinkConfig, from_environment
from onboarding.reporting.downloads import download_link, is_kept
from onboarding.reporting.links import ExpiredLinkError, InvalidLinkError, ReportLinks
from onboarding.runtime import logger, tracer

config = from_environment(ReportLinkConfig)
links = ReportLinks(config.report_link_secret_arn)
# A presigned URL that sets response headers needs Signature Version 4; some regions still default to the older one.
s3 = boto3.client("s3", config=Config(signature_version="s3v4"))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer GET /reports/{token}: 302 to the file, 404 for a link that is not ours, 410 for one that has expired."""
    try:
        vendor_id, upload_id, file = links.read(event["pathParameters"]["token"])
    except InvalidLinkError:
        return page(HTTPStatus.NOT_FOUND, "This link is not complete", "Copy the whole link from the e-mail.")
    except ExpiredLinkError:
        return page(HTTPStatus.GONE, "This link has expired", "Upload your products again to get a new one.")
    logger.append_keys(upload_id=upload_id)
    return redirect(file.key(vendor_id, upload_id))


def redirect(key: str) -> dict[str, Any]:
    """Return the redirect to a presigned URL made now, or 410 when the file is no longer kept."""
    if not is_kept(s3, config.upload_bucket_name, key):
        return page(HTTPStatus.GONE, "This file is no longer kept", "Upload your products again to get a new one.")
    url = download_link(s3, config.upload_bucket_name, key)
    logger.info("link followed", file=key.rpartition("/")[2])
    return {"statusCode": HTTPStatus.FOUND, "headers": {"Location": url, "Cache-Control": "no-store"}}


def page(status: HTTPStatus, title: str, advice: str) -> dict[str, Any]:
    """Return a page for the person who clicked."""
    return {
        "statusCode": status,
        "headers": {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"},
        "body": (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            '<body style="font:16px/1.5 sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem">'
            f"<h1>{title}</h1><p>{advice}</p></body></html>"
        ),
    }
