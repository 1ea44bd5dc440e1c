"""`make cost`: counts an upload on the local stack, prints what it costs on AWS and writes docs/cost.md."""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from cost import bill
from cost.assumptions import Assumptions
from cost.counting import count
from cost.errors import CostError
from cost.prices import Prices
from cost.report import STAGE, Report, Table, markdown
from cost.template import read_template
from local.console import console, say
from local.errors import LocalStackError
from local.settings import Settings, clear_aws_environment

COUNTS = Path(__file__).with_name("latest.json")
"""What one upload used when it was last counted; docs/scale.md is computed from it."""
_ERROR_RATE = 0.05
_STYLES = {"pass": "green", "FAIL": "bold red"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, print, write. Returns 1 when something could not be counted or a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m cost", description=__doc__)
    parser.add_argument("--uploads", type=int, default=Assumptions().uploads, help="uploads a month")
    parser.add_argument("--rows", type=int, default=1_000, help="rows of the upload that is counted")
    options = parser.parse_args(arguments)
    clear_aws_environment()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the stack is cleared away
    try:
        return _run(Settings.from_environment(), options.uploads, options.rows)
    except (CostError, LocalStackError, BotoCoreError, ClientError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("Interrupted.", 130)


def _run(settings: Settings, uploads: int, rows: int) -> int:
    usual = Assumptions()
    template, today = read_template(settings, STAGE), datetime.now(UTC).date()
    counted = count(settings, rows, _ERROR_RATE)
    report = Report(counted, template, Prices.load(), replace(usual, uploads=uploads), today)
    for table in (*report.count_tables(), *reversed(report.cost_tables())):
        _show(table)
    if uploads == usual.uploads and rows == 1_000:
        page = settings.project / "docs" / "cost.md"
        page.write_text(markdown(report))
        usage = bill.upload_usage(counted, template, report.prices, usual)
        counts = {"rows": rows, "stored_bytes": counted.database.stored_bytes, "usage": usage}
        COUNTS.write_text(json.dumps(counts, indent=1, default=float) + "\n")
        say(f"  Written: {page.relative_to(settings.project)}. Now `make scale` brings docs/scale.md up to date.")
    return 0 if report.targets_met else _fail("A target is missed.")


def _show(table: Table) -> None:
    shown = RichTable(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    for number, column in enumerate(table.columns):
        shown.add_column(column, justify="right" if number >= table.numbers_from else "left")
    for row in table.rows:
        shown.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    console.print(Text(table.title, style="bold"), shown, Text(table.note, style="dim"))


def _fail(sentence: str, status: int = 1) -> int:
    console.print(Text(sentence, style="red"), soft_wrap=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
