"""Writes the description of the API, OpenAPI 3.1, from the route table and the shapes: `python -m api.openapi`.

Not part of the deployed functions: they serve the file that this module has written.
"""

import json
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.app import ROUTES as VENDOR_ROUTES
from api.problems import (
    ACCOUNT_SUSPENDED,
    BODY_TOO_LARGE,
    FAILED,
    INVALID_REQUEST,
    KINDS,
    NOT_ALLOWED,
    NOT_JSON,
    NOT_SIGNED_IN,
    PROBLEM_MEDIA_TYPE,
    STARTING_UP,
    UNAVAILABLE,
    WRONG_MEDIA_TYPE,
    FieldProblem,
    Kind,
    Problem,
    ProblemDocument,
)
from api.routes.admin import ADMIN_ROUTES
from api.routing import Route, Who

ROUTES = (*VENDOR_ROUTES, *ADMIN_ROUTES)

FILE = Path(__file__).with_name("openapi.json")
_REFERENCE = "#/components/schemas/{model}"
_PATH_PARAMETERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "upload_id": (
        "The id of an upload.",
        "UPLOAD_20261121_103045_0a1b2c3d",
        {"pattern": "^UPLOAD_[0-9]{8}_[0-9]{6}_[0-9a-f]{8}$"},
    ),
    "vendor_product_id": ("The vendor's own id of the product.", "PROD-17", {"minLength": 1, "maxLength": 100}),
    "kind": ("What kind of file.", "csv", {"enum": ["csv", "xlsx"]}),
    "key_id": ("The id of an API key.", "key_0a1b2c3d", {}),
    "recorded_id": (
        "The id of an upload, or of a revert.",
        "UPLOAD_20261121_103045_0a1b2c3d",
        {"pattern": "^(UPLOAD|REVERT)_[0-9]{8}_[0-9]{6}_[0-9a-f]{8}$"},
    ),
    "vendor_id": ("The id of a vendor.", "VEND001", {"pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$"}),
    "email": ("The e-mail address of a person.", "anna@acme.example", {"minLength": 3, "maxLength": 254}),
    "category_id": ("The number of a category.", "7", {"pattern": "^[1-9][0-9]{0,8}$"}),
}
_DESCRIPTION = """\
Hand in product lists, follow them, and read your catalogue.

**Signing in.** Programs send an API key as `Authorization: Bearer tm_live_…`. Persons use the portal, whose pages use
the same addresses below `/portal/v1`. Addresses below `/portal/v1/admin` are for TechMart's operators.

**Pages.** Lists answer `next_cursor`; hand it back as `cursor` for the next page.

**Problems.** Whatever goes wrong is answered as `application/problem+json` (RFC 9457). `type` is stable; `detail` says
what is wrong and what to do; `errors` names the fields. `503` and `429` say in `Retry-After` when to try again.
"""


_MOMENT = "2026-11-21T10:30:45Z"


def document() -> dict[str, Any]:
    """Return the description."""
    references, schemas = _schemas()
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(address_of(route), {})[route.method.lower()] = _operation(route, references, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "TechMart product onboarding", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": "/", "description": "The address that the stack's output `ApiUrl` names."}],
        "tags": [{"name": name} for name in dict.fromkeys(map(_tag, ROUTES))],
        "security": [{"apiKey": []}, {"person": []}],
        "paths": paths,
        "components": {
            "schemas": {name: _described(schema) for name, schema in schemas.items()},
            "examples": {kind.slug: {"value": _problem_example(kind)} for kind in KINDS},
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key: `tm_live_…` or `tm_test_…`.",
                },
                "person": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The access token of a signed-in person.",
                },
            },
        },
    }


def as_text() -> str:
    """Return the file's content."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _schemas() -> tuple[dict[type[BaseModel], dict[str, Any]], dict[str, Any]]:
    """Return a reference to each shape, and the shapes by name."""
    answers = {route.answer for route in ROUTES if route.answer} | {ProblemDocument}
    bodies = {route.body for route in ROUTES if route.body}
    wanted: list[tuple[type[BaseModel], Any]] = [(each, "serialization") for each in answers]
    wanted += [(each, "validation") for each in bodies]
    wanted.sort(key=lambda each: each[0].__name__)
    found, definitions = models_json_schema(wanted, ref_template=_REFERENCE)
    shapes: Any = found  # pydantic's own type allows dataclasses, too
    return {shape: reference for (shape, _), reference in shapes.items()}, definitions["$defs"]


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a shape without the titles that pydantic makes of names."""
    properties = {
        name: {key: value for key, value in found.items() if key != "title"}
        for name, found in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties} if properties else schema


def _problem_example(kind: Kind) -> dict[str, Any]:
    errors = [FieldProblem(field="query.limit", message="Input should be less than or equal to 100.")]
    problem = Problem(kind, kind.example, errors=errors if kind is INVALID_REQUEST else ())
    return problem.document().model_dump(mode="json")


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """Return an answer in this shape, put together from the examples of its fields."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "examples" in schema:
        return schema["examples"][0]
    if "anyOf" in schema:
        return None
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "object":
            return {name: _example(found, schemas) for name, found in schema.get("properties", {}).items()}
        case "array":
            return [_example(schema["items"], schemas)]
        case "string":
            return _MOMENT if schema.get("format") == "date-time" else "…"
        case "boolean":
            return False
    return 0


def address_of(route: Route) -> str:
    """Return the address of a route: the one for programs where there is one."""
    return f"/portal/v1{route.path}" if route.who is Who.OPERATOR else f"/v1{route.path}"


def _tag(route: Route) -> str:
    first, *others = route.path.split("/")[1:]
    return f"{first} {others[0]}" if route.who is Who.OPERATOR else first.split(".")[0]


def _operation(
    route: Route, references: dict[type[BaseModel], dict[str, Any]], schemas: dict[str, Any]
) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": route.name, "summary": route.summary, "tags": [_tag(route)]}
    if route.description:
        operation["description"] = route.description
    if route.who is Who.ANYBODY:
        operation["security"] = []
    if route.who is Who.OPERATOR:
        operation["security"] = [{"person": []}]
    parameters = [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)]
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": references[route.body]}},
        }
    operation["responses"] = {
        str(int(route.status)): _answer(route, references, schemas),
        **_problems(route, references[ProblemDocument]),
    }
    return operation


def _path_parameters(route: Route) -> Iterator[dict[str, Any]]:
    for segment in route.path.split("/"):
        if segment.startswith("{"):
            name = segment.strip("{}")
            description, example, limits = _PATH_PARAMETERS[name]
            schema = {"type": "string", **limits}
            yield _parameter(name, "path", description, schema, required=True, example=example)


def _query_parameters(route: Route) -> Iterator[dict[str, Any]]:
    if route.query is None:
        return
    schema = route.query.model_json_schema(ref_template=_REFERENCE)
    for name, found in schema["properties"].items():
        inner = _inlined(found, schema.get("$defs", {}))
        description = inner.pop("description", "")
        for key in ("title", "examples"):
            inner.pop(key, None)
        example = next(iter(found.get("examples", [])), None)
        yield _parameter(name, "query", description, inner, required=False, example=example)


def _inlined(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema without references, and without the null that stands for leaving it out."""
    choices = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if choices:
        schema = {**{key: value for key, value in schema.items() if key not in ("anyOf", "default")}, **choices[0]}
    reference = schema.pop("$ref", None) if "$ref" in (schema := dict(schema)) else None
    if reference is not None:
        target = definitions[reference.rpartition("/")[2]]
        schema = {**{key: target[key] for key in ("type", "enum")}, **schema}
    return schema


def _header_parameters(route: Route) -> Iterator[dict[str, Any]]:
    for name, description in route.request_headers.items():
        schema = {"type": "string", "pattern": "^[!-~]{1,100}$"}
        yield _parameter(name, "header", description, schema, required=False, example="nightly-2026-11-21")


def _parameter(
    name: str, place: str, description: str, schema: dict[str, Any], *, required: bool, example: object
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name,
        "in": place,
        "required": required,
        "description": description,
        "schema": schema,
    }
    if example is not None:
        found["example"] = example
    return found


def _answer(route: Route, references: dict[type[BaseModel], dict[str, Any]], schemas: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {} for media_type in route.media_types}
    if route.answer is not None:
        reference = references[route.answer]
        content["application/json"] = {"schema": reference, "example": _example(reference, schemas)}
    found: dict[str, Any] = {"description": route.status.phrase}
    if route.answer is not None or route.status is not HTTPStatus.NO_CONTENT:
        found["content"] = content
    if route.answer_headers:
        found["headers"] = {
            name: {"description": description, "schema": {"type": "string"}}
            for name, description in route.answer_headers.items()
        }
    return found


def _kinds(route: Route) -> Iterator[Kind]:
    """Yield the problems that the route can answer."""
    if route.who is Who.ANYBODY:
        yield from (INVALID_REQUEST, FAILED)
        return
    yield from (NOT_SIGNED_IN, NOT_ALLOWED)
    if route.who is not Who.OPERATOR:
        yield ACCOUNT_SUSPENDED
    yield INVALID_REQUEST  # at least for parameters that it does not have
    if route.body is not None:
        yield from (NOT_JSON, WRONG_MEDIA_TYPE, BODY_TOO_LARGE)
    yield from route.problems
    yield from (STARTING_UP, UNAVAILABLE, FAILED)


def _problems(route: Route, reference: dict[str, Any]) -> dict[str, Any]:
    by_status: dict[int, list[Kind]] = {}
    for kind in _kinds(route):
        by_status.setdefault(int(kind.status), []).append(kind)
    return {
        str(status): {
            "description": "; ".join(kind.title for kind in kinds),
            "content": {
                PROBLEM_MEDIA_TYPE: {
                    "schema": reference,
                    "examples": {kind.slug: {"$ref": f"#/components/examples/{kind.slug}"} for kind in kinds},
                }
            },
            **({"headers": _RETRY_AFTER} if status in (429, 503) else {}),
        }
        for status, kinds in sorted(by_status.items())
    }


_RETRY_AFTER = {"Retry-After": {"description": "Seconds after which to try again.", "schema": {"type": "string"}}}


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
    print(f"{FILE} is up to date.", file=sys.stderr)
