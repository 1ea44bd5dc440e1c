"""`make bench`: measures all parts in one run, prints their tables and goals, and keeps figures and plots.

A full run also brings the tables of docs/performance.md up to date.

python -m bench [--full] [--only rules,load,…]
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from bench import cold_start, deployed, growth, limits, load, page, path, rules, staging
from bench.page import figure, tables_of
from bench.plots import draw
from bench.results import Part
from local.console import console, say
from local.errors import LocalStackError
from local.settings import Settings, clear_aws_environment

RESULTS = Path(__file__).resolve().parent / "results"

PARTS: dict[str, Callable[..., Part]] = {
    "rules": rules.measure,
    "load": load.measure,
    "staging": staging.measure,
    "limits": limits.measure,
    "path": path.measure,
    "deployed": lambda *, full: deployed.measure(Settings.from_environment(), full=full),
    "growth": growth.measure,
    "cold_start": cold_start.measure,
}


def main() -> int:
    """Run the parts and return the exit status: 0 also when a goal is missed, because machines differ."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="more rounds, larger catalogues, 100 uploads at once")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, separated by commas")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := set(names) - set(PARTS):
        parser.error(f"unknown part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    clear_aws_environment()
    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    os.environ |= {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "4"}  # as deployed (serverless.yml)
    parts = []
    for name in names:
        began = time.monotonic()
        say(f"  Measuring {name.replace('_', ' ')} …")
        try:
            part = PARTS[name](full=options.full)
        except LocalStackError as error:
            console.print(str(error), style="red", soft_wrap=True)
            return 1
        show(part, time.monotonic() - began)
        parts.append(part)
    show_goals(parts)
    save(parts, full=options.full)
    return 0


def show(part: Part, seconds: float) -> None:
    """Print a part's table; rows with other columns than the first one start a table of their own."""
    console.print(f"\n[bold]{part.title}[/] [dim]{part.setting} ({seconds:.0f} s)[/]", soft_wrap=True)
    for columns, rows in tables_of(part.rows).items():
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        for column in columns:
            table.add_column(column, justify="right" if isinstance(rows[0][column], int | float) else "left")
        for row in rows:
            table.add_row(*[figure(row[column]) for column in columns])
        console.print(table)
    for note in part.notes:
        console.print(note, style="dim", soft_wrap=True)


def show_goals(parts: list[Part]) -> None:
    """Print every goal beside what was measured."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("goal", "limit", "measured", ""):
        table.add_column(column)
    for goal in [goal for part in parts for goal in part.goals]:
        limit = f"{goal.direction} {figure(goal.limit)} {goal.unit}"
        table.add_row(goal.name, limit, figure(goal.measured), "[green]met[/]" if goal.met else "[red]missed[/]")
    console.print("\n[bold]Goals[/]")
    console.print(table)


def save(parts: list[Part], *, full: bool) -> None:
    """Write the figures and plots; parts that were not measured keep those of their last run."""
    RESULTS.mkdir(exist_ok=True)
    latest = RESULTS / "latest.json"
    document: dict[str, Any] = json.loads(latest.read_text()) if latest.exists() else {"parts": {}}
    run = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "full": full,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
    }
    for part in parts:
        goals = [{**asdict(goal), "met": goal.met} for goal in part.goals]
        figures = {"title": part.title, "setting": part.setting, "rows": part.rows, "goals": goals, "notes": part.notes}
        document["parts"][part.name] = {**run, **figures}
        draw(part, RESULTS)
    document["parts"] = {name: document["parts"][name] for name in PARTS if name in document["parts"]}
    latest.write_text(json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n")
    if full:
        page.update(document["parts"])
    say(
        f"\n  Figures and plots: {os.path.relpath(RESULTS)}"
        + (f", tables: {os.path.relpath(page.PAGE)}" if full else "")
    )


if __name__ == "__main__":
    sys.exit(main())
