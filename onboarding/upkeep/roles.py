"""The two logins: the owner, who changes the schema, and the application's role, which may only work in it."""

from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import encrypt_password

from onboarding.config import DatabaseConfig, OwnerConfig
from onboarding.stores.database import read_secret, secret_parameters

APPLICATION_ROLE = "onboarding_app"
"""The migrations create it and grant it what it needs."""


class UnexpectedRoleError(RuntimeError):
    """The secret names a user whose password is not ours to set."""


def owner_parameters(config: OwnerConfig) -> dict[str, Any]:
    """Return libpq's parameters for the owner: server and database are those of the application's secret."""
    server = read_secret(config.database_secret_arn, fresh=True)
    owner = read_secret(config.database_owner_secret_arn, fresh=True)
    return secret_parameters({**server, "username": owner["username"], "password": owner["password"]}, config)


def set_application_password(owner: Connection, username: str, password: str) -> None:
    """Let the application's role log in with this password.

    Only a SCRAM verifier made here reaches the server, so no statement log can show the password.

    Raises UnexpectedRoleError for any other user.
    """
    if username != APPLICATION_ROLE:
        raise UnexpectedRoleError(f"the secret names {username!r}, not {APPLICATION_ROLE!r}")
    verifier = encrypt_password(password, username, scope=owner, algorithm="scram-sha-256")
    with owner, owner.cursor() as cursor:
        cursor.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(username), sql.Literal(verifier))
        )


def can_log_in(config: DatabaseConfig, secret: dict[str, Any]) -> bool:
    """Return whether the server accepts this secret. Raises what it raises for any other reason."""
    try:
        psycopg2.connect(**secret_parameters(secret, config)).close()
    except psycopg2.OperationalError as error:
        if "authentication failed" not in str(error):
            raise
        return False
    return True
