"""Links that fetch an object of the bucket, signed when they are asked for."""

from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

DOWNLOAD_LIFETIME = timedelta(minutes=5)
"""Shorter than the credentials of a function live, with which a link dies."""
MISSING = ("404", "NoSuchKey", "NoSuchVersion", "NotFound")
"""What S3 calls an object that is not there."""


def is_kept(s3: Any, bucket: str, key: str, version: str | None = None) -> bool:
    """Tell whether the object, or this version of it, is there. Raises botocore's ClientError when S3 refuses."""
    which = {"VersionId": version} if version else {}
    try:
        s3.head_object(Bucket=bucket, Key=key, **which)
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        return False
    return True


def download_link(s3: Any, bucket: str, key: str) -> str:
    """Return a link that saves the object under its own name, for as long as DOWNLOAD_LIFETIME."""
    file_name = key.rpartition("/")[2]
    url: str = s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{file_name}"',
        },
        ExpiresIn=int(DOWNLOAD_LIFETIME.total_seconds()),
    )
    return url
