"""`sls package`, one at a time. `python -m local.packaging STAGE FOLDER` writes a stage's templates into a folder."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from local.locks import held
from local.settings import Settings

# What would make the templates other than those of a fresh machine.
_DEVELOPERS_OWN = re.compile(r"(AWS|LOCAL|SLS|SERVERLESS)_")


def sls_alone(project: Path) -> AbstractContextManager[None]:
    """Hold the checkout's lock for `sls`: two that package or deploy would share the folder `.serverless`."""
    return held(project / ".local" / "deploy.lock", "  Another `sls` from this checkout is running; waiting for it …")


def package(
    project: Path, stage: str, folder: Path, parameters: Mapping[str, str] | None = None, *, installing: bool = False
) -> subprocess.CompletedProcess[str]:
    """Package a stage into a folder, with parameters changed, and return how `sls` ended and what it said.

    The Python packages take most of the time and are left out unless `installing`. Nothing of the developer's AWS or
    stage settings counts. Raises subprocess.TimeoutExpired after three minutes.
    """
    command = [str(project / "node_modules/.bin/sls"), "package", "--stage", stage, "--package", str(folder)]
    command += [f"--param={name}={value}" for name, value in (parameters or {}).items()]
    kept = {name: value for name, value in os.environ.items() if not _DEVELOPERS_OWN.match(name)}
    python = {"PYTHON_BIN": sys.executable} if installing else {"REQUIREMENTS_FILE": "none"}
    quiet = {"SLS_TELEMETRY_DISABLED": "1", "NO_COLOR": "1", "CI": "1"}
    with sls_alone(project):
        return subprocess.run(
            command, cwd=project, env=kept | python | quiet, capture_output=True, text=True, timeout=180, check=False
        )


if __name__ == "__main__":
    result = package(Settings.from_environment({}).project, sys.argv[1], Path(sys.argv[2]))
    if result.returncode != 0:
        sys.exit(result.stdout + result.stderr)
