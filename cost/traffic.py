"""A proxy between the functions and the emulator that keeps every request it passes on."""

import http.client
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cost.errors import CostError
from local.settings import HOST

VENDOR = "vendor"
"""Who sends what no function sends: the file, the click on the report's link, the download."""
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "expect", "proxy-connection"})
_TIMEOUT_SECONDS = 130
_S3_OPERATIONS = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject"}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. Bytes are those of the bodies, which is what AWS bills where it bills bytes."""

    caller: str
    operation: str
    status: int
    request: bytes
    answer: bytes


def operation_of(method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """Return `service:Operation` of a request as AWS names it. Raises CostError when it cannot be told."""
    url = urlsplit(target)
    query = parse_qs(url.query, keep_blank_values=True)
    if url.path.startswith("/_aws/execute-api/"):
        return "execute-api:Invoke"
    service = _signed_service(headers.get("authorization", ""), query)
    if action := headers.get("x-amz-target", "").rpartition(".")[2]:
        return f"{service}:{action}"
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return f"{service}:{parse_qs(body.decode())['Action'][0]}"
    if service == "s3":
        return f"s3:{_s3_operation(method, url.path, query, headers)}"
    raise CostError(f"{method} {url.path} to {service}: this operation is not known to cost/traffic.py")


def _signed_service(authorization: str, query: Mapping[str, list[str]]) -> str:
    credential = re.search(r"Credential=([^,\s]+)", authorization)
    scope = credential[1] if credential else query.get("X-Amz-Credential", [""])[0]
    parts = scope.split("/")
    if len(parts) != 5:
        raise CostError("a request without a signature of AWS cannot be told to belong to a service")
    return parts[3]


def _s3_operation(method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str]) -> str:
    is_object = "/" in path.lstrip("/").rstrip("/")
    plain = {name for name in query if not name.startswith(("X-Amz-", "response-", "x-id"))} <= {"versionId"}
    if is_object and plain and method in _S3_OPERATIONS:
        return "CopyObject" if "x-amz-copy-source" in headers else _S3_OPERATIONS[method]
    if not is_object and method == "GET" and "list-type" in query:
        return "ListObjectsV2"
    raise CostError(f"S3 {method} {path} {sorted(query)}: this operation is not known to cost/traffic.py")


@dataclass(slots=True)
class Recorder:
    """Listens on one port for each caller, so that each request is known by who sent it."""

    port: int
    exchanges: list[Exchange] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    last_at: float = field(default_factory=time.monotonic)
    _servers: dict[str, ThreadingHTTPServer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def endpoint_url(self, caller: str) -> str:
        """Return where this caller finds the emulator; the first call starts to listen."""
        if caller not in self._servers:
            server = _Server((HOST, 0), _Handler)
            server.recorder, server.caller = self, caller
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            self._servers[caller] = server
        return f"http://{HOST}:{self._servers[caller].server_address[1]}"

    @property
    def endpoint_urls(self) -> frozenset[str]:
        return frozenset(map(self.endpoint_url, list(self._servers)))

    def add(self, exchange: Exchange) -> None:
        with self._lock:
            self.exchanges.append(exchange)
            self.last_at = time.monotonic()

    def take(self) -> list[Exchange]:
        """Return what was recorded since the last call. Raises CostError when something could not be told."""
        with self._lock:
            taken, self.exchanges = self.exchanges, []
            if self.failures:
                raise CostError(self.failures[0])
            return taken

    def wait_until_quiet(self, seconds: float, timeout: float = 60) -> None:
        """Wait until nobody has sent anything for this long."""
        deadline = time.monotonic() + timeout
        while time.monotonic() - self.last_at < seconds:
            if time.monotonic() > deadline:
                raise CostError(f"the functions were still sending requests after {timeout:.0f} s")
            time.sleep(0.05)

    def close(self) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()


@contextmanager
def recording(emulator_port: int) -> Iterator[Recorder]:
    """Record what callers send to the emulator on this port."""
    recorder = Recorder(emulator_port)
    try:
        yield recorder
    finally:
        recorder.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    recorder: Recorder
    caller: str


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _pass_on(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._read_chunks() if "chunked" in headers.get("transfer-encoding", "") else self._read_body(headers)
        connection = http.client.HTTPConnection(HOST, self.server.recorder.port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _HOP_BY_HOP and name.lower() != "content-length":
                    connection.putheader(name, value)
            if body or "content-length" in headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        self._record(headers, body, response.status, answer)
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in _HOP_BY_HOP and not (name.lower() == "content-length" and self.command != "HEAD"):
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on  # noqa: N815

    def _record(self, headers: Mapping[str, str], body: bytes, status: int, answer: bytes) -> None:
        recorder = self.server.recorder
        is_presigned = "X-Amz-Signature=" in self.path
        try:
            operation = operation_of(self.command, self.path, headers, body)
        except CostError as error:
            recorder.failures.append(str(error))
            return
        recorder.add(Exchange(VENDOR if is_presigned else self.server.caller, operation, status, body, answer))

    def _read_body(self, headers: Mapping[str, str]) -> bytes:
        return self.rfile.read(int(headers.get("content-length", "0")))

    def _read_chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the exchange is recorded."""
