"""What a part of the bench found, and how it is shown: on the terminal and in docs/performance.md."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.pages import table

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Part:
    """One part of the bench. Rows with other columns than the first ones stand in a table of their own."""

    title: str
    setting: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    goals: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def goal(self, name: str, measured: float, direction: str, limit: float, unit: str = "", speed: float = 1) -> None:
        """Hold a figure against its limit, which the project has set itself: "at most" or "at least" so much.

        A limit in seconds holds for the machine it was set on; `speed` says how fast this one is beside that.
        """
        met = measured <= limit / speed if direction == "at most" else measured >= limit * speed
        wanted = f"{direction} {_figure(limit)} {unit}".strip() + (f" at speed {_figure(speed)}" if speed != 1 else "")
        self.goals.append({"goal": name, "limit": wanted, "measured": measured, "": "met" if met else "**missed**"})

    def markdown(self) -> str:
        """Return setting, tables and notes."""
        tables: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for row in self.rows:
            tables.setdefault(tuple(row), []).append(row)
        setting = f"*{self.setting}; {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores.*"
        return "\n\n".join([setting, *map(as_table, tables.values()), *self.notes])


def as_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows of the same columns as a table in Markdown."""
    return table(list(rows[0]), [[_figure(value) for value in row.values()] for row in rows])


def _figure(value: object) -> str:
    """Return a value of a table as text, numbers to three digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
