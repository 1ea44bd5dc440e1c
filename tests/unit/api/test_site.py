"""The portal's pages as files: what a browser is answered."""

import base64
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from api.site import Site

CONFIG = {
    "sign_in_url": "https://sign-in.example",
    "user_pool_url": "https://pool.example/",
    "client_id": "client",
    "portal_url": "https://api.example/stage/portal/",
}
HTML = b'<!doctype html><script type="module" src="./assets/index-Ab_3-9xZ.js"></script>'
SCRIPT = b"console.log('\xc3\xa4');" * 50


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(HTML)
    (tmp_path / "icon.svg").write_bytes(b"<svg/>")
    (tmp_path / "assets" / "index-Ab_3-9xZ.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "plain.css").write_bytes(b"a{}")
    return Site(tmp_path, CONFIG, ["https://bucket.example"])


def body(answer: dict[str, Any]) -> bytes:
    return base64.b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"].encode()


@pytest.mark.parametrize("name", ["", "index.html"])
def test_start_page_leads_to_its_files_when_asked_for_with_or_without_a_slash(site: Site, name: str) -> None:
    answer = site.answer("GET", name, {})

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == "no-cache"
    assert b'src="/stage/portal/assets/index-Ab_3-9xZ.js"' in body(answer)


@pytest.mark.parametrize(
    ("name", "media_type", "caching"),
    [
        ("assets/index-Ab_3-9xZ.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("assets/plain.css", "text/css; charset=utf-8", "no-cache"),
        ("icon.svg", "image/svg+xml", "no-cache"),
        ("config.json", "application/json", "no-cache"),
    ],
)
def test_file_has_its_type_and_is_kept_as_long_as_it_stays_the_same(
    site: Site, name: str, media_type: str, caching: str
) -> None:
    headers = site.answer("GET", name, {})["headers"]

    assert headers["Content-Type"] == media_type
    assert headers["Cache-Control"] == caching


def test_file_is_packed_when_the_browser_can_unpack_it(site: Site) -> None:
    packed = site.answer("GET", "assets/index-Ab_3-9xZ.js", {"accept-encoding": "br, gzip"})
    plain = site.answer("GET", "assets/index-Ab_3-9xZ.js", {})

    assert packed["headers"]["Content-Encoding"] == "gzip"
    assert gzip.decompress(body(packed)) == SCRIPT
    assert "Content-Encoding" not in plain["headers"]
    assert body(plain) == SCRIPT


def test_page_is_not_sent_again_when_the_browser_has_it(site: Site) -> None:
    etag = site.answer("GET", "", {})["headers"]["ETag"]

    answer = site.answer("GET", "", {"if-none-match": f'"other", {etag}'})

    assert answer["statusCode"] == 304
    assert answer["body"] == ""


def test_head_has_the_headers_and_no_body(site: Site) -> None:
    answer, whole = site.answer("HEAD", "", {}), site.answer("GET", "", {})

    assert answer["headers"] == whole["headers"]
    assert answer["body"] == ""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(site: Site, method: str) -> None:
    answer = site.answer(method, "", {})

    assert answer["statusCode"] == 405
    assert answer["headers"]["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "assets/",
        "../api/site.py",
        "assets/../../site.py",
        "/etc/passwd",
        "..%2f..%2fetc/passwd",
        "assets\\index",
        "index.html\0",
    ],
)
def test_what_is_no_file_of_the_site_is_not_found(site: Site, name: str) -> None:
    answer = site.answer("GET", name, {})

    assert answer["statusCode"] == 404
    assert answer["body"] == "There is nothing at this address."


@pytest.mark.parametrize("name", ["", "nothing", "icon.svg"])
def test_every_answer_forbids_what_the_pages_do_not_need(site: Site, name: str) -> None:
    headers = site.answer("GET", name, {})["headers"]

    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == "'self' https://sign-in.example https://pool.example https://bucket.example"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_script_in_the_start_page_is_let_in_by_its_digest_and_no_other_one(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(
        b'<link href="./a.js"><script>one("\xc3\xa4")\n</script><script src="./b.js"></script>'
    )
    (tmp_path / "other.html").write_bytes(b"<script>two()</script>")

    headers = Site(tmp_path, CONFIG, []).answer("GET", "", {})["headers"]

    digest = base64.b64encode(hashlib.sha256(b'one("\xc3\xa4")\n').digest()).decode()
    assert f"; script-src 'self' 'sha256-{digest}'; " in headers["Content-Security-Policy"]


def test_config_tells_where_to_sign_in(site: Site) -> None:
    assert json.loads(body(site.answer("GET", "config.json", {}))) == CONFIG


def test_site_does_not_start_when_the_pages_were_not_built(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make portal"):
        Site(tmp_path, CONFIG, [])
