"""`make bench`: measures all parts in one run and prints their tables and goals.

A full run also brings the tables of docs/performance.md up to date, and its list of goals when all parts were measured.
"""

import argparse
import importlib
import os
import sys
import time

from bench.results import as_table, show, update
from local.console import console, say
from local.errors import LocalStackError
from local.settings import clear_aws_environment

PARTS = ("rules", "load", "staging", "limits", "path", "deployed", "growth", "cold_start")


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
    blocks, goals = {}, []
    for name in names:
        began = time.monotonic()
        say(f"  Measuring {name.replace('_', ' ')} …")
        try:
            part = importlib.import_module(f"bench.{name}").measure(full=options.full)
        except LocalStackError as error:
            console.print(str(error), style="red", soft_wrap=True)
            return 1
        blocks[name] = part.markdown()
        goals += part.goals
        show(f"{part.title}[/] [dim]({time.monotonic() - began:.0f} s)", blocks[name])
    if goals:
        show("Goals", as_table(goals))
    if options.full:
        update(blocks | ({"goals": as_table(goals)} if set(names) == set(PARTS) else {}))
        say("\n  Tables: docs/performance.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
