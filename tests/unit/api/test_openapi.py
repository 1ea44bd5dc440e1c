"""The API's description: made from the code, complete, and true."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from api import openapi
from api.openapi import ROUTES, address_of
from api.problems import KINDS
from api.routing import Route

DOCUMENT = openapi.document()


def operation(route: Route) -> dict[str, Any]:
    return DOCUMENT["paths"][address_of(route)][route.method.lower()]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_file_is_what_the_code_says() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.as_text(), "Run: make openapi"


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        found = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_route_is_described_with_an_example(route: Route) -> None:
    found = operation(route)

    assert found["summary"]
    for parameter in found.get("parameters", []):
        assert parameter["description"], parameter["name"]
    success = found["responses"][str(int(route.status))]
    if route.answer is not None:
        example = success["content"]["application/json"]["example"]
        route.answer.model_validate_json(json.dumps(example))
    for status, response in found["responses"].items():
        if int(status) >= 400:
            assert response["content"]["application/problem+json"]["examples"]


def test_every_field_is_described() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert schema.get("description"), name
        for field, found in schema.get("properties", {}).items():
            described = found.get("description") or "$ref" in found or "$ref" in found.get("items", {})
            assert described, f"{name}.{field}"


def test_names_of_operations_are_unique() -> None:
    names = [route.name for route in ROUTES]

    assert len(names) == len(set(names))


def test_every_problem_is_told_by_some_route_or_by_all() -> None:
    told = {
        slug
        for route in ROUTES
        for response in operation(route)["responses"].values()
        for content in response.get("content", {}).values()
        for slug in content.get("examples", {})
    }

    assert {kind.slug for kind in KINDS} - told == {"unknown-address", "wrong-method"}


def test_types_of_problems_are_unique() -> None:
    assert len({kind.type for kind in KINDS}) == len(KINDS)
