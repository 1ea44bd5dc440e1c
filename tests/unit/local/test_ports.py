"""Taken ports are told in a sentence."""

import socket

import pytest

from local.errors import LocalStackError
from local.ports import free_port, require_free


def test_the_sentence_names_process_and_variable_when_a_port_is_taken() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        with pytest.raises(LocalStackError) as raised:
            require_free(port, "LOCAL_PORT")

    assert f"Port {port} is already in use" in str(raised.value)
    assert f"make up LOCAL_PORT={port + 1}" in str(raised.value)


def test_nothing_is_raised_when_a_port_is_free() -> None:
    require_free(free_port(), "LOCAL_PORT")
