"""`make demo`: the whole system at work on the sample files."""

import importlib
from contextlib import closing
from typing import Any

import psycopg2

from local import stack
from local.access import portal_lines
from local.console import console, say
from local.display import follow, show, summarise
from local.environment import StackEnvironment
from local.handing_in import Wanted
from local.settings import Settings
from local.vendors import SAMPLE_VENDORS

_SAMPLES = (
    ("clean.csv", "VEND001", "A clean file: every product goes into the catalogue"),
    (
        "errors.csv",
        "VEND002",
        "A file with mistakes: the good rows are kept, the others reported",
    ),
    (
        "paper-and-pixel.csv",
        "VEND003",
        "A file as a German spreadsheet saves it: read all the same, and the e-mail says how",
    ),
    (
        "refused.csv",
        "VEND003",
        "A file that cannot be read as a product list: refused as a whole",
    ),
)


def demo(settings: Settings) -> None:
    """Start the stack, upload the samples, an update and two large files, say what to try next."""
    _title("Starting the local stack")
    environment = _fresh_stack(settings)

    _title("The sample vendors")
    for vendor in SAMPLE_VENDORS:
        say(f"  [green]✓[/] {vendor.vendor_id} {vendor.vendor_name} <{vendor.email}>")

    for file_name, vendor_id, what in _SAMPLES:
        _title(f"{what} (samples/{file_name})")
        content = (settings.project / "samples" / file_name).read_bytes()
        show(environment, follow(environment, vendor_id, file_name, content))

    changes = (settings.project / "samples" / "changes.csv").read_bytes()
    _title("Prices and stock of listed products, only checked (samples/changes.csv)")
    show(environment, follow(environment, "VEND001", "changes.csv", changes, Wanted("update", preview=True)))
    _title("The same file as an update: what keeps the rules is changed")
    show(environment, follow(environment, "VEND001", "changes.csv", changes, Wanted("update")))

    _title("Larger files, 2 % of their rows with mistakes")
    generate: Any = importlib.import_module("samples.generate").generate
    for rows in (1_000, 10_000):
        content = generate(rows=rows, error_rate=0.02, seed=rows, vendor_id="VEND001")
        summarise(follow(environment, "VEND001", f"generated-{rows}.csv", content))

    _title("What to try next")
    _next_steps(settings)

    _title("The portal: sign in, drop a file, see what to fix (here as a person of VEND002)")
    for line in portal_lines(environment, "VEND002"):
        say(f"  [bold]{line}[/]")


def _fresh_stack(settings: Settings) -> StackEnvironment:
    environment = stack.up(settings)
    if _samples_known(environment):
        # Their SKUs are taken now, so the clean file would be full of duplicates.
        say("  This stack has already seen the samples; starting a clean one for the demo.")
        stack.down(settings)
        environment = stack.up(settings)
    return environment


def _samples_known(environment: StackEnvironment) -> bool:
    names = [file_name for file_name, _, _ in _SAMPLES]
    with (
        closing(psycopg2.connect(environment.database_url)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT EXISTS (SELECT FROM upload_history WHERE file_name = ANY(%s))", (names,))
        row = cursor.fetchone()
    return bool(row and row[0])


def _next_steps(settings: Settings) -> None:
    directory = settings.directory
    name = directory.relative_to(settings.project) if directory.is_relative_to(settings.project) else directory
    say("  Open the report link in the e-mail above: it leads to the error report for 7 days.")
    say("  Upload a file of your own:    [bold]make upload FILE=samples/errors.csv VENDOR=VEND001[/]")
    say("  Check a file, change nothing: [bold]make upload FILE=samples/errors.csv VENDOR=VEND001 PREVIEW=1[/]")
    say("  Look into the catalogue:      [bold]make psql[/], then: SELECT * FROM upload_history;")
    say(f"  Use the AWS CLI or boto3:     [bold]. {name}/stack.env[/]")
    say(
        "                                [bold]aws stepfunctions list-executions --state-machine-arn"
        " $UPLOAD_STATE_MACHINE_ARN[/]"
    )
    say("  Run all tests:                [bold]make test[/]")
    say("  Stop everything:              [bold]make down[/]")


def _title(text: str) -> None:
    console.print()
    console.print(f"[bold cyan]▶ {text}[/]", soft_wrap=True)
