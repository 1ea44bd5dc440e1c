"""One stack for all end-to-end tests, apart from the developer's own."""

import fcntl
import os
import signal
from collections.abc import Iterator

import pytest

from local import stack
from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.ports import free_port
from local.settings import Settings
from tests.e2e.invariants import check_nothing_is_left
from tests.e2e.listening import listening
from tests.e2e.pipeline import Pipeline


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Settings of a stack that only this run uses; a second run from this checkout waits for its turn.

    Runs that name another folder of `.local` in E2E_STACK go side by side, as those of `make test` do.
    """
    directory = Settings.from_environment({}).project / ".local" / os.environ.get("E2E_STACK", "e2e")
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Settings(directory, port=free_port(), database_port=free_port())


@pytest.fixture(scope="session")
def pipeline(settings: Settings) -> Iterator[Pipeline]:
    """The deployed pipeline. What every upload of the run must keep is checked once more when all tests are through."""
    # A run that is ended from outside stops its stack, as one ended from the keyboard does.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as shell:
        forget_aws(shell)
        environment = fresh_stack(settings)
        try:
            pipeline = Pipeline(settings, environment)
            yield pipeline
            check_nothing_is_left(pipeline)
        finally:
            stack.down(settings)
            signal.signal(signal.SIGTERM, before)


@pytest.fixture
def vendor(pipeline: Pipeline) -> str:
    """A registered vendor of this test's own."""
    return pipeline.new_vendor()


@pytest.fixture
def listener(pipeline: Pipeline) -> Iterator[str]:
    """A queue that hears of every upload that ends; its URL."""
    with listening(pipeline) as queue_url:
        yield queue_url


def fresh_stack(settings: Settings) -> StackEnvironment:
    """Start the stack; where that is not possible, every test fails with the sentence that says why."""
    try:
        stack.down(settings)  # what a killed run has left
        return stack.up(settings)
    except LocalStackError as error:
        reason = str(error)
    pytest.fail(reason, pytrace=False)


def forget_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the shell's AWS settings: a profile named there may not exist, or lead to a real account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
