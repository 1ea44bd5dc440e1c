"""Gets an uploaded file out of the bucket."""

from typing import Any

from onboarding.intake.limits import MAX_FILE_BYTES
from onboarding.intake.refusal import file_too_large


def download(s3: Any, bucket: str, key: str, version: str) -> bytes:
    """Return the bytes of one version of an object.

    Raises FileRefused, before anything is read, for a file that is too large, and whatever S3 raises.
    """
    response = s3.get_object(Bucket=bucket, Key=key, VersionId=version)
    if response["ContentLength"] > MAX_FILE_BYTES:
        response["Body"].close()
        raise file_too_large(response["ContentLength"])
    body: bytes = response["Body"].read()
    return body
