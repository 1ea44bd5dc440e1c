"""The API as one application: the route table, and what surrounds every route.

Programs and persons come by two functions and two prefixes; the routes are the same.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote

import psycopg2
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from botocore.exceptions import BotoCoreError, ClientError

from api.identity import Caller, Refusal, RefusedCallerError
from api.problems import (
    ACCOUNT_SUSPENDED,
    FAILED,
    NOT_ALLOWED,
    PROBLEM_MEDIA_TYPE,
    STARTING_UP,
    UNAVAILABLE,
    UNKNOWN_ADDRESS,
    WRONG_METHOD,
    Problem,
)
from api.reading import read_body, read_query
from api.routes import analytics, exports, help, keys, me, people, products, uploads
from api.routing import Answer, Call, File, Route, Who

ROUTES: tuple[Route, ...] = (
    *me.ROUTES,
    *uploads.ROUTES,
    *products.ROUTES,
    *exports.ROUTES,
    *analytics.ROUTES,
    *help.ROUTES,
    *keys.ROUTES,
    *people.ROUTES,
)
"""What vendors' people and programs may ask for; what operators may is in api/routes/admin, for another function."""

logger = Logger(child=True)

CallerOf = Callable[[Mapping[str, Any]], Caller]
_RETRY_SECONDS = 5
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer: nobody keeps it, nobody runs or frames it (OWASP, "REST Security Cheat Sheet")."""


class Api(APIGatewayHttpResolver):
    """Powertools' resolver, for paths that may contain any character."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = f"{prefix}/"

    def resolve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request.

        API Gateway hands over the path decoded (developer guide, "Payload format version 2.0"), and Powertools matches
        some characters only: each segment is encoded again. A vendor's product id may contain slashes and is one.
        """
        start, found, rest = event["rawPath"].partition(self._prefix)
        segments = _one_product_id(rest.split("/"))
        path = "/".join(quote(segment, safe="") for segment in segments)
        answer: dict[str, Any] = super().resolve({**event, "rawPath": start + found + path}, context)
        return answer


def _one_product_id(segments: list[str]) -> list[str]:
    if segments[0] != "products" or len(segments) < 3:
        return segments
    tail = ["changes"] if segments[-1] == "changes" else []
    return ["products", "/".join(segments[1 : len(segments) - len(tail)]), *tail]


def build_app(prefix: str, caller_of: CallerOf, services: Any, routes: Sequence[Route] = ROUTES) -> Api:
    """Return the application whose addresses begin with `prefix`; `caller_of` says who asks, or raises Problem.

    `services` are what the routes work with.
    """
    app = Api(prefix)
    for route in routes:
        _add(app, prefix, route, caller_of, services)
    _add_problems(app, prefix, routes)
    return app


def _add(app: Api, prefix: str, route: Route, caller_of: CallerOf, services: Any) -> None:
    def answer(**path: str) -> Response[Any]:
        event = app.current_event.raw_event
        caller = None
        if route.who is not Who.ANYBODY:
            caller = caller_of(event)
            route.check(caller)
        headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
        call = Call(
            caller,
            {name: unquote(value) for name, value in path.items()},
            read_query(event, route.query),
            read_body(event, headers, route.body),
            headers,
        )
        return _response(route, route.action(services, call))

    rule = prefix + route.path.replace("{", "<").replace("}", ">")
    app.route(rule, method=route.method)(answer)


def _response(route: Route, found: Any) -> Response[Any]:
    if isinstance(found, File):
        return Response(
            HTTPStatus.OK, content_type=found.media_type, body=found.content, headers={**_HEADERS, **found.headers}
        )
    result = found if isinstance(found, Answer) else Answer(found)
    return Response(
        result.status or route.status,
        content_type="application/json" if result.document is not None else None,
        body="" if result.document is None else result.document.model_dump_json(),
        headers={**_HEADERS, **result.headers},
    )


def problem_response(problem: Problem) -> Response[Any]:
    """Return the answer that tells of a problem."""
    logger.info("request refused", problem=problem.kind.slug, status=problem.kind.status)
    return Response(
        problem.kind.status,
        content_type=PROBLEM_MEDIA_TYPE,
        body=problem.document().model_dump_json(),
        headers={**_HEADERS, **problem.all_headers()},
    )


def _add_problems(app: Api, prefix: str, routes: Sequence[Route]) -> None:
    """Give every failure a problem document: ours, those of the database and of AWS, and whatever else."""

    def nowhere(error: NotFoundError) -> Response[Any]:
        method, path = app.current_event.http_method.upper(), app.current_event.path
        possible = sorted({route.method for route in routes if _leads_to(prefix + route.path, path)})
        if possible:
            sentence = f"{method} is not possible here. Possible: {', '.join(possible)}."
            return problem_response(Problem(WRONG_METHOD, sentence, headers={"Allow": ", ".join(possible)}))
        return problem_response(Problem(UNKNOWN_ADDRESS, f"There is no address {unquote(path)[:200]}."))

    app.exception_handler(NotFoundError)(nowhere)
    app.exception_handler(Problem)(problem_response)
    app.exception_handler(RefusedCallerError)(_refused)
    app.exception_handler(psycopg2.OperationalError)(_no_database)
    app.exception_handler([ClientError, BotoCoreError])(_no_service)
    app.exception_handler(Exception)(_bug)


def _refused(error: RefusedCallerError) -> Response[Any]:
    if error.refusal is Refusal.VENDOR_SUSPENDED:
        return problem_response(Problem(ACCOUNT_SUSPENDED, ACCOUNT_SUSPENDED.example))
    return problem_response(Problem(NOT_ALLOWED, "This sign-in or key is not known here, or was removed."))


def _no_database(error: psycopg2.OperationalError) -> Response[Any]:
    logger.warning("database does not answer", reason=type(error).__name__)
    return problem_response(Problem(STARTING_UP, STARTING_UP.example, retry_after=_RETRY_SECONDS))


def _no_service(error: Exception) -> Response[Any]:
    logger.exception("call of AWS failed")
    return problem_response(Problem(UNAVAILABLE, UNAVAILABLE.example, retry_after=_RETRY_SECONDS))


def _bug(error: Exception) -> Response[Any]:
    logger.exception("request failed")
    return problem_response(Problem(FAILED, FAILED.example))


def _leads_to(pattern: str, path: str) -> bool:
    """Tell whether a path is one of those that the pattern, with {names}, stands for."""
    wanted, given = pattern.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        value if name.startswith("{") else name == value for name, value in zip(wanted, given, strict=True)
    )
