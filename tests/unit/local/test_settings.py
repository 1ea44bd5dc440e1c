"""Where a stack lives, and that its programs cannot reach a real account."""

import json
from pathlib import Path

import pytest

from local.errors import LocalStackError
from local.settings import Settings


def test_the_usual_stack_is_meant_when_nothing_is_set(tmp_path: Path) -> None:
    settings = Settings.from_environment({"LOCAL_DIR": str(tmp_path), "LOCAL_PORT": ""})

    assert settings.directory == tmp_path
    assert settings.endpoint_url == "http://127.0.0.1:4566"
    assert settings.database_port == 54320


def test_the_running_stack_is_meant_when_it_listens_on_other_ports(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text(json.dumps({"ports": {"port": 4577, "database_port": 4578}}))

    settings = Settings.from_environment({"LOCAL_DIR": str(tmp_path)})

    assert (settings.port, settings.database_port) == (4577, 4578)


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "٤٥٦٦"])
def test_the_variable_is_named_when_a_port_is_no_port(text: str) -> None:
    with pytest.raises(LocalStackError, match="LOCAL_DATABASE_PORT"):
        Settings.from_environment({"LOCAL_DATABASE_PORT": text})


def test_programs_get_only_local_credentials_when_the_shell_has_real_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "PYTHONPATH", "DATABASE_SECRET_ARN"):
        monkeypatch.setenv(name, "from the shell")

    environment = Settings(tmp_path).tool_environment(EXTRA="1")

    assert "from the shell" not in environment.values()
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert environment["EXTRA"] == "1"
