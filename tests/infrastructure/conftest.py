"""The service as `sls package` compiles it, once per session and stage."""

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infrastructure.template import Template

PROJECT = Path(__file__).parent.parent.parent

Compile = Callable[..., Template]


@pytest.fixture(scope="session")
def compile_template(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """Package a stage, with parameters changed, and return its template; by itself without Python packages."""

    def compile_stage(stage: str, *, installing: bool = False, **parameters: str) -> Template:
        folder = tmp_path_factory.mktemp(f"package-{stage}")
        sls = PROJECT / "node_modules/.bin/sls"
        command = [str(sls), "package", "--stage", stage, "--package", str(folder)]
        command += [f"--param={name}={value}" for name, value in parameters.items()]
        lock_file = PROJECT / ".local" / "deploy.lock"
        lock_file.parent.mkdir(exist_ok=True)
        with lock_file.open("w") as lock:  # as local/deployment.py: `.serverless` is shared
            fcntl.flock(lock, fcntl.LOCK_EX)
            result = subprocess.run(
                command,
                cwd=PROJECT,
                env=_environment(installing),
                capture_output=True,
                text=True,
                timeout=180,
                check=False,
            )
        assert result.returncode == 0, result.stdout + result.stderr
        return Template.load(stage, folder)

    return compile_stage


@pytest.fixture(scope="session")
def prod(compile_template: Compile) -> Template:
    return compile_template("prod", installing=True)


@pytest.fixture(scope="session")
def local(compile_template: Compile) -> Template:
    return compile_template("local")


def _environment(installing: bool) -> dict[str, str]:
    """Nothing of the developer's AWS or stage settings, so that the template is the one a fresh machine would make."""
    kept = {name: value for name, value in os.environ.items() if not re.match(r"AWS_|LOCAL_|SLS_|SERVERLESS_", name)}
    python = {"PYTHON_BIN": sys.executable} if installing else {"REQUIREMENTS_FILE": "none"}
    return kept | python | {"SLS_TELEMETRY_DISABLED": "1", "NO_COLOR": "1", "CI": "1"}
