"""Reads a request: query and body against the shapes of the route, every mistake named with its field."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from api.problems import (
    BODY_TOO_LARGE,
    INVALID_REQUEST,
    NOT_JSON,
    WRONG_MEDIA_TYPE,
    FieldProblem,
    Problem,
    invalid,
)

MAX_BODY_BYTES = 65_536
_OF_THE_DOCUMENT = ("json_invalid", "model_type", "model_attributes_type")


def read_query(event: Mapping[str, Any], shape: type[BaseModel] | None) -> BaseModel | None:
    """Return the query in this shape. Raises Problem, also for parameters that the route does not have."""
    pairs = parse_qsl(event.get("rawQueryString") or "", keep_blank_values=True)
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise invalid(f"query.{name}", "It stands there more than once. Give it once.")
        values[name] = value
    if shape is None:
        if values:
            raise invalid(f"query.{next(iter(values))}", "There is no such parameter here.")
        return None
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        raise Problem(INVALID_REQUEST, _detail(error), errors=_field_problems(error, "query")) from None


def read_body(event: Mapping[str, Any], headers: Mapping[str, str], shape: type[BaseModel] | None) -> BaseModel | None:
    """Return the body in this shape; None where the route takes none, whatever was sent. Raises Problem."""
    if shape is None:
        return None
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(WRONG_MEDIA_TYPE, WRONG_MEDIA_TYPE.example)
    body = _bytes_of(event)
    if len(body) > MAX_BODY_BYTES:
        raise Problem(BODY_TOO_LARGE, BODY_TOO_LARGE.example)
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        if error.errors(include_input=False, include_url=False)[0]["type"] in _OF_THE_DOCUMENT:
            raise Problem(NOT_JSON, NOT_JSON.example) from None
        raise Problem(INVALID_REQUEST, _detail(error), errors=_field_problems(error, "body")) from None


def _bytes_of(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        raise Problem(NOT_JSON, NOT_JSON.example) from None


def _detail(error: ValidationError) -> str:
    count = error.error_count()
    return "One field is not allowed as it is: see errors." if count == 1 else f"{count} fields are wrong: see errors."


def _field_problems(error: ValidationError, place: str) -> Sequence[FieldProblem]:
    return [
        FieldProblem(field=".".join((place, *map(str, found["loc"]))), message=_sentence(found))
        for found in error.errors(include_url=False, include_input=False)
    ]


def _sentence(found: Any) -> str:
    """Return pydantic's message in words of this API where its own speak of Python."""
    match found["type"]:
        case "extra_forbidden":
            return "There is no such field here."
        case "missing":
            return "It is missing."
        case "value_error":
            return str(found["ctx"]["error"])
        case _:
            return f"{found['msg']}."
