"""Answers to CloudFormation, received by a real HTTP server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from onboarding.upkeep.custom_resource import answer


@pytest.fixture
def answers() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A URL to answer to, and the answers that came."""
    received: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            # The presigned URL is signed with an empty content type.
            received.append({**json.loads(body), "type": self.headers["Content-Type"], "length": len(body)})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/answer", received
        server.shutdown()


def _event(url: str) -> dict[str, str]:
    return {
        "RequestType": "Create",
        "ResponseURL": url,
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "DatabaseSchema",
    }


def test_success_is_answered_with_data_when_the_work_is_done(answers: tuple[str, list[dict[str, Any]]]) -> None:
    url, received = answers

    answer(_event(url), "database-schema", lambda: {"Applied": "0001"})

    assert received[0].pop("length") > 0
    assert received == [
        {
            "Status": "SUCCESS",
            "Data": {"Applied": "0001"},
            "PhysicalResourceId": "database-schema",
            "StackId": "arn:stack",
            "RequestId": "request-1",
            "LogicalResourceId": "DatabaseSchema",
            "type": "",
        }
    ]


def test_failure_is_answered_with_its_reason_when_the_work_raises(answers: tuple[str, list[dict[str, Any]]]) -> None:
    url, received = answers

    def work() -> dict[str, Any]:
        raise ConnectionError("no route to the database")

    answer(_event(url), "database-schema", work)

    assert [(a["Status"], a["Reason"], a["RequestId"]) for a in received] == [
        ("FAILED", "ConnectionError: no route to the database", "request-1")
    ]


def test_answer_stays_below_four_kilobytes_when_the_reason_is_long(answers: tuple[str, list[dict[str, Any]]]) -> None:
    url, received = answers

    def work() -> dict[str, Any]:
        raise ValueError("x" * 100_000)

    answer(_event(url), "database-schema", work)

    assert received[0]["length"] < 4096  # the most that CloudFormation reads
