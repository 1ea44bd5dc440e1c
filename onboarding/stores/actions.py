"""Queries on operator_actions: who changed what, when, and what it was before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor as Cursor

from onboarding.stores.conditions import Conditions

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActionFilter:
    """Which actions; None means all."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action as recorded; without `ended_at` it was begun, and nobody could say how it ended."""

    action_id: int
    acted_at: datetime
    actor: str
    action: str
    subject: str
    before: Values | None
    after: Values | None
    ended_at: datetime | None
    failure: str | None


def record(
    cursor: Cursor, actor: str, action: str, subject: str, *, before: Values | None = None, after: Values | None = None
) -> None:
    """Record what this transaction does."""
    action_id = begin(cursor, actor, action, subject, before)
    end(cursor, action_id, after=after)


def begin(cursor: Cursor, actor: str, action: str, subject: str, before: Values | None) -> int:
    """Record that something is about to be done and return the action's number."""
    cursor.execute(
        "INSERT INTO operator_actions (actor, action, subject, before) VALUES (%s, %s, %s, %s) RETURNING action_id",
        (actor, action, subject, _json(before)),
    )
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - INSERT returns its row
    return int(row[0])


def end(cursor: Cursor, action_id: int, *, after: Values | None = None, failure: str | None = None) -> None:
    """Record how an action ended."""
    cursor.execute(
        "UPDATE operator_actions SET ended_at = CURRENT_TIMESTAMP, after = %s, failure = %s WHERE action_id = %s",
        (_json(after), failure, action_id),
    )


def list_actions(cursor: Cursor, wanted: ActionFilter, after: int | None, limit: int) -> list[ActionView]:
    """Return at most `limit` actions, newest first, those before the number `after`."""
    where = Conditions()
    where.add("TRUE")
    where.add_unless_none("actor = %s", wanted.actor)
    where.add_unless_none("action = %s", wanted.action)
    where.add_unless_none("subject = %s", wanted.subject)
    where.add_unless_none("action_id < %s", after)
    cursor.execute(
        f"""
        SELECT action_id, acted_at, actor, action, subject, before, after, ended_at, failure
        FROM operator_actions WHERE {where.sql} ORDER BY action_id DESC LIMIT %s
        """,
        (*where.values, limit),
    )
    return [ActionView(*row) for row in cursor.fetchall()]


def _json(values: Values | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)
