"""`make diagram`: draws the migrated schema into docs/database.md, so that picture and migrations cannot part."""

import re
import tempfile
from pathlib import Path

import psycopg2
from psycopg2.extensions import cursor as Cursor

from local.postgres import PostgresServer
from onboarding.upkeep.migrations import migrate

PAGE = Path(__file__).parent.parent / "docs" / "database.md"
_DIAGRAM = re.compile(r"```mermaid\nerDiagram\n.*?```", re.DOTALL)
TABLES = (
    *("vendors", "product_categories", "upload_history", "products", "product_changes", "validation_errors"),
    *("operator_actions", "daily_uploads", "daily_causes", "daily_durations"),
)


def render(cursor: Cursor) -> str:
    """Return the tables of this database as a Mermaid ER diagram."""
    lines = ["erDiagram", *_relations(cursor)]
    for table in TABLES:
        lines += [f"    {table} {{", *_columns(cursor, table), "    }"]
    return "\n".join(lines) + "\n"


def replaced(page: str, diagram: str) -> str:
    """Return the page with its diagram replaced."""
    return _DIAGRAM.sub(lambda _: f"```mermaid\n{diagram}```", page)


def _relations(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        SELECT confrelid::regclass::text, conrelid::regclass::text, a.attname
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
        WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2
        """,
        (list(TABLES),),
    )
    return [f"    {parent} ||--o{{ {child} : {column}" for parent, child, column in cursor.fetchall()]


def _columns(cursor: Cursor, table: str) -> list[str]:
    cursor.execute(
        """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               array(
                   SELECT DISTINCT upper(contype::text) FROM pg_constraint
                   WHERE conrelid = a.attrelid AND a.attnum = ANY(conkey) AND contype IN ('p', 'f', 'u') ORDER BY 1 DESC
               )
        FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        """,
        (table,),
    )
    return [_column(*row) for row in cursor.fetchall()]


def _column(name: str, type_name: str, not_null: bool, keys: list[str]) -> str:
    shown = type_name.replace("character varying", "varchar").replace("timestamp with time zone", "timestamptz")
    marks = ", ".join({"P": "PK", "F": "FK", "U": "UK"}[key] for key in keys)
    comment = "" if not_null else ' "may be null"'
    return f"        {shown.replace(',', '_').replace(' ', '')} {name}{' ' + marks if marks else ''}{comment}"


def main() -> None:
    """Redraw the diagram from a database made for it."""
    with tempfile.TemporaryDirectory() as directory, PostgresServer(Path(directory) / "postgres") as server:
        migrate(server.url)
        with psycopg2.connect(server.url) as connection, connection.cursor() as cursor:
            PAGE.write_text(replaced(PAGE.read_text(), render(cursor)))


if __name__ == "__main__":
    main()
