"""`make bench`: measures all parts in one run and prints their tables and goals.

A full run also brings the tables of docs/performance.md up to date, and its list of goals when all parts were measured.
"""

import argparse
import importlib
import os
import sys
import time
from collections.abc import Sequence

from rich.markdown import Markdown

from bench.results import PROJECT, as_table
from local.commands import exit_status
from local.console import console, say
from local.pages import replaced

PARTS = ("rules", "load", "staging", "limits", "path", "updates", "deployed", "growth", "api", "cold_start", "portal")
_IN_OTHERS = {"growth": ("path", "growth")}
_PAGE = PROJECT / "docs" / "performance.md"


def main() -> int:
    """Return the exit status: 0 also when a goal is missed, because machines differ."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="more rounds, larger catalogues, 100 uploads at once")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, separated by commas")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := set(names) - set(PARTS):
        parser.error(f"unknown part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return exit_status(lambda: _measure(names, full=options.full))


def _measure(names: Sequence[str], *, full: bool) -> None:
    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    blocks, goals = {}, []
    for name in names:
        began = time.monotonic()
        say(f"  Measuring {name.replace('_', ' ')} …")
        module, function = _IN_OTHERS.get(name, (name, "measure"))
        part = getattr(importlib.import_module(f"bench.{module}"), function)(full=full)
        blocks[name] = part.markdown()
        goals += part.goals
        console.print(f"\n[bold]{part.title}[/] [dim]({time.monotonic() - began:.0f} s)", Markdown(blocks[name]))
    console.print("\n[bold]Goals[/]", Markdown(as_table(goals)))
    if full:
        blocks |= {"goals": as_table(goals)} if set(names) == set(PARTS) else {}
        _PAGE.write_text(replaced(_PAGE.read_text(encoding="utf-8"), "bench", blocks), encoding="utf-8")
        say("\n  Tables: docs/performance.md")


if __name__ == "__main__":
    sys.exit(main())
