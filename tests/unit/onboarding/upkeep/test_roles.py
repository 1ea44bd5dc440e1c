"""What the application's login may do, and how it gets its password."""

from contextlib import closing
from typing import Any

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege

from onboarding.upkeep.roles import APPLICATION_ROLE, UnexpectedRoleError, set_application_password
from tests.conftest import TestDatabase

ALLOWED = {
    "vendors": {"SELECT", "INSERT"},
    "product_categories": {"SELECT"},  # and columns of it, as of others: INSERT and UPDATE
    "operator_actions": {"SELECT", "INSERT"},
    "daily_uploads": {"SELECT", "INSERT"},
    "daily_causes": {"SELECT", "INSERT"},
    "daily_durations": {"SELECT", "INSERT"},
    "upload_history": {"SELECT", "INSERT"},
    "products": {"SELECT", "INSERT"},
    "product_changes": {"SELECT", "INSERT"},
    "validation_errors": {"SELECT", "INSERT"},
}


def test_role_has_these_privileges_and_no_other(database: TestDatabase) -> None:
    granted: dict[str, set[str]] = {}
    for table, privilege in database.execute(
        """
        SELECT c.relname, p.name FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
                                                               'REFERENCES', 'TRIGGER']) p(name)
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND has_table_privilege(%s, c.oid, p.name)
        """,
        APPLICATION_ROLE,
    ):
        granted.setdefault(table, set()).add(privilege)

    assert granted == ALLOWED


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM validation_errors",
        "TRUNCATE upload_history",
        "UPDATE products SET sku = 'X'",
        "UPDATE upload_history SET vendor_id = 'VEND002'",
        "INSERT INTO product_categories (category_name, created_at) VALUES ('Anything', '2000-01-01')",
        "DELETE FROM product_categories",
        "DELETE FROM operator_actions",
        "UPDATE operator_actions SET actor = 'somebody else'",
        "UPDATE operator_actions SET before = NULL",
        "UPDATE daily_uploads SET vendor_id = 'VEND002'",
        "CREATE TABLE mine (a INTEGER)",
        "ALTER TABLE products ADD COLUMN a INTEGER",
        "DROP TABLE products",
        "SELECT * FROM _yoyo_migration",
        "CREATE ROLE another",
    ],
)
def test_role_is_refused(database: TestDatabase, statement: str) -> None:
    with pytest.raises((InsufficientPrivilege, psycopg2.errors.InsufficientPrivilege)):
        database.execute(statement, url=database.application_url)


def test_role_may_make_a_temporary_table(database: TestDatabase) -> None:
    database.execute("CREATE TEMP TABLE incoming (a INTEGER)", url=database.application_url)


def test_password_reaches_the_server_as_a_verifier_only(database: TestDatabase) -> None:
    sent: list[str] = []

    class Listening(psycopg2.extensions.cursor):
        def execute(self, query: Any, parameters: Any = None) -> None:
            sent.append(query if isinstance(query, str) else query.as_string(self))
            super().execute(query, parameters)

    password = database.application_secret()["password"]
    with closing(psycopg2.connect(database.url, cursor_factory=Listening)) as owner:
        set_application_password(owner, APPLICATION_ROLE, password)

    assert len(sent) == 1
    assert "SCRAM-SHA-256$" in sent[0]
    assert password not in sent[0]
    assert database.execute("SELECT current_user", url=database.application_url) == [(APPLICATION_ROLE,)]


def test_password_of_anybody_else_is_not_set(database: TestDatabase) -> None:
    with closing(psycopg2.connect(database.url)) as owner, pytest.raises(UnexpectedRoleError):
        set_application_password(owner, "onboarding", "secret")
