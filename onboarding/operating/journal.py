"""Records what an operator does outside the database: before it is begun, and once more when it has ended."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from aws_lambda_powertools import Logger

from onboarding.stores import actions
from onboarding.stores.database import Database

logger = Logger(child=True)

OPERATIONS = "operations"
"""Who acted when nobody says who it was: somebody with access to the functions themselves."""
_LONGEST_REASON = 500


@dataclass(slots=True)
class Entry:
    """What is being recorded; whoever does it says what came of it."""

    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    database: Database

    @contextmanager
    def entry(self, actor: str, action: str, subject: str, before: Mapping[str, Any] | None = None) -> Iterator[Entry]:
        """Record what is done inside, and whether it was done. What cannot be recorded is not begun.

        Raises what is raised inside. When only the end cannot be recorded, that is raised: the action stands there as
        begun, and doing it again is harmless.
        """
        action_id = self.database.run(lambda cursor: actions.begin(cursor, actor, action, subject, before))
        entry = Entry()
        try:
            yield entry
        except Exception as error:
            self._failed(action_id, f"{type(error).__name__}: {error}"[:_LONGEST_REASON])
            raise
        self.database.run(lambda cursor: actions.end(cursor, action_id, after=entry.after))

    def _failed(self, action_id: int, reason: str) -> None:
        try:
            self.database.run(lambda cursor: actions.end(cursor, action_id, failure=reason))
        except psycopg2.Error:  # what went wrong first is what the operator has to hear of
            logger.exception("failure of an action not recorded", action_id=action_id)
