"""Starts, deploys and stops the local stack; safe to run twice and after a crash."""

import json
import secrets
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from local import deployment
from local.access import give_access
from local.console import say, step
from local.emulator import Emulator
from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.locks import held
from local.ports import require_free
from local.postgres import PostgresServer
from local.settings import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, Settings
from local.vendors import register_samples


def up(settings: Settings) -> StackEnvironment:
    """Bring the stack to the state of the sources and return how to reach it.

    A running stack is left alone, or deployed again when the sources changed. Otherwise a clean one is started.
    Raises LocalStackError, leaving nothing half-started behind.
    """
    with _alone(settings):
        state = _State.load(settings)
        if state and database(settings).running and Emulator(settings).healthy:
            return _bring_up_to_date(settings, state)
        if _remains(settings):
            say("  Found a half-started or crashed stack; clearing it away first.")
            _clear(settings)
        return _start(settings)


def down(settings: Settings) -> bool:
    """Stop the stack and delete its data; return whether there was one. Logs stay for reading."""
    if not _remains(settings):
        return False
    with _alone(settings):
        _clear(settings)
    return True


def running(settings: Settings) -> StackEnvironment:
    """Return how to reach the running stack; raise LocalStackError when it is not up."""
    environment = StackEnvironment.load(settings)
    if environment is None or not Emulator(settings).healthy:
        raise LocalStackError("The local stack is not running. Start it with: make up")
    if not database(settings).running:
        raise LocalStackError("The local stack's database is not running. Repair the stack with: make up")
    return environment


def database(settings: Settings) -> PostgresServer:
    """Return the stack's PostgreSQL server, whichever process started it; fault tests stop and start it."""
    state = _State.load(settings)
    return _server(settings, state.database_password if state else None)


class _State:
    """What `make up` has to remember about a complete stack, in `stack.json`."""

    def __init__(self, database_password: str, digest: str, environment: StackEnvironment) -> None:
        self.database_password = database_password
        self.digest = digest
        self.environment = environment

    @classmethod
    def load(cls, settings: Settings) -> "_State | None":
        environment = StackEnvironment.load(settings)
        if environment is None:
            return None
        record = json.loads(settings.state_file.read_text())
        return cls(record["database_password"], record["digest"], environment)

    def save(self, settings: Settings) -> None:
        record = {
            "database_password": self.database_password,
            "digest": self.digest,
            "ports": {"port": settings.port, "database_port": settings.database_port},
            "environment": self.environment.as_json(),
        }
        _write_private(settings.environment_file, self.environment.render())
        _write_private(settings.state_file, json.dumps(record, indent=2))


def _bring_up_to_date(settings: Settings, state: _State) -> StackEnvironment:
    digest = deployment.sources_digest(settings.project)
    if state.digest == digest:
        say("  The local stack is already running, deployed from these sources.")
        return state.environment
    say("  The local stack is running; its sources have changed since, so it is deployed again.")
    deployment.require_node()
    return _deploy(settings, state.database_password, digest, state.environment)


def _start(settings: Settings) -> StackEnvironment:
    deployment.require_node()
    require_free(settings.port, "LOCAL_PORT")
    require_free(settings.database_port, "LOCAL_DATABASE_PORT")
    say("  Starting clean: uploads, catalogue and messages of an earlier stack are not kept.")
    settings.directory.mkdir(parents=True, exist_ok=True)
    settings.logs.mkdir(exist_ok=True)
    digest = deployment.sources_digest(settings.project)
    password = secrets.token_urlsafe(24)
    try:
        with step("Starting PostgreSQL", f"PostgreSQL on 127.0.0.1:{settings.database_port}"):
            _server(settings, password).start()
        with step(
            "Starting the AWS emulator",
            f"AWS emulator on 127.0.0.1:{settings.port}, IAM enforcement on",
        ):
            Emulator(settings).start()
        return _deploy(settings, password, digest, None)
    except BaseException:
        _clear(settings)
        raise


def _deploy(settings: Settings, password: str, digest: str, earlier: StackEnvironment | None) -> StackEnvironment:
    deployment.deploy(settings, password)
    environment = StackEnvironment(
        endpoint_url=settings.endpoint_url,
        access_key_id=ACCESS_KEY_ID,
        secret_access_key=SECRET_ACCESS_KEY,
        region=REGION,
        database_url=_server(settings, password).url,
        outputs=deployment.stack_outputs(settings),
    )
    with step("Letting the sample vendors in", "Sample vendors registered, each with a person and an API key"):
        register_samples(environment)
        is_same_pool = earlier is not None and earlier.outputs.get("UserPoolId") == environment.output("UserPoolId")
        access = give_access(environment, earlier.access if earlier and is_same_pool else {})
    environment = replace(environment, access=access)
    _State(password, digest, environment).save(settings)
    return environment


def _server(settings: Settings, password: str | None) -> PostgresServer:
    return PostgresServer(
        settings.postgres,
        settings.database_port,
        password=password,
        log_file=settings.logs / "postgres.log",
    )


def _remains(settings: Settings) -> bool:
    """Return whether anything of a stack is left: a process, its data or its description."""
    server = _server(settings, None)
    traces = (
        settings.state_file,
        settings.environment_file,
        Emulator(settings).pid_file,
        server.pid_file,
        server.directory,
    )
    return any(path.exists() or path.is_symlink() for path in traces)


def _clear(settings: Settings) -> None:
    settings.environment_file.unlink(missing_ok=True)
    settings.state_file.unlink(missing_ok=True)
    Emulator(settings).stop()
    _server(settings, None).delete()


def _alone(settings: Settings) -> AbstractContextManager[None]:
    """Hold the stack's lock: two commands that start or stop the same stack take turns."""
    return held(settings.directory / "lock", "  Another command is starting or stopping this stack; waiting for it …")


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read: it holds the database password."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)
