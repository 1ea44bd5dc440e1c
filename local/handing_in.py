"""Hands a file in through the API, as a vendor's program does: announce it, put it at the link."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3

from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.uploads import StoredFile

_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to become of a file."""

    mode: str = "import"
    preview: bool = False


def hand_in(
    environment: StackEnvironment,
    api_key: str,
    file_name: str,
    content: bytes,
    wanted: Wanted,
    sent: Callable[[int], None],
) -> StoredFile:
    """Hand the content in and return which object version it became; `sent` hears the bytes that are out.

    Raises LocalStackError with the API's own words when it refuses.
    """
    pool = urllib3.PoolManager(retries=False, timeout=60)
    body = {"file_name": file_name, "size": len(content), "mode": wanted.mode, "preview": wanted.preview}
    answer = pool.request(
        "POST",
        f"{environment.output('ApiUrl')}/v1/uploads",
        body=json.dumps(body),
        headers={"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"},
    )
    if answer.status != 201:
        raise LocalStackError(f"The API answered {answer.status}: {_words(answer.data)}")
    put = json.loads(answer.data)["put"]
    stored = pool.request("PUT", put["url"], body=_Watched(content, sent), headers=put["headers"])
    if stored.status != 200:
        raise LocalStackError(f"S3 answered {stored.status}: {stored.data[:500].decode(errors='replace')}")
    bucket = environment.output("UploadBucketName")
    key = unquote(urlsplit(put["url"]).path).removeprefix(f"/{bucket}/")
    return StoredFile(bucket, key, stored.headers["x-amz-version-id"])


def _words(body: bytes) -> str:
    """Return what a problem document says, or the body as it is."""
    try:
        problem: dict[str, Any] = json.loads(body)
    except ValueError:
        return body[:500].decode(errors="replace")
    fields = "; ".join(f"{each['field']}: {each['message']}" for each in problem.get("errors", []))
    return f"{problem.get('detail') or problem.get('message')} {fields}".strip()


class _Watched(io.BytesIO):
    """A body that tells how much of it has been read."""

    def __init__(self, content: bytes, sent: Callable[[int], None]) -> None:
        super().__init__(content)
        self._sent = sent

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(_PIECE_BYTES if size is None or size < 0 else min(size, _PIECE_BYTES))
        self._sent(self.tell())
        return piece
