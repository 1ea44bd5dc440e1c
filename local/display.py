"""What `make upload` and `make demo` show: a file goes into the bucket, and what becomes of it."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressDisplay
from rich.table import Table
from rich.text import Text

from local import uploads
from local.access import api_key_of
from local.console import console, say
from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.handing_in import Wanted, hand_in
from onboarding.uploads import UploadMode, folder_of

_IMPORT = Wanted()

_SHOWN_REPORT_LINES = 5
_COLOURS = {"completed": "green", "partial": "yellow", "failed": "red"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an upload ended, and after how many seconds from the PUT."""

    progress: uploads.Progress
    seconds: float


def upload_file(
    environment: StackEnvironment, path: Path, vendor_id: str, wanted: Wanted, *, directly: bool = False
) -> None:
    """Upload a file of this machine, whatever it is called, as the vendor and show everything about it.

    Through the API, or straight into the bucket as a vendor with an IAM principal does.

    Raises LocalStackError for a file that cannot be uploaded.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]+", vendor_id):
        raise LocalStackError(f"{vendor_id!r} is not a vendor id. For example: make upload FILE={path} VENDOR=VEND001")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LocalStackError(f"{path} cannot be read: {error.strerror}.") from error
    if directly:
        folder = folder_of(UploadMode(wanted.mode), is_preview=wanted.preview)
        stored = uploads.put(environment, vendor_id, path.name, content, folder=folder)
        outcome = _follow(environment, stored, time.monotonic())
    else:
        outcome = follow(environment, vendor_id, path.name, content, wanted)
    show(environment, outcome)


def follow(
    environment: StackEnvironment, vendor_id: str, file_name: str, content: bytes, wanted: Wanted = _IMPORT
) -> Outcome:
    """Hand the content in through the API and show its progress until it has its final status."""
    started = time.monotonic()
    key = api_key_of(environment, vendor_id)
    if key is None:
        raise LocalStackError(
            f"No API key of {vendor_id} is known here. Use a sample vendor, or DIRECT=1 to go past the API."
        )
    with _Sending(file_name, len(content)) as sending:
        stored = hand_in(environment, key, file_name, content, wanted, sending.sent)
    return _follow(environment, stored, started)


class _Sending:
    """Shows how many bytes of a file are out; a log that nobody watches live shows nothing."""

    def __init__(self, file_name: str, size: int) -> None:
        columns = (TextColumn("  {task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        self._display = ProgressDisplay(*columns, console=console, disable=not console.is_terminal)
        self._task = self._display.add_task(Text(file_name).markup, total=size)

    def __enter__(self) -> Self:
        self._display.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._display.stop()

    def sent(self, size: int) -> None:
        self._display.update(self._task, completed=size)


def _follow(environment: StackEnvironment, stored: uploads.StoredFile, started: float) -> Outcome:
    last = _follow_live(environment, stored) if console.is_terminal else _follow_in_lines(environment, stored)
    return Outcome(last, time.monotonic() - started)


def show(environment: StackEnvironment, outcome: Outcome) -> None:
    """Show the outcome, the first lines of the error report and the vendor's e-mail."""
    summarise(outcome)
    if outcome.progress.report_key:
        _show_report(environment, outcome.progress)
    _show_email(environment, outcome.progress)


def summarise(outcome: Outcome) -> None:
    """Show status, counts and seconds."""
    progress = outcome.progress
    facts = Text("  ")
    facts.append(progress.status.upper(), style=f"bold {_COLOURS[progress.status]}")
    facts.append(f"  {progress.upload_id}  ")
    if progress.total is not None:
        facts.append(f"{progress.total:,} rows: {progress.valid:,} valid, {progress.errors:,} invalid  ")
    facts.append(f"in {outcome.seconds:.1f} s", style="bold")
    console.print(facts, soft_wrap=True)
    if progress.failure_reason:
        console.print(Text(f"  {progress.failure_reason}"), soft_wrap=True)


def _follow_live(environment: StackEnvironment, stored: uploads.StoredFile) -> uploads.Progress:
    name = Text(stored.key).markup
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
    )
    with ProgressDisplay(*columns, console=console) as display:
        task = display.add_task(name, total=None, counts="waiting for the CSV parser")
        last = None
        for last in uploads.watch(environment, stored):
            if last is None:
                continue
            accounted = last.valid + last.errors
            display.update(
                task,
                total=last.total or None,
                completed=accounted,
                counts=_counts(last),
            )
        if last is not None and not last.total:
            display.update(task, total=1, completed=1)
    return _ended(last)


def _follow_in_lines(environment: StackEnvironment, stored: uploads.StoredFile) -> uploads.Progress:
    """Print a line every few seconds, for a log that nobody watches live."""
    say(f"  {Text(stored.key).markup} …")
    last = None
    said_at = time.monotonic()
    for last in uploads.watch(environment, stored):
        if last is not None and not last.final and time.monotonic() - said_at > 3:
            said_at = time.monotonic()
            say(f"    {_counts(last)}")
    return _ended(last)


def _counts(progress: uploads.Progress) -> str:
    if progress.total is None:
        return "refused" if progress.final else "reading the file"
    return f"{progress.valid + progress.errors:,} / {progress.total:,} rows"


def _ended(last: uploads.Progress | None) -> uploads.Progress:
    assert last is not None  # `watch` ends with a final state or raises
    return last


def _show_report(environment: StackEnvironment, progress: uploads.Progress) -> None:
    lines = uploads.error_report(environment, progress)
    bucket = environment.output("UploadBucketName")
    console.print(Text(f"  Error report: s3://{bucket}/{progress.report_key}"), soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column, ratio in (
        ("Row Number", None),
        ("SKU", None),
        ("Error Type", None),
        ("Error Message", 1),
    ):
        table.add_column(
            column,
            ratio=ratio,
            overflow="fold",
            justify="right" if column == "Row Number" else "left",
        )
    for line in lines[:_SHOWN_REPORT_LINES]:
        table.add_row(*(Text(line[str(column.header)]) for column in table.columns))
    console.print(table)
    if len(lines) > _SHOWN_REPORT_LINES:
        say(f"  … and {len(lines) - _SHOWN_REPORT_LINES:,} more")


def _show_email(environment: StackEnvironment, progress: uploads.Progress) -> None:
    if progress.vendor_is_unknown:
        say("  No e-mail: nobody is registered as this vendor. Operations see such uploads as a count with an alarm.")
        return
    email = uploads.take_email(environment, progress.upload_id)
    if email is None:
        say("  No e-mail arrived about this upload.")
        return
    console.rule("[bold]E-mail to the vendor[/]", align="left", style="dim")
    console.print(Text(f"Subject: {email.subject}", style="bold"), soft_wrap=True)
    console.print()
    console.print(Text(email.body.rstrip()), soft_wrap=True)  # unbroken, so that its link can be opened
    console.rule(style="dim")
