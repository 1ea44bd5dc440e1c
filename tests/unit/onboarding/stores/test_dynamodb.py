"""How rows are sent to DynamoDB, received by a real HTTP server."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from onboarding.stores.dynamodb import dynamodb_client

ITEM = {"upload_id": {"S": "UPLOAD_1#0"}, "record_id": {"S": "00000001"}, "cells": {"S": "Kaffee 'süß' ☕"}}
PUT = {"staging": [{"PutRequest": {"Item": ITEM}}]}
THROTTLED = (400, {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "Rate exceeded"})
DENIED = (400, {"__type": "com.amazon.coral.service#AccessDeniedException", "message": "not allowed"})
WRITTEN: tuple[int, dict[str, Any]] = (200, {"UnprocessedItems": {}})
BROKEN: tuple[int, dict[str, Any]] = (0, {})
"""The connection is closed without an answer."""


class Server(ThreadingHTTPServer):
    """Answers as it is told, then that all is written; keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[dict[str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        self.server.headers.append(dict(self.headers))
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status, answer = self.server.answers.pop(0) if self.server.answers else WRITTEN
        if (status, answer) == BROKEN:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "key-of-the-function",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token-of-the-role",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_RETRY_MODE": "standard",
            "AWS_MAX_ATTEMPTS": "2",
        }.items():
            monkeypatch.setenv(name, value)
        yield server
        server.shutdown()


def test_items_arrive_signed_and_as_they_are(server: Server) -> None:
    assert dynamodb_client().batch_write_item(RequestItems=PUT) == WRITTEN[1]

    (headers,) = server.headers
    assert server.bodies == [{"RequestItems": PUT}]
    assert headers["X-Amz-Target"] == "DynamoDB_20120810.BatchWriteItem"
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key-of-the-function/")
    assert "/eu-central-1/dynamodb/aws4_request" in headers["Authorization"]
    assert headers["X-Amz-Security-Token"] == "token-of-the-role"


def test_request_is_what_the_client_itself_would_send(server: Server) -> None:
    client = dynamodb_client()
    client.batch_write_item(RequestItems=PUT)
    boto3.client("dynamodb").batch_write_item(RequestItems=PUT)

    ours, theirs = server.headers
    assert server.bodies[0] == server.bodies[1]
    assert {name: ours[name] for name in ("Host", "Content-Type", "X-Amz-Target")} == {
        name: theirs[name] for name in ("Host", "Content-Type", "X-Amz-Target")
    }


def test_items_that_were_refused_are_returned(server: Server) -> None:
    server.answers = [(200, {"UnprocessedItems": PUT})]

    assert dynamodb_client().batch_write_item(RequestItems=PUT)["UnprocessedItems"] == PUT


@pytest.mark.parametrize("answer", [(500, {}), (503, {}), THROTTLED, BROKEN], ids=["500", "503", "throttled", "broken"])
def test_request_is_made_again_by_the_client_when_there_is_no_good_answer(server: Server, answer: Any) -> None:
    server.answers = [answer]

    assert dynamodb_client().batch_write_item(RequestItems=PUT)["UnprocessedItems"] == {}
    assert server.bodies == [{"RequestItems": PUT}] * 2
    assert "amz-sdk-invocation-id" in server.headers[1]


def test_error_is_the_clients(server: Server) -> None:
    server.answers = [DENIED] * 2

    with pytest.raises(ClientError) as raised:
        dynamodb_client().batch_write_item(RequestItems=PUT)

    assert raised.value.response["Error"]["Code"] == "AccessDeniedException"


def test_client_gives_up_after_its_own_attempts(server: Server) -> None:
    server.answers = [THROTTLED] * 3

    with pytest.raises(ClientError) as raised:
        dynamodb_client().batch_write_item(RequestItems=PUT)

    assert raised.value.response["Error"]["Code"] == "ThrottlingException"
    assert len(server.bodies) == 3


def test_listener_may_answer_in_the_networks_place(server: Server) -> None:
    class Answer:
        status_code, content = 200, b'{"UnprocessedItems": {"staging": []}}'

    client = dynamodb_client()
    client.meta.events.register("before-send", lambda request, **_: Answer())

    assert client.batch_write_item(RequestItems=PUT) == {"UnprocessedItems": {"staging": []}}
    assert server.bodies == []
