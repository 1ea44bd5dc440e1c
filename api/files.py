"""Links to files in the bucket, signed at this moment for one caller: to put a file once, or to fetch one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from botocore.exceptions import ClientError

from api.documents import checksum_header
from onboarding.reporting.downloads import DOWNLOAD_LIFETIME, MISSING, download_link, is_kept

PUT_LIFETIME = timedelta(minutes=15)
"""Shorter than the credentials of a function live, with which a link dies."""


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PutLink(Link):
    """`headers` are part of the signature: with others the storage refuses the file."""

    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Files:
    """The upload bucket; raises botocore's ClientError when S3 refuses."""

    client: Callable[[], Any]
    """Returns the S3 client, made when it is first needed: most requests touch no file."""
    bucket: str

    @property
    def s3(self) -> Any:
        return self.client()

    def link_to_put(self, key: str, size: int, sha256: str | None, now: datetime) -> PutLink:
        """Return a link that takes a file of exactly this size, and with this digest if there is one, once.

        `If-None-Match: *` makes S3 refuse a second file (S3 user guide, "Conditional writes").
        """
        parameters: dict[str, Any] = {"Bucket": self.bucket, "Key": key, "ContentLength": size, "IfNoneMatch": "*"}
        headers = {"Content-Length": str(size), "If-None-Match": "*"}
        if sha256 is not None:
            parameters["ChecksumSHA256"] = checksum_header(sha256)
            headers["x-amz-checksum-sha256"] = checksum_header(sha256)
        url = self.s3.generate_presigned_url(
            "put_object", Params=parameters, ExpiresIn=int(PUT_LIFETIME.total_seconds())
        )
        return PutLink(url, now + PUT_LIFETIME, headers)

    def link_to_fetch(self, key: str) -> Link | None:
        """Return a link to an object, or None when it is no longer kept."""
        if not self.exists(key):
            return None
        url = download_link(self.s3, self.bucket, key)
        return Link(url, datetime.now(UTC).replace(microsecond=0) + DOWNLOAD_LIFETIME)

    def exists(self, key: str, version: str | None = None) -> bool:
        """Tell whether the object, or this version of it, is there."""
        return is_kept(self.s3, self.bucket, key, version)

    def copy(self, source_key: str, source_version: str, key: str) -> bool:
        """Copy one version of an object; return False when it is no longer kept."""
        source = {"Bucket": self.bucket, "Key": source_key, "VersionId": source_version}
        try:
            self.s3.copy_object(Bucket=self.bucket, Key=key, CopySource=source)
        except ClientError as error:
            if error.response["Error"]["Code"] not in MISSING:
                raise
            return False
        return True

    def store(self, key: str, content: IO[bytes], media_type: str) -> None:
        """Put an object."""
        self.s3.upload_fileobj(content, self.bucket, key, ExtraArgs={"ContentType": media_type})
