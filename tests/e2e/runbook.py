"""Follows docs/runbook.md: takes the commands of a section from the page and runs them as they stand there."""

import os
import re
import subprocess
from pathlib import Path

from local.settings import STAGE
from tests.e2e.pipeline import Pipeline

PAGE = Path(__file__).parent.parent.parent / "docs" / "runbook.md"
_SECTION = re.compile(r"^#{2,3} ([^\n]*)\n(.*?)(?=^#{2,3} |\Z)", re.MULTILINE | re.DOTALL)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LONGEST_SECONDS = 120


def sections() -> dict[str, str]:
    """Return the text of each section of the page by the anchor that links use."""
    found = _SECTION.findall(PAGE.read_text(encoding="utf-8"))
    return {heading.lower().replace(" ", "-"): text for heading, text in found}


def commands_of(section: str) -> str:
    """Return the section's commands, one a line, as they stand on the page."""
    return "".join(_COMMANDS.findall(sections()[section]))


def follow(pipeline: Pipeline, section: str, **variables: str) -> str:
    """Run the section's commands in a shell with these variables, such as UPLOAD, and return what they print."""
    commands = commands_of(section)
    assert commands, f"{section} has no commands"
    return run(pipeline, commands, **variables)


def run(pipeline: Pipeline, commands: str, **variables: str) -> str:
    """Run commands as an operator of the local stack does, and return what they print; fail the test when one fails."""
    environment = {**os.environ, "STAGE": STAGE, "LOCAL_DIR": str(pipeline.settings.directory), **variables}
    # What `make test` tells its own children is not for these.
    environment = {name: value for name, value in environment.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        env=environment,
        cwd=pipeline.settings.project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_LONGEST_SECONDS,
        check=False,
    )
    assert result.returncode == 0, f"{commands}\n{result.stdout}"
    return result.stdout
