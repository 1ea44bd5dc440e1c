"""Every way in which a request can fail, as RFC 9457 problem documents with a stable type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, Field

PROBLEM_MEDIA_TYPE = "application/problem+json"
_TYPE_PREFIX = "urn:techmart:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: `slug` ends its type, `title` is the same for all of the kind, `example` a detail of one."""

    slug: str
    status: HTTPStatus
    title: str
    example: str

    @property
    def type(self) -> str:
        return f"{_TYPE_PREFIX}{self.slug}"


NOT_SIGNED_IN = Kind(
    "not-signed-in",
    HTTPStatus.UNAUTHORIZED,
    "The request has no valid sign-in",
    "Send a valid API key in the header Authorization, as Bearer.",
)
NOT_ALLOWED = Kind(
    "not-allowed",
    HTTPStatus.FORBIDDEN,
    "This caller may not do that",
    "Operators have no uploads and products of their own.",
)
ACCOUNT_SUSPENDED = Kind(
    "account-suspended",
    HTTPStatus.FORBIDDEN,
    "The vendor's account is suspended",
    "Ask TechMart to activate the account.",
)
UNKNOWN_ADDRESS = Kind(
    "unknown-address", HTTPStatus.NOT_FOUND, "There is nothing at this address", "GET /v1/upload is not an address."
)
WRONG_METHOD = Kind(
    "wrong-method",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "This address has no such method",
    "PUT is not possible here. Possible: GET, POST.",
)
NOT_FOUND = Kind(
    "not-found", HTTPStatus.NOT_FOUND, "It does not exist", "You have no upload UPLOAD_20261121_103045_0a1b2c3d."
)
NO_FILE_OF_ERRORS = Kind(
    "no-file-of-errors",
    HTTPStatus.NOT_FOUND,
    "This upload has no such file",
    "No row of this upload has errors, so there is no error report.",
)
FILE_NO_LONGER_KEPT = Kind(
    "file-no-longer-kept",
    HTTPStatus.GONE,
    "The file is no longer kept",
    "Files are kept for a limited time. Upload the file again.",
)
INVALID_REQUEST = Kind(
    "invalid-request",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Something in the request is not allowed",
    "One field is not allowed as it is: see errors.",
)
NOT_JSON = Kind(
    "not-json", HTTPStatus.BAD_REQUEST, "The body cannot be read as JSON", "The body must be one JSON object in UTF-8."
)
WRONG_MEDIA_TYPE = Kind(
    "wrong-media-type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "The body has the wrong media type",
    "Send the header Content-Type: application/json.",
)
BODY_TOO_LARGE = Kind(
    "body-too-large",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The body is too large",
    "A request's body has at most 65,536 bytes. The file itself goes to the address in `put`.",
)
IDEMPOTENCY_KEY_REUSED = Kind(
    "idempotency-key-reused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The Idempotency-Key was used for another request",
    "Use a new key for a new upload, and the same one only to repeat the same request.",
)
NOT_APPLICABLE = Kind(
    "not-applicable",
    HTTPStatus.CONFLICT,
    "This upload cannot be applied",
    "Only a preview can be applied; this upload was for real already.",
)
TOO_MANY_OPEN_UPLOADS = Kind(
    "too-many-open-uploads",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many uploads are open at once",
    "100 uploads are open. Wait until some have ended, then try again.",
)
TOO_MANY_API_KEYS = Kind(
    "too-many-api-keys",
    HTTPStatus.CONFLICT,
    "The vendor has as many API keys as it may have",
    "A vendor has at most 2 API keys. Remove one that is no longer used, then make the new one.",
)
NOT_CONFIRMED = Kind(
    "not-confirmed",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The request does not say that it is meant",
    "Give the id of the upload once more as confirm.",
)
NOT_REDRIVABLE = Kind(
    "not-redrivable",
    HTTPStatus.CONFLICT,
    "This upload cannot be run again",
    "UPLOAD_20261121_103045_0a1b2c3d is still running; nothing to do yet.",
)
NOT_REVERTIBLE = Kind(
    "not-revertible",
    HTTPStatus.CONFLICT,
    "This upload cannot be taken back",
    "UPLOAD_20261121_103045_0a1b2c3d was a check only, so there is nothing to take back.",
)
VENDOR_EXISTS = Kind(
    "vendor-exists",
    HTTPStatus.CONFLICT,
    "There is such a vendor already",
    "VEND042 is registered. Change it instead.",
)
PERSON_TAKEN = Kind(
    "person-taken",
    HTTPStatus.CONFLICT,
    "The address signs in for somebody else",
    "anna@acme.example signs in for somebody else.",
)
OWN_ACCOUNT = Kind(
    "own-account",
    HTTPStatus.CONFLICT,
    "Operators do not remove themselves",
    "Another operator can remove you.",
)
CATEGORY_TAKEN = Kind(
    "category-taken",
    HTTPStatus.CONFLICT,
    "Another category has this name",
    "There is a category Audio already.",
)
CATEGORY_TOO_LARGE = Kind(
    "category-too-large",
    HTTPStatus.CONFLICT,
    "Too many products would have to follow",
    "More than 100000 products are in Audio, too many to change at once.",
)
STARTING_UP = Kind(
    "starting-up",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The service is waking up",
    "The database was asleep and is starting. Try again in a few seconds.",
)
UNAVAILABLE = Kind(
    "unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "A part of the service does not answer",
    "Try again in a few seconds.",
)
FAILED = Kind(
    "failed",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Something went wrong on our side",
    "Nothing is wrong with the request. Try again later.",
)

KINDS: tuple[Kind, ...] = tuple(found for found in list(globals().values()) if isinstance(found, Kind))


class FieldProblem(BaseModel):
    """What is wrong with one field of the request."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str = Field(description="Where it stands: `query.limit`, `body.size`, `header.Idempotency-Key`.")
    message: str = Field(description="What is wrong with it and what is allowed.")


class ProblemDocument(BaseModel):
    """A problem as RFC 9457 describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(description="The kind of problem; it stays the same, so programs may rely on it.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The HTTP status once more.")
    detail: str = Field(description="What is wrong with this request and what to do.")
    errors: list[FieldProblem] = Field(default=[], description="The fields that are wrong, if it is about fields.")


@dataclass(slots=True, eq=False)
class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """Ends a request. `retry_after` is in seconds."""

    kind: Kind
    detail: str
    errors: Sequence[FieldProblem] = ()
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> ProblemDocument:
        return ProblemDocument(
            type=self.kind.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=self.detail,
            errors=list(self.errors),
        )

    def all_headers(self) -> dict[str, str]:
        """Return the problem's own headers, `Retry-After` among them."""
        waiting = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return {**self.headers, **waiting}


def not_found(what: str) -> Problem:
    """Return the problem of something that the caller does not have, whether or not another vendor has it."""
    return Problem(NOT_FOUND, f"You have no {what}.")


def unknown(what: str) -> Problem:
    """Return the problem of something that does not exist, told to somebody who may see everything."""
    return Problem(NOT_FOUND, f"There is no {what}.")


def invalid(field_name: str, message: str) -> Problem:
    """Return the problem of one field."""
    return Problem(INVALID_REQUEST, INVALID_REQUEST.example, errors=[FieldProblem(field=field_name, message=message)])
