"""One row of the route table, and what the function behind it gets and gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from api.identity import Caller, Role
from api.problems import NOT_ALLOWED, Kind, Problem

Query = TypeVar("Query")
Body = TypeVar("Body")


class Who(StrEnum):
    """Who may use a route."""

    ANYBODY = "anybody"
    """Without signing in."""
    SIGNED_IN = "signed-in"
    """Persons and programs of vendors, and operators."""
    VENDOR = "vendor"
    """Persons and programs of a vendor."""
    VENDOR_PERSON = "vendor-person"
    """Persons of a vendor."""
    OPERATOR = "operator"
    """Persons of TechMart's."""


@dataclass(frozen=True, slots=True)
class Call(Generic[Query, Body]):
    """A request that passed every check: who asks, and the values of path, query, body and headers."""

    _caller: Caller | None
    path: Mapping[str, str]
    query: Query
    body: Body
    headers: Mapping[str, str]

    @property
    def caller(self) -> Caller:
        """Return who asks; routes for anybody have no caller."""
        assert self._caller is not None  # noqa: S101 - only routes for anybody are called without
        return self._caller

    @property
    def vendor_id(self) -> str:
        """Return the vendor that the request is about: always the caller's own."""
        assert self.caller.vendor_id is not None  # noqa: S101 - the route table keeps operators out
        return self.caller.vendor_id


@dataclass(frozen=True, slots=True)
class Answer:
    """A document with headers of its own, or with another status than the route's."""

    document: BaseModel | None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: HTTPStatus | None = None


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file as it is; its text as text, since API Gateway wants anything else encoded."""

    content: str | bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`path` is below the prefix, with {names} in braces. `action` gets the services and the call.

    `problems` are those that only this route has; what every route can answer is added by `api/openapi.py`.
    """

    method: str
    path: str
    action: Callable[[Any, Any], BaseModel | Answer | File]
    summary: str
    description: str = ""
    who: Who = Who.VENDOR
    answer: type[BaseModel] | None = None
    status: HTTPStatus = HTTPStatus.OK
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    request_headers: Mapping[str, str] = field(default_factory=dict)
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    media_types: tuple[str, ...] = ("application/json",)
    problems: tuple[Kind, ...] = ()

    @property
    def name(self) -> str:
        """Return the operation's name, that of its function."""
        return self.action.__name__

    def check(self, caller: Caller) -> None:
        """Raise Problem when this caller may not use the route."""
        if self.who is Who.SIGNED_IN:
            return
        if self.who is Who.OPERATOR:
            if caller.role is not Role.OPERATOR:
                raise Problem(NOT_ALLOWED, "Only TechMart's operators may do this.")
            return
        if caller.role is not Role.VENDOR:
            raise Problem(
                NOT_ALLOWED, "Operators have no uploads and products of their own; this is for a vendor's people."
            )
        if self.who is Who.VENDOR_PERSON and not caller.is_person:
            raise Problem(NOT_ALLOWED, "Only a signed-in person of the vendor may do this, not an API key.")
