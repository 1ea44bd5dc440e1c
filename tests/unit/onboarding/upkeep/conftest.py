"""What the tests of upkeep share: the database as the functions use it, as the application's role."""

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

import psycopg2
import pytest
from psycopg2.extensions import cursor as Cursor

from onboarding.stores.database import Database
from tests.conftest import TestDatabase

T = TypeVar("T")


class AsApplication(Database):
    """Transactions of the application's role on the test's server, counted; each has a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.transactions = 0

    def run(self, work: Callable[[Cursor], T]) -> T:
        self.transactions += 1
        with closing(psycopg2.connect(self.url)) as connection, connection, connection.cursor() as cursor:
            return work(cursor)


@pytest.fixture
def application(database: TestDatabase) -> AsApplication:
    return AsApplication(database.application_url)
