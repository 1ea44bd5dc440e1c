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
from rich.markdown import Markdown
from rich.text import Text

from cost import bill
from cost.assumptions import Assumptions
from cost.counting import count
from cost.prices import CostError, Prices
from cost.report import STAGE, Report
from cost.template import read_template
from local.console import console, say
from local.errors import LocalStackError
from local.pages import replaced
from local.settings import Settings, clear_aws_environment

COUNTS = Path(__file__).with_name("latest.json")
"""What one upload used when it was last counted; docs/scale.md is computed from it."""
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
    except (CostError, LocalStackError, BotoCoreError, ClientError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("Interrupted.", 130)


def _run(settings: Settings, uploads: int, rows: int) -> int:
    usual, prices = Assumptions(), Prices.load()
    template, today = read_template(settings, STAGE), datetime.now(UTC).date()
    counted = count(settings, rows, _ERROR_RATE)
    report = Report(counted, template, prices, replace(usual, uploads=uploads), today)
    for name, table in reversed(report.tables().items()):
        console.print(f"\n[bold]{name}[/]", Markdown(table))
    if uploads == usual.uploads and rows == 1_000:
        page = settings.project / "docs" / "cost.md"
        page.write_text(replaced(page.read_text(encoding="utf-8"), "cost", report.tables()), encoding="utf-8")
        usage = bill.upload_usage(counted, template, prices, usual)
        counts = {"rows": rows, "stored_bytes": counted.database.stored_bytes, "usage": usage}
        COUNTS.write_text(json.dumps(counts, indent=1, default=float) + "\n")
        say(f"  Written: {page.relative_to(settings.project)}. Now `make scale` brings docs/scale.md up to date.")
    return 0 if report.targets_met else _fail("A target is missed.")


def _fail(sentence: str, status: int = 1) -> int:
    console.print(Text(sentence, style="red"), soft_wrap=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
