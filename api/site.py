"""The portal's pages as files of the package: what each request is answered, without AWS and without a framework."""

import base64
import gzip
import hashlib
import json
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_START = "index.html"
_HASHED = re.compile(r"assets/.+-[\w-]{8}\.\w+", re.ASCII)
"""The build puts a digest of the content into these names: what is behind one never changes."""
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_TEXT = ("text/", "application/json", "image/svg+xml")
# The system's own list differs from one machine to the next.
_TYPES = mimetypes.MimeTypes()
_TYPES.add_type("text/javascript", ".js")
_TYPES.add_type("image/svg+xml", ".svg")


@dataclass(frozen=True, slots=True)
class SiteFile:
    content: bytes
    packed: bytes
    media_type: str
    cache_control: str
    etag: str


def _site_file(name: str, content: bytes) -> SiteFile:
    media_type = _TYPES.guess_type(name)[0] or "application/octet-stream"
    is_text = media_type.startswith(_TEXT)
    return SiteFile(
        content=content,
        packed=gzip.compress(content, mtime=0) if is_text else b"",
        media_type=f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type,
        cache_control="public, max-age=31536000, immutable" if _HASHED.fullmatch(name) else "no-cache",
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
    )


class Site:
    """All files of a folder, and `config.json` beside them. Names are looked up, never opened as paths."""

    def __init__(self, folder: Path, config: Mapping[str, str], upload_origins: Sequence[str]) -> None:
        """Read the files. `config` is what `config.json` answers; both say where pages may connect to.

        Raises FileNotFoundError when the pages have not been built.
        """
        if not (folder / _START).exists():
            raise FileNotFoundError(f"{folder} has no {_START}: the pages are built by `make portal`")
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        # Asked for without a slash at its end, the folder's address would lead relative ones astray.
        root = urlsplit(config["portal_url"]).path.encode()
        files[_START] = files[_START].replace(b'"./', b'"' + root)
        files["config.json"] = json.dumps(config).encode()
        self._files = {name: _site_file(name, content) for name, content in files.items()}
        inline = [_source(script) for script in _INLINE.findall(files[_START])]
        self._headers = _headers([config["sign_in_url"], config["user_pool_url"]], upload_origins, inline)

    def answer(self, method: str, name: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer of payload format 2.0; `name` is relative to the site, headers are in lower case."""
        if method not in ("GET", "HEAD"):
            return self._without_body(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"})
        file = self._files.get(name or _START)
        if file is None:
            return self._text(HTTPStatus.NOT_FOUND, "There is nothing at this address.", is_head=method == "HEAD")
        known = {"ETag": file.etag, "Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
        if file.etag in headers.get("if-none-match", ""):
            return self._without_body(HTTPStatus.NOT_MODIFIED, known)
        is_packed = bool(file.packed) and "gzip" in headers.get("accept-encoding", "")
        body = file.packed if is_packed else file.content
        packing = {"Content-Encoding": "gzip"} if is_packed else {}
        return {
            "statusCode": HTTPStatus.OK,
            "headers": {**self._headers, **known, **packing, "Content-Type": file.media_type},
            "body": "" if method == "HEAD" else base64.b64encode(body).decode(),
            "isBase64Encoded": method != "HEAD",
        }

    def _without_body(self, status: HTTPStatus, headers: Mapping[str, str]) -> dict[str, Any]:
        return {"statusCode": status, "headers": {**self._headers, **headers}, "body": ""}

    def _text(self, status: HTTPStatus, text: str, *, is_head: bool) -> dict[str, Any]:
        headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
        return {"statusCode": status, "headers": {**self._headers, **headers}, "body": "" if is_head else text}


def _source(script: bytes) -> str:
    """Return what lets exactly this script of the start page in, and no other one that is written into a page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def _headers(signing_in: Sequence[str], upload_origins: Sequence[str], inline: Sequence[str]) -> dict[str, str]:
    """Return what every answer says to the browser: nothing is loaded or sent but what the pages need."""
    origins = [f"{url.scheme}://{url.netloc}" for url in map(urlsplit, signing_in)]
    connect = " ".join(dict.fromkeys(["'self'", *origins, *upload_origins]))
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *inline]),
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": connect,
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000",
    }
