"""`sls deploy --stage local`: what it deploys, and what came of it."""

import contextlib
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.console import console, say
from local.environment import aws_client
from local.errors import LocalStackError
from local.packaging import sls_alone
from local.settings import (
    ACCESS_KEY_ID,
    DATABASE,
    HOST,
    REGION,
    SECRET_ACCESS_KEY,
    SERVICE,
    STAGE,
    Settings,
    python_runtime,
)

_MINIMUM_NODE = 20
_LONGEST_DEPLOYMENT = 300

# For pip, which `sls` runs to package the functions' requirements.
_PIP_VARIABLES = re.compile(
    r"PIP_\w+|https?_proxy|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|XDG_CACHE_HOME",
    re.IGNORECASE,
)
_TERMINAL_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

# What the deployed service is made of; a change in any of it means another deployment.
_SOURCES = (
    "serverless.yml",
    "package-lock.json",
    "requirements.txt",
    "api",
    "functions",
    "handlers",
    "onboarding",
    "portal/index.html",
    "portal/package-lock.json",
    "portal/public",
    "portal/src",
    "portal/vite.config.ts",
    "resources",
    "rules",
    "sql",
    "stages",
    "statemachines",
)


def require_node() -> None:
    """Raise LocalStackError unless Node.js is there and new enough for the deployment tools."""
    node = shutil.which("node")
    if node is None:
        raise LocalStackError(f"Node.js {_MINIMUM_NODE} or newer is needed to deploy, and no `node` is on the PATH.")
    version = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout.strip()
    major = re.match(r"v(\d+)\.", version)
    if major is None or int(major[1]) < _MINIMUM_NODE:
        raise LocalStackError(f"Node.js {_MINIMUM_NODE} or newer is needed to deploy; `node` here is {version}.")


def sources_digest(project: Path) -> str:
    """Return a digest over the names and contents of everything that is deployed."""
    digest = hashlib.sha256(python_runtime().encode())
    for source in _SOURCES:
        root = project / source
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"\0{path.relative_to(project)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def deploy(settings: Settings, database_password: str) -> None:
    """Deploy the service to the emulator; raise LocalStackError with the end of the log when that fails."""
    serverless = settings.project / "node_modules" / ".bin" / "sls"
    if not serverless.exists():
        raise LocalStackError("The deployment tools are not installed. Run `make install` first.")
    settings.logs.mkdir(parents=True, exist_ok=True)
    settings.temporary.mkdir(parents=True, exist_ok=True)
    log_file = settings.logs / "deploy.log"
    with sls_alone(settings.project), log_file.open("wb") as log:
        process = subprocess.Popen(
            [str(serverless), "deploy", "--stage", STAGE],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=settings.project,
            env=_environment(settings, database_password),
        )
        try:
            _wait(process, settings)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            _strip_progress(log_file)
    if process.returncode != 0:
        raise LocalStackError(_failure(settings, log_file))


def stack_outputs(settings: Settings) -> dict[str, str]:
    """Return the deployed stack's outputs by name."""
    stacks = _client(settings, "cloudformation").describe_stacks(StackName=settings.stack_name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}


def save_function_logs(settings: Settings) -> Path | None:
    """Write what the functions logged into one file and return it; None when they logged nothing.

    The logs would otherwise end with the emulator, and with them the reason of a failed deployment.
    """
    target = settings.logs / "functions.log"
    lines = []
    with contextlib.suppress(BotoCoreError, ClientError):
        logs = _client(settings, "logs")
        prefix = f"/aws/lambda/{SERVICE}-{STAGE}-"
        for group in logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]:
            name = group["logGroupName"]
            for event in logs.filter_log_events(logGroupName=name)["events"]:
                lines.append(f"{name.removeprefix(prefix)}: {event['message'].rstrip()}")
    if not lines:
        return None
    target.write_text("\n".join(lines) + "\n")
    return target


def _environment(settings: Settings, database_password: str) -> Mapping[str, str]:
    """Return the environment of `sls`: the emulator for AWS, and what the local stage of the template reads."""
    machine = platform.machine().lower()
    pip = {name: value for name, value in os.environ.items() if _PIP_VARIABLES.fullmatch(name)}
    return pip | settings.tool_environment(
        LOCAL_ENDPOINT_URL=settings.endpoint_url,
        LOCAL_DATABASE_HOST=HOST,
        LOCAL_DATABASE_PORT=str(settings.database_port),
        LOCAL_DATABASE_NAME=DATABASE,
        LOCAL_DATABASE_USER=DATABASE,
        LOCAL_DATABASE_PASSWORD=database_password,
        LOCAL_PYTHON_RUNTIME=python_runtime(),
        LOCAL_ARCHITECTURE="arm64" if machine in ("arm64", "aarch64") else "x86_64",
        PYTHON_BIN=sys.executable,
        SLS_TELEMETRY_DISABLED="1",
        SLS_INTERACTIVE_SETUP_ENABLE="0",
        SLS_DEPRECATION_DISABLE="*",
        NO_COLOR="1",
        NODE_NO_WARNINGS="1",
        CI="1",
    )


def _wait(process: subprocess.Popen[bytes], settings: Settings) -> None:
    """Wait for the deployment, showing the elapsed time on a terminal and every half minute elsewhere.

    Raises LocalStackError when it cannot end well: CloudFormation waits an hour for a custom resource's
    function, also for one that was unable to start.
    """
    started = time.monotonic()
    elapsed = said = 0.0
    emulator_log = settings.logs / "emulator.log"
    already_logged = emulator_log.stat().st_size if emulator_log.exists() else 0
    doing = "Deploying the service with `sls deploy --stage local`, usually about half a minute"
    with console.status(f"{doing} …") if console.is_terminal else contextlib.nullcontext() as status:
        if status is None:
            say(f"  {doing} …")
        while process.poll() is None:
            elapsed = time.monotonic() - started
            if status is not None:
                status.update(f"{doing} … {elapsed:.0f} s")
            elif elapsed - said >= 30:
                said = elapsed
                say(f"  still deploying after {elapsed:.0f} s …")
            if failed_start := _failed_start(emulator_log, already_logged):
                raise LocalStackError(f"The deployment was given up, because a function cannot start: {failed_start}")
            if elapsed > _LONGEST_DEPLOYMENT:
                raise LocalStackError(
                    f"The deployment was given up after {elapsed:.0f} s. Its logs are in {settings.logs}."
                )
            time.sleep(0.2)
    if process.returncode == 0:
        say(f"  [green]✓[/] Deployed [dim]({elapsed:.1f} s)[/]")


def _failed_start(emulator_log: Path, offset: int) -> str | None:
    """Return which function could not start and why, if the emulator has logged such a thing since `offset`."""
    if not emulator_log.exists():
        return None
    with emulator_log.open("rb") as log:
        log.seek(offset)
        text = log.read().decode(errors="replace")
    failure = re.search(r"execution error for (\S+): Worker init failed: (.*)", text)
    return f"{failure[1]}: {failure[2]}" if failure else None


def _strip_progress(log_file: Path) -> None:
    """Take the spinner out of the log: it draws even where there is no terminal."""
    text = _TERMINAL_CONTROL.sub("", log_file.read_text(errors="replace"))
    lines = [line.rstrip() for line in text.splitlines() if not line.startswith(tuple("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"))]
    log_file.write_text(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n")


def _failure(settings: Settings, log_file: Path) -> str:
    tail = "\n".join(log_file.read_text(errors="replace").rstrip().splitlines()[-25:])
    function_logs = save_function_logs(settings)
    more = f"\nWhat the functions logged: {function_logs}" if function_logs else ""
    return f"The deployment failed. The end of {log_file}:\n\n{tail}\n{more}"


def _client(settings: Settings, service: str) -> Any:
    return aws_client(
        service,
        endpoint_url=settings.endpoint_url,
        access_key_id=ACCESS_KEY_ID,
        secret_access_key=SECRET_ACCESS_KEY,
        region=REGION,
    )
