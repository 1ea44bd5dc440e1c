"""Schema Migrator: CloudFormation creates or updates the schema and waits for an answer."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.handlers.world import CONTEXT, DATABASE_SECRET, World, sample


class Deployment:
    """A database of its own without a schema, and CloudFormation's side of the custom resource."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.answers: list[dict[str, Any]] = []

    def run(self, request_type: str = "Create") -> dict[str, Any]:
        """Send a request and return the answer to it."""
        event = {**sample("cloudformation_create"), "RequestType": request_type, "ResponseURL": self.url}
        self.world.functions.schema_migrator.handler(event, CONTEXT)
        answer = self.answers.pop()
        assert not self.answers
        assert {name: answer[name] for name in ("StackId", "RequestId", "LogicalResourceId")} == {
            name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")
        }
        return answer

    def execute(self, statement: str, url: str | None = None) -> list[tuple[Any, ...]]:
        target = (url or self.world.database.url).rpartition("/")[0] + "/fresh"
        return self.world.database.execute(statement, url=target)

    @property
    def tables(self) -> set[str]:
        found = self.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        return {name for (name,) in found}


@pytest.fixture
def deployment(world: World) -> Iterator[Deployment]:
    server = world.database.server
    with closing(psycopg2.connect(server.url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS fresh WITH (FORCE)")
            cursor.execute("CREATE DATABASE fresh TEMPLATE template0")
    secret = {**world.database.application_secret(), "dbname": "fresh"}
    world.secrets.put_secret_value(SecretId=DATABASE_SECRET, SecretString=json.dumps(secret))

    class Receiver(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            found.answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as http:
        found = Deployment(world, f"http://127.0.0.1:{http.server_port}/answer")
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield found
        http.shutdown()


@pytest.fixture
def migrations(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the migrations that the function applies, to add to."""
    from onboarding.upkeep.migrations import MIGRATIONS

    directory = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, directory)
    module = world.functions.schema_migrator
    monkeypatch.setattr(module, "migrate", partial(module.migrate, directory=directory))
    return directory


def test_schema_is_created_when_the_database_is_new(deployment: Deployment) -> None:
    answer = deployment.run()

    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "database-schema"
    assert answer["Data"]["Applied"].startswith("0001.create-catalogue,0002.seed-product-categories")
    assert {
        "vendors",
        "product_categories",
        "products",
        "upload_history",
        "validation_errors",
    } <= deployment.tables
    assert deployment.execute("SELECT count(*) > 20 FROM product_categories WHERE is_active") == [(True,)]


def test_nothing_changes_when_the_schema_is_up_to_date(deployment: Deployment) -> None:
    deployment.run()
    deployment.execute("INSERT INTO product_categories (category_name) VALUES ('Spaceships')")

    answer = deployment.run("Update")

    assert (answer["Status"], answer["Data"]) == ("SUCCESS", {"Applied": ""})
    assert deployment.execute("SELECT count(*) FROM product_categories WHERE category_name = 'Spaceships'") == [(1,)]


def test_only_the_new_migration_is_applied_when_one_was_added(deployment: Deployment, migrations: Path) -> None:
    deployment.run()
    (migrations / "9998.add-colour.sql").write_text("ALTER TABLE products ADD colour VARCHAR(20);")

    answer = deployment.run("Update")

    assert answer["Data"] == {"Applied": "9998.add-colour"}
    deployment.execute("SELECT colour FROM products")


def test_failure_is_answered_and_undone_when_a_migration_is_wrong(deployment: Deployment, migrations: Path) -> None:
    deployment.run()
    wrong = migrations / "9998.add-colour.sql"
    wrong.write_text("CREATE TABLE half (n INTEGER); ALTER TABLE nowhere ADD colour VARCHAR(20);")

    answer = deployment.run("Update")

    assert answer["Status"] == "FAILED"
    assert 'relation "nowhere" does not exist' in answer["Reason"]
    assert "half" not in deployment.tables

    wrong.write_text("CREATE TABLE whole (n INTEGER);")
    assert deployment.run("Update")["Data"] == {"Applied": "9998.add-colour"}
    assert "whole" in deployment.tables


def test_failure_is_answered_when_the_database_is_not_there(deployment: Deployment) -> None:
    secret = {**deployment.world.database.application_secret(), "dbname": "nowhere"}
    deployment.world.secrets.put_secret_value(SecretId=DATABASE_SECRET, SecretString=json.dumps(secret))

    answer = deployment.run()

    assert answer["Status"] == "FAILED"
    assert "does not exist" in answer["Reason"]
    assert deployment.world.database.server.password not in answer["Reason"]


def test_data_stays_when_the_resource_is_deleted(deployment: Deployment) -> None:
    deployment.run()

    answer = deployment.run("Delete")

    assert answer["Status"] == "SUCCESS"
    assert "products" in deployment.tables


def test_application_works_but_changes_no_schema_when_the_schema_is_created(deployment: Deployment) -> None:
    deployment.run()
    application = deployment.world.database.application_url

    assert deployment.execute("SELECT count(*) FROM products", url=application) == [(0,)]
    for statement in (
        "DROP TABLE products",
        "DELETE FROM validation_errors",
        "TRUNCATE upload_history",
        "CREATE TABLE mine (n INTEGER)",
        "UPDATE products SET sku = 'X'",
        "DELETE FROM product_categories",
        "DELETE FROM operator_actions",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            deployment.execute(statement, url=application)
