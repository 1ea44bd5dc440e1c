"""The processes in which the local stack runs the functions."""

from collections.abc import Iterator
from contextlib import suppress

import psutil

from local.environment import StackEnvironment
from local.settings import SERVICE, STAGE

PREFIX = f"{SERVICE}-{STAGE}-"
"""What the names of all functions begin with."""


def function_processes(environment: StackEnvironment) -> Iterator[tuple[str, psutil.Process, str]]:
    """Yield the processes of a stack's functions: the function's name, the process, and the access key it has."""
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            variables = process.environ()
            name = variables.get("AWS_LAMBDA_FUNCTION_NAME")
            if name and variables.get("AWS_ENDPOINT_URL") == environment.endpoint_url:
                yield name.removeprefix(PREFIX), process, variables["AWS_ACCESS_KEY_ID"]
