"""Links to error reports and corrections files that outlive the credentials which made them.

A presigned URL dies with the role session that signed it, after hours. The link carries a signed token instead,
and each click gets a presigned URL of its own.
"""

from dataclasses import dataclass
from datetime import timedelta

from aws_lambda_powertools.utilities import parameters
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from onboarding.reporting.files import ErrorFile

LINK_LIFETIME = timedelta(days=7)
_SALT = "error-report"


class InvalidLinkError(Exception):
    """The token was not made by us, or was changed."""


class ExpiredLinkError(Exception):
    """The token was ours and is older than LINK_LIFETIME."""


@dataclass(frozen=True, slots=True)
class ReportLinks:
    """Makes and reads tokens; the signing key is the secret of this ARN."""

    secret_arn: str

    def token(self, vendor_id: str, upload_id: str, file: ErrorFile = ErrorFile.REPORT) -> str:
        """Return a URL-safe token for one file about this upload. One that names no file is for the report."""
        named = [] if file is ErrorFile.REPORT else [file]
        return self._serializer().dumps([vendor_id, upload_id, *named])

    def read(self, token: str) -> tuple[str, str, ErrorFile]:
        """Return vendor id, upload id and file of a token. Raises InvalidLinkError, ExpiredLinkError."""
        try:
            vendor_id, upload_id, *named = self._serializer().loads(token, max_age=int(LINK_LIFETIME.total_seconds()))
        except SignatureExpired as error:
            raise ExpiredLinkError from error
        except BadSignature as error:
            raise InvalidLinkError from error
        return vendor_id, upload_id, ErrorFile(named[0]) if named else ErrorFile.REPORT

    def _serializer(self) -> URLSafeTimedSerializer:
        key = parameters.get_secret(self.secret_arn, max_age=3600)
        return URLSafeTimedSerializer(str(key), salt=_SALT)
