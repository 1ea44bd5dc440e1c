"""`make cost`: counts an upload on the local stack, prints what it costs on AWS and writes docs/cost.md."""

import argparse
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError
from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from cost.assumptions import Assumptions
from cost.errors import CostError
from cost.measure import count
from cost.prices import Prices
from cost.report import STAGE, Report, Table, markdown
from cost.template import read_template
from local.console import console, say
from local.errors import LocalStackError
from local.settings import Settings, clear_aws_environment

_ERROR_RATE = 0.05


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
    except (CostError, LocalStackError) as error:
        return _fail(str(error))
    except (BotoCoreError, ClientError) as error:
        return _fail(f"The AWS emulator answered: {error}")
    except KeyboardInterrupt:
        return _fail("Interrupted.", 130)


def _run(settings: Settings, uploads: int, rows: int) -> int:
    prices, template = Prices.load(), read_template(settings, STAGE)
    usual = Assumptions()
    report = Report(
        count(settings, rows, _ERROR_RATE),
        template,
        prices,
        replace(usual, uploads=uploads),
        datetime.now(UTC).date(),
    )
    for table in (*report.count_tables(), *reversed(report.cost_tables())):
        _show(table)
    if uploads == usual.uploads and rows == 1_000:
        page = settings.project / "docs" / "cost.md"
        page.write_text(markdown(report))
        say(f"  Written: {page.relative_to(settings.project)}")
    return 0 if report.targets_met else _fail("A target is missed.")


def _show(table: Table) -> None:
    shown = RichTable(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    for number, column in enumerate(table.columns):
        shown.add_column(column, justify="right" if number >= table.numbers_from else "left")
    for row in table.rows:
        shown.add_row(*(Text(cell, style=_style(cell)) for cell in row))
    console.print(Text(table.title, style="bold"))
    console.print(shown)
    if table.note:
        console.print(Text(table.note, style="dim"))
        console.print()


def _style(cell: str) -> str:
    return {"pass": "green", "FAIL": "bold red"}.get(cell, "")


def _fail(sentence: str, status: int = 1) -> int:
    console.print(Text(sentence, style="red"), soft_wrap=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
