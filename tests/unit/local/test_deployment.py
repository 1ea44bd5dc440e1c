"""When a running stack is deployed again, and what the deployment log keeps."""

from pathlib import Path

import pytest

from local.deployment import require_node, sources_digest
from local.errors import LocalStackError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "csv_parser.py").write_text("one")
    (tmp_path / "serverless.yml").write_text("service: x")
    return tmp_path


@pytest.mark.parametrize("changed", ["serverless.yml", "handlers/csv_parser.py", "handlers/new.py", "requirements.txt"])
def test_digest_differs_when_something_deployed_changes(project: Path, changed: str) -> None:
    before = sources_digest(project)

    (project / changed).write_text("another")

    assert sources_digest(project) != before


@pytest.mark.parametrize("changed", ["README.md", "handlers/__pycache__/csv_parser.pyc"])
def test_digest_stays_when_something_else_changes(project: Path, changed: str) -> None:
    before = sources_digest(project)

    (project / changed).parent.mkdir(exist_ok=True)
    (project / changed).write_text("another")

    assert sources_digest(project) == before


def test_the_sentence_names_both_versions_when_node_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v18.20.4\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LocalStackError, match=r"20 or newer.*v18\.20\.4"):
        require_node()


def test_the_sentence_says_what_is_missing_when_there_is_no_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LocalStackError, match=r"no `node` is on the PATH"):
        require_node()
