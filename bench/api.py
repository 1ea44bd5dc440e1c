"""API: every GET route of vendors in a large database; the figures are without API Gateway, Lambda and the network."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import md5
from pathlib import Path
from statistics import quantiles
from typing import Any

from moto import mock_aws

from api.app import ROUTES
from api.routing import Who
from bench.catalogue import VENDOR_ID, fresh_catalogue
from bench.results import Part
from onboarding.access import Person, Role
from tests.conftest import TestDatabase
from tests.handlers.api_client import NOON, ApiClient, Reply, let_vendors_in
from tests.handlers.world import BUCKET, ENVIRONMENT, Functions, TaskCallbacks, World

_LAST_PAGE = 1_000
_PERSON = {"jwt": {"claims": {"sub": "sub-bench", "token_use": "access"}, "scopes": None}}
_AS_PERSON: dict[str, Any] = {"prefix": "/portal/v1", "authorizer": _PERSON}
_PATHS = {
    "upload_id": "UPLOAD_20260101_000000_00000001",
    "vendor_product_id": md5(b"product1").hexdigest(),
    "kind": "csv",
}
_LISTS = ("/uploads", "/uploads/{upload_id}/errors", "/products")
_FILTERED = {"/uploads": {"status": "partial"}, "/products": {"q": "product 59"}}


def measure(*, full: bool) -> Part:
    """Ask for every GET route in turn, and for page 1 and page 1,000 of what is listed."""
    part = Part("API", "1,000,000 products, 100,000 uploads, 60,000 of each the asking vendor's")
    with _filled_world() as api:
        ways = _ways(api)
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for turn in range(300 if full else 100):
            for name, ask in ways.items():
                began, busy = time.perf_counter(), time.process_time()
                reply = ask()
                seconds = time.perf_counter() - began, time.process_time() - busy
                if reply.status != 200:
                    raise RuntimeError(f"{name}: {reply.status} {reply.text}")
                if turn:  # the first connects, and reads the rules
                    spent[name].append(seconds)
    for name, times in spent.items():
        wall, cpu = ([1000 * each for each in column] for column in zip(*times, strict=True))
        p = quantiles(wall, n=20)
        part.rows.append({"route": name, "p50 ms": p[9], "p95 ms": p[18], "CPU ms": sum(cpu) / len(cpu)})
    typical = {row["route"]: row["p50 ms"] for row in part.rows}
    flat = max(typical[f"{path}, page {_LAST_PAGE:,}"] / typical[path] for path in _LISTS)
    part.goal("API: page 1,000 ÷ page 1, slowest list (flat)", flat, "at most", 1.5)
    return part


def _ways(api: ApiClient) -> dict[str, Callable[[], Reply]]:
    """Return how to ask for each route of vendors; one whose path names something unknown stops the bench."""
    paths, ways = {}, {}
    for route in ROUTES:
        if route.method == "GET" and route.who is not Who.OPERATOR:
            paths[route.path] = path = route.path.format(**_PATHS)
            ways[route.path] = partial(api.ask, "GET", path, **(_AS_PERSON if route.who is Who.VENDOR_PERSON else {}))
    for name, query in _FILTERED.items():
        ways[f"{name}, filtered by {next(iter(query))}"] = partial(api.get, paths[name], **query)
    for name in _LISTS:
        cursor: dict[str, Any] = {}
        for _ in range(_LAST_PAGE - 1):
            cursor = {"cursor": api.get(paths[name], **cursor).json["next_cursor"]}
        ways[f"{name}, page {_LAST_PAGE:,}"] = partial(api.get, paths[name], **cursor)
    return ways


@contextmanager
def _filled_world() -> Iterator[ApiClient]:
    """Yield a vendor's program in an account with that database."""
    os.environ |= ENVIRONMENT
    with fresh_catalogue() as catalogue, mock_aws():
        catalogue.fill(1_000_000)
        catalogue.as_superuser(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
        world = World(Functions(TaskCallbacks()), TestDatabase(catalogue.server))
        let_vendors_in(world)
        world.access.add_person(Person("sub-bench", Role.VENDOR, VENDOR_ID, "bench@vendor.example", NOON))
        for key in ("report", "corrections"):
            world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
        yield ApiClient(world)
