"""`make cost`: counts an upload on the local stack, prints what it costs on AWS and writes docs/cost.md."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from rich.markdown import Markdown

from cost.assumptions import Assumptions
from cost.bill import Bill
from cost.counting import count
from cost.prices import Prices
from cost.report import STAGE, Report
from cost.template import read_template
from local.commands import exit_status, fail
from local.console import console, say
from local.pages import replaced
from local.settings import Settings

COUNTS = Path(__file__).with_name("latest.json")  # docs/scale.md is computed from this


def main() -> int:
    """Count, print, write. Returns 1 when something could not be counted or a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m cost", description=__doc__)
    parser.add_argument("--uploads", type=int, default=Assumptions().uploads, help="uploads a month")
    parser.add_argument("--rows", type=int, default=1_000, help="rows of the upload that is counted")
    options = parser.parse_args()
    return exit_status(lambda: _run(Settings.from_environment(), options.uploads, options.rows))


def _run(settings: Settings, uploads: int, rows: int) -> int:
    usual = Bill(count(rows, error_rate=0.05), read_template(settings, STAGE), Prices.load(), Assumptions())
    report = Report(replace(usual, assumptions=replace(usual.assumptions, uploads=uploads)))
    for name, table in reversed(report.tables().items()):
        console.print(f"\n[bold]{name}[/]", Markdown(table))
    if report.bill == usual and rows == 1_000:
        page = settings.project / "docs" / "cost.md"
        page.write_text(replaced(page.read_text(encoding="utf-8"), "cost", report.tables()), encoding="utf-8")
        counts = {"rows": rows, "stored_bytes": usual.count.database_grown_bytes, "usage": usual.upload_usage()}
        COUNTS.write_text(json.dumps(counts, indent=1, default=float) + "\n")
        say(f"  Written: {page.relative_to(settings.project)}. Now `make scale` brings docs/scale.md up to date.")
    return 0 if report.targets_met else fail("A target is missed.")


if __name__ == "__main__":
    sys.exit(main())
