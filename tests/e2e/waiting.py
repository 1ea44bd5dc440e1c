"""Waiting with an end: nothing here may hang a test run."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

USUAL_SECONDS = 60
"""What an upload of a few rows may take at most on a busy machine; it takes one or two."""
LEAST_SECONDS = 10
"""What an upload gets all the same when others before it have not ended."""


def wait_for(what: str, look: Callable[[], T | None], seconds: float = USUAL_SECONDS) -> T:
    """Return the first true answer of `look`. Raises AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)
    return found
