"""Which operation a request is, and that the proxy changes nothing on the way."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cost.errors import CostError
from cost.traffic import VENDOR, operation_of, recording

_SCOPE = "AKID/20261122/us-east-1/{}/aws4_request"


def _signed(service: str, **headers: str) -> dict[str, str]:
    authorization = f"AWS4-HMAC-SHA256 Credential={_SCOPE.format(service)}, SignedHeaders=host, Signature=0"
    return {"authorization": authorization} | {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("method", "target", "headers", "operation"),
    [
        (
            "POST",
            "/",
            _signed("dynamodb", x_amz_target="DynamoDB_20120810.BatchWriteItem"),
            "dynamodb:BatchWriteItem",
        ),
        ("POST", "/", _signed("states", x_amz_target="AWSStepFunctions.StartExecution"), "states:StartExecution"),
        ("PUT", "/bucket/uploads/V/a.csv", _signed("s3"), "s3:PutObject"),
        ("GET", "/bucket/uploads/V/a.csv?versionId=1", _signed("s3"), "s3:GetObject"),
        ("HEAD", "/bucket/errors/V/a.csv", _signed("s3"), "s3:HeadObject"),
        ("PUT", "/bucket/key", _signed("s3", x_amz_copy_source="/other/key"), "s3:CopyObject"),
        ("GET", "/bucket?list-type=2&prefix=a", _signed("s3"), "s3:ListObjectsV2"),
        (
            "GET",
            f"/bucket/key?response-content-disposition=x&X-Amz-Signature=0&X-Amz-Credential={_SCOPE.format('s3')}",
            {},
            "s3:GetObject",
        ),
        ("GET", "/_aws/execute-api/abc/reports/token", {}, "execute-api:Invoke"),
    ],
)
def test_a_request_is_named_as_aws_names_it(method: str, target: str, headers: dict[str, str], operation: str) -> None:
    assert operation_of(method, target, headers, b"") == operation


def test_the_query_protocol_names_its_operation_in_the_body() -> None:
    headers = _signed("sns", content_type="application/x-www-form-urlencoded; charset=utf-8")

    assert operation_of("POST", "/", headers, b"Action=Publish&Version=2010-03-31") == "sns:Publish"


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("DELETE", "/bucket/key", _signed("s3")),
        ("GET", "/bucket/key?acl", _signed("s3")),
        ("GET", "/somewhere", _signed("glacier")),
        ("GET", "/bucket/key", {}),
    ],
)
def test_a_request_that_cannot_be_told_stops_the_count(method: str, target: str, headers: dict[str, str]) -> None:
    with pytest.raises(CostError):
        operation_of(method, target, headers, b"")


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("x-host", self.headers["Host"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "12345")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def echo_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_request_is_passed_on_as_it_came_and_kept(echo_port: int) -> None:
    with recording(echo_port) as recorder:
        address = recorder.endpoint_url("csv-parser").removeprefix("http://")
        connection = http.client.HTTPConnection(address)

        connection.request("PUT", "/bucket/key", b"\x00abc", _signed("s3"))
        response = connection.getresponse()
        body = response.read()
        connection.request("HEAD", "/bucket/key", headers=_signed("s3"))
        head = connection.getresponse()
        head.read()
        connection.close()

        assert (response.status, body, response.headers["x-host"]) == (200, b"cba\x00", address)
        assert head.headers["Content-Length"] == "12345"
        exchanges = recorder.take()
    assert [(exchange.caller, exchange.operation) for exchange in exchanges] == [
        ("csv-parser", "s3:PutObject"),
        ("csv-parser", "s3:HeadObject"),
    ]
    assert (exchanges[0].request, exchanges[0].answer) == (b"\x00abc", b"cba\x00")


def test_a_presigned_request_is_the_vendors_whoever_signed_it(echo_port: int) -> None:
    with recording(echo_port) as recorder:
        connection = http.client.HTTPConnection(recorder.endpoint_url("report-link").removeprefix("http://"))

        connection.request("HEAD", f"/bucket/key?X-Amz-Credential={_SCOPE.format('s3')}&X-Amz-Signature=0")
        connection.getresponse().read()
        connection.close()

        assert [exchange.caller for exchange in recorder.take()] == [VENDOR]


def test_the_count_stops_when_a_request_could_not_be_told(echo_port: int) -> None:
    with recording(echo_port) as recorder:
        connection = http.client.HTTPConnection(recorder.endpoint_url("csv-parser").removeprefix("http://"))

        connection.request("PUT", "/bucket/key?tagging", b"", _signed("s3"))
        connection.getresponse().read()
        connection.close()

        with pytest.raises(CostError, match="tagging"):
            recorder.take()
