"""The error report the way its reader gets it: by the link in the e-mail, over HTTP, following the redirect."""

import csv
import http.client
import io
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

HEADER = [
    "Row Number",
    "Vendor Product ID",
    "SKU",
    "Product Name",
    "Error Type",
    "Error Message",
    "Price",
    "Stock Quantity",
]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def get(url: str) -> Answer:
    """Return the answer to one GET request, redirects included."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.request("GET", f"{address.path}?{address.query}" if address.query else address.path)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())
    finally:
        connection.close()


def link_in(body: str, what: str = "Error Report") -> str | None:
    """Return the link of an e-mail to the report or the corrections file, or None when it has none."""
    found = re.search(rf"^Download {what}: (\S+)$", body, re.MULTILINE)
    return found[1] if found else None


def follow(link: str) -> bytes:
    """Return the file to which the link leads."""
    redirect = get(link)
    assert redirect.status == 302, redirect
    assert redirect.headers["cache-control"] == "no-store"
    file = get(redirect.headers["location"])
    assert file.status == 200, file
    return file.body


def read(body: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """Return header and lines of a report or of a corrections file with commas."""
    reader = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
    lines = list(reader)
    return list(reader.fieldnames or []), lines
