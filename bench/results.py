"""What a part of the bench found: rows of a table, goals met or missed, and which plot shows it."""

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit that the project has set itself. `measured` is compared with `limit` as `direction` says."""

    name: str
    measured: float
    limit: float
    direction: str
    """"at most" or "at least"."""
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.measured <= self.limit if self.direction == "at most" else self.measured >= self.limit


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars of `value`, one for each `bars`, in groups; or lines over `x` when that is given."""

    title: str
    bars: str
    groups: tuple[str, ...]
    value: str
    x: str = ""
    log: bool = False
    name: str = ""
    """Tells the plots of one part apart; part of the file's name."""


@dataclass(slots=True)
class Part:
    """One part of the bench."""

    name: str
    title: str
    setting: str
    rows: list[Row] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Add a row of the table."""
        self.rows.append(row)

    def goal(self, name: str, measured: float, direction: str, limit: float, unit: str = "") -> None:
        """Hold a figure against its limit."""
        self.goals.append(Goal(name, measured, limit, direction, unit))

    def plot(
        self,
        title: str,
        *,
        bars: str,
        value: str,
        groups: tuple[str, ...] = (),
        x: str = "",
        log: bool = False,
        name: str = "",
    ) -> None:
        """Show a column of the table."""
        self.plots.append(Plot(title, bars, groups, value, x, log, name))

    def note(self, sentence: str) -> None:
        """Add a sentence below the table."""
        self.notes.append(sentence)
