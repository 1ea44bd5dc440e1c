"""A real browser for the portal's tests and pictures: found on this machine, or installed at first use."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from local.errors import LocalStackError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_DEBIAN_PACKAGES = ("chromium", "fonts-liberation")
"""Without a font of its own the browser draws boxes."""
_ARGUMENTS = (
    "--no-sandbox",  # root and most containers cannot have one; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",  # containers give it 64 MB
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def started(say: Callable[[str], None] = print) -> Iterator[Browser]:
    """Start a browser that ends with the block, and with this process however that ends.

    Its profile is a temporary folder that goes with it. Raises LocalStackError when there is no browser and none can
    be installed.
    """
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        executable = find(own) or install(own, say)
        browser = playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def find(own: Path, environment: Mapping[str, str] | None = None) -> Path | None:
    """Return the browser of BROWSER_BIN, or one on the PATH, or `own`, which Playwright may have installed.

    Raises LocalStackError when BROWSER_BIN names no program.
    """
    environment = os.environ if environment is None else environment
    if wanted := environment.get("BROWSER_BIN"):
        found = shutil.which(wanted, path=environment.get("PATH"))
        if found is None:
            raise LocalStackError(f"BROWSER_BIN is {wanted!r}, and there is no such program.")
        return Path(found)
    for name in _NAMES:
        if found := shutil.which(name, path=environment.get("PATH")):
            return Path(found)
    return own if own.exists() else None


def install(own: Path, say: Callable[[str], None]) -> Path:
    """Install a browser as this machine does that and return it. Raises LocalStackError, saying what to do instead."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium for the portal's tests (apt-get install chromium) …")
        commands = [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *_DEBIAN_PACKAGES],
        ]
    else:
        say("Installing Chromium for the portal's tests (playwright install chromium) …")
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    for command in commands:
        _run(command)
    installed = find(own)
    if installed is None:
        raise _missing(f"{' '.join(commands[-1])} brought none")
    return installed


def _run(command: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise _missing(f"`{' '.join(command)}` failed: {said[-1] if said else f'exit {done.returncode}'}")


def _missing(reason: str) -> LocalStackError:
    return LocalStackError(
        "The portal's tests need Chromium or Chrome: put one on the PATH or name it in BROWSER_BIN. "
        f"It could not be installed here: {reason}"
    )
