"""Free and taken ports on the loopback address."""

import socket

import psutil

from local.errors import LocalStackError
from local.settings import HOST


def free_port() -> int:
    """Return a port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(port: int, variable: str) -> None:
    """Raise LocalStackError naming the process that holds the port, unless it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            holder = _holder(port)
            raise LocalStackError(
                f"Port {port} is already in use{f' by {holder}' if holder else ''}. "
                f"Stop it, or choose another port: make up {variable}={port + 1}"
            ) from None


def _holder(port: int) -> str | None:
    """Return name and id of the process that listens on the port, if this user may know."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,) and connection.pid:
            try:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
            except psutil.NoSuchProcess:
                return None
    return None
