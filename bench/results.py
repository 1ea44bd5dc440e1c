"""What a part of the bench found, and how it is shown: on the terminal, as JSON and a plot, in docs/performance.md."""

import json
import os
import platform
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from rich.table import Table

from local.console import console

PROJECT = Path(__file__).resolve().parent.parent
RESULTS = PROJECT / "bench" / "results"
PAGE = PROJECT / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit that the project has set itself. `measured` is compared with `limit` as `direction` says."""

    name: str
    measured: float
    direction: str
    """"at most" or "at least"."""
    limit: float
    unit: str = ""

    def row(self) -> dict[str, Any]:
        met = self.measured <= self.limit if self.direction == "at most" else self.measured >= self.limit
        limit = f"{self.direction} {figure(self.limit)} {self.unit}".strip()
        return {"goal": self.name, "limit": limit, "measured": self.measured, "": "met" if met else "**missed**"}


@dataclass(slots=True)
class Part:
    """One part of the bench. `plot` names the columns that the plot shows: labels, and the value last."""

    name: str
    title: str
    setting: str
    plot: tuple[str, ...] = ()
    rows: list[dict[str, Any]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def goal(self, name: str, measured: float, direction: str, limit: float, unit: str = "") -> None:
        """Hold a figure against its limit."""
        self.goals.append(Goal(name, measured, direction, limit, unit))


def figure(value: object) -> str:
    """Return a value of a table as text, numbers to three digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def tables_of(rows: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return the rows in tables: rows with other columns stand in a table of their own."""
    tables: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        tables.setdefault(tuple(row), []).append(row)
    return list(tables.values())


def show(title: str, rows: Iterable[Mapping[str, Any]], notes: Iterable[str] = ()) -> None:
    """Print tables under a title."""
    console.print(f"\n[bold]{title}[/]", soft_wrap=True)
    for rows_of_one in tables_of(rows):
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        for column, value in rows_of_one[0].items():
            table.add_column(column, justify="right" if isinstance(value, int | float) else "left")
        for row in rows_of_one:
            table.add_row(*map(figure, row.values()))
        console.print(table)
    for note in notes:
        console.print(note, style="dim", soft_wrap=True)


def save(parts: Iterable[Part], *, full: bool) -> None:
    """Write figures and plots, and after a full run the page. Parts that were not measured keep their last figures."""
    RESULTS.mkdir(exist_ok=True)
    latest = RESULTS / "latest.json"
    document: dict[str, Any] = json.loads(latest.read_text()) if latest.exists() else {}
    run = {"measured": f"{datetime.now(UTC):%Y-%m-%d}", "full": full, "machine": platform.machine()}
    for part in parts:
        goals = [goal.row() for goal in part.goals]
        document[part.name] = {**run, "cores": os.cpu_count(), **asdict(part), "goals": goals}
        if part.plot:
            _draw(part)
    latest.write_text(json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n")
    if full:
        update(document)


def update(document: Mapping[str, Mapping[str, Any]], page: Path = PAGE) -> None:
    """Replace what stands between `<!-- bench:NAME -->` and `<!-- end -->`; `goals` is the list of all goals."""
    text = page.read_text(encoding="utf-8")
    blocks = {name: _block(part) for name, part in document.items()}
    blocks["goals"] = _markdown(goal for part in document.values() for goal in part["goals"])
    for name, block in blocks.items():
        pattern = re.compile(rf"(<!-- bench:{name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = pattern.sub(lambda found, block=block: f"{found[1]}{block}\n{found[2]}", text)
    page.write_text(text, encoding="utf-8")


def _block(part: Mapping[str, Any]) -> str:
    kind = "full" if part["full"] else "quick"
    setting = f"*{part['setting']}. A {kind} run of {part['measured']}, {part['cores']} cores.*"
    return "\n\n".join([setting, *map(_markdown, tables_of(part["rows"])), *part["notes"]])


def _markdown(rows: Iterable[Mapping[str, Any]]) -> str:
    rows = list(rows)
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    return "\n".join([*lines, *("| " + " | ".join(map(figure, row.values())) + " |" for row in rows)])


def _draw(part: Part) -> None:
    *labels, value = part.plot
    rows = [row for row in part.rows if value in row]
    chart, axes = pyplot.subplots(figsize=(8, 0.4 * len(rows) + 1.2), dpi=110)
    bars = axes.barh([", ".join(figure(row[name]) for name in labels) for row in rows], [row[value] for row in rows])
    axes.bar_label(bars, [figure(float(row[value])) for row in rows], padding=3, fontsize=8)
    axes.invert_yaxis()
    axes.set_title(f"{part.title}: {value}", loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.15)
    chart.savefig(RESULTS / f"{part.name}.png", metadata={"Software": None}, bbox_inches="tight")
    pyplot.close(chart)
