"""The service as `sls package` compiles it, once per session and stage."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local.packaging import package
from tests.infrastructure.template import Template

PROJECT = Path(__file__).parent.parent.parent

Compile = Callable[..., Template]


@pytest.fixture(scope="session")
def compile_template(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """Package a stage, with parameters changed, and return its template; by itself without Python packages."""

    def compile_stage(stage: str, *, installing: bool = False, **parameters: str) -> Template:
        folder = tmp_path_factory.mktemp(f"package-{stage}")
        result = package(PROJECT, stage, folder, parameters, installing=installing)
        assert result.returncode == 0, result.stdout + result.stderr
        return Template.load(stage, folder)

    return compile_stage


@pytest.fixture(scope="session")
def prod(compile_template: Compile) -> Template:
    return compile_template("prod", installing=True)


@pytest.fixture(scope="session")
def local(compile_template: Compile) -> Template:
    return compile_template("local")
