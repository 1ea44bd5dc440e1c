"""The picture in docs/database.md is the schema that the migrations make."""

from pathlib import Path

import psycopg2

from local.postgres import PostgresServer
from onboarding.upkeep.migrations import migrate
from operations.schema_diagram import PAGE, TABLES, render, replaced


def test_page_shows_the_schema_when_migrations_are_applied(tmp_path: Path) -> None:
    with PostgresServer(tmp_path / "postgres") as server:
        migrate(server.url)

        with psycopg2.connect(server.url) as connection, connection.cursor() as cursor:
            diagram = render(cursor)

    assert all(f"    {table} {{" in diagram for table in TABLES)
    assert PAGE.read_text() == replaced(PAGE.read_text(), diagram), "docs/database.md is out of date: make diagram"
