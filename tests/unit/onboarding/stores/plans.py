"""How PostgreSQL runs a query: its plan, with what it has read."""

from collections.abc import Callable, Iterator
from typing import Any

from psycopg2.extensions import cursor as Cursor


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


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def blocks(plan: dict[str, Any]) -> int:
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
