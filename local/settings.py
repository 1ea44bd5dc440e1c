"""Where a local stack lives and on which ports it listens; the only reader of the process environment here."""

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local.errors import LocalStackError

SERVICE = "product-onboarding"
STAGE = "local"
REGION = "us-east-1"
HOST = "127.0.0.1"
DEFAULT_PORT = 4566
DEFAULT_DATABASE_PORT = 54320

DATABASE = "onboarding"
STATE_FILE = "stack.json"

# Under IAM enforcement the emulator takes the key pair it was started with for the account's root user.
ACCESS_KEY_ID = "local-administrator"
SECRET_ACCESS_KEY = "local-administrator-secret"

_PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """One local stack; two with different folders and ports run side by side."""

    directory: Path
    port: int = DEFAULT_PORT
    database_port: int = DEFAULT_DATABASE_PORT
    project: Path = _PROJECT

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Return the settings that `LOCAL_DIR`, `LOCAL_PORT` and `LOCAL_DATABASE_PORT` ask for.

        Without those for the ports: the ports of the stack that is up in the folder, else the usual ones.
        Raises LocalStackError when a port is not a port.
        """
        environment = os.environ if environment is None else environment
        directory = (_PROJECT / (environment.get("LOCAL_DIR") or ".local")).resolve()
        ports = {"port": DEFAULT_PORT, "database_port": DEFAULT_DATABASE_PORT}
        with contextlib.suppress(OSError, ValueError, AttributeError):
            ports |= json.loads((directory / STATE_FILE).read_text()).get("ports", {})
        return cls(
            directory=directory,
            port=_port(environment, "LOCAL_PORT", ports["port"]),
            database_port=_port(environment, "LOCAL_DATABASE_PORT", ports["database_port"]),
        )

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def stack_name(self) -> str:
        return f"{SERVICE}-{STAGE}"

    @property
    def emulator_python(self) -> Path:
        """The interpreter of the emulator's own environment, shared by all stacks of this checkout."""
        return self.project / ".local" / "emulator" / "bin" / "python"

    @property
    def emulator_packages(self) -> Path:
        """What the emulator's process sees and its Lambdas do not: the library it signs tokens with."""
        return self.project / ".local" / "emulator-tokens"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def temporary(self) -> Path:
        return self.directory / "tmp"

    @property
    def postgres(self) -> Path:
        return self.directory / "postgres"

    @property
    def state_file(self) -> Path:
        return self.directory / STATE_FILE

    @property
    def environment_file(self) -> Path:
        return self.directory / "stack.env"

    def tool_environment(self, **extra: str) -> dict[str, str]:
        """Return the environment for the programs of the stack: nothing in it leads to a real AWS account.

        Only what a program needs to run at all is taken over from the caller, because the emulator's Lambdas
        inherit it: a variable set in the developer's shell must not stand in for one missing in the template.
        """
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return inherited | {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": str(self.directory / "no-aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.directory / "no-aws-credentials"),
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "TMPDIR": str(self.temporary),
            **extra,
        }


_INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL")


def python_runtime() -> str:
    """Return the Lambda runtime whose packages this interpreter can run, e.g. `python3.11`."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def clear_aws_environment() -> None:
    """Forget the shell's AWS settings, so that no local command can reach a real account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise LocalStackError(f"{name} is {text!r}, which is not a port number between 1 and 65535.")
    return int(text)
