"""What every local command prints through: colours and live displays on a terminal, plain lines elsewhere."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

# Where there is no terminal to measure (a CI log), 80 columns would be too narrow for a table.
console = Console(
    highlight=False,
    width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 110,
)


def say(text: str) -> None:
    """Print a line of console markup, however long, without breaking it."""
    console.print(text, soft_wrap=True)


@contextmanager
def step(doing: str, done: str) -> Iterator[None]:
    """Say what a step is doing while it runs and, once it succeeded, what was done and how long it took."""
    started = time.monotonic()
    if console.is_terminal:
        with console.status(f"{doing} …"):
            yield
    else:
        say(f"  {doing} …")
        yield
    say(f"  [green]✓[/] {done} [dim]({time.monotonic() - started:.1f} s)[/]")
