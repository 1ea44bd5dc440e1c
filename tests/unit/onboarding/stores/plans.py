"""How PostgreSQL runs a query: its plan, with what it has read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import cursor as Cursor

from local.postgres import PostgresServer
from tests.conftest import migrated_server


class Explaining(Cursor):
    """A cursor that explains what it is asked to run; the plan of the last statement is kept."""

    plan: Any = None

    def execute(self, query: Any, values: Any = None) -> None:
        super().execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query, values)
        self.plan = super().fetchall()[0][0][0]["Plan"]

    def fetchone(self) -> None:
        return None

    def fetchall(self) -> list[Any]:
        return []


Explain = Callable[[Callable[[Cursor], object]], dict[str, Any]]


@contextmanager
def filled_server(directory: Path, statements: Sequence[str]) -> Iterator[PostgresServer]:
    """Run a server whose migrated database these statements have filled."""
    with migrated_server(directory) as server:
        with closing(psycopg2.connect(server.url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            for statement in statements:
                cursor.execute(statement)
        yield server


@contextmanager
def explaining(server: PostgresServer) -> Iterator[Explain]:
    """Give a function that returns the plan of the last statement of some work."""
    with closing(psycopg2.connect(server.url)) as connection:

        def run(work: Callable[[Cursor], object]) -> dict[str, Any]:
            with connection, connection.cursor(cursor_factory=Explaining) as cursor:
                work(cursor)
                return cursor.plan

        yield run


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def blocks(plan: dict[str, Any]) -> int:
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
