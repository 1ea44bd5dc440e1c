"""API keys: how they look, and what is kept of one.

`tm_live_` or `tm_test_`, 32 random letters and digits (190 bits), and six that are a checksum of all before them.
Prefix and checksum let a scanner of source code tell a leaked key from a look-alike without asking anybody.
"""

import hashlib
import re
import secrets
import string
import zlib
from datetime import datetime
from enum import StrEnum

from onboarding.access import ApiKey

MAX_KEYS_PER_VENDOR = 2
"""One in use and its successor, so that a key is changed without a gap."""
MAX_LABEL_LENGTH = 60

_SHOWABLE = r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]"
LABEL = re.compile(rf"{_SHOWABLE}*(?! ){_SHOWABLE}{_SHOWABLE}*")
"""Something other than spaces, without control characters and halves of surrogate pairs."""

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_LENGTH = 32
_CHECKSUM_LENGTH = 6
"""62**6 is more than 2**32."""
_KEY = re.compile(r"tm_(live|test)_[0-9A-Za-z]{38}", re.ASCII)
_BEARER = re.compile(r"bearer +(\S+)", re.ASCII | re.IGNORECASE)


class KeyKind(StrEnum):
    """Keys of stages to try things on are told from those that change a real catalogue."""

    LIVE = "live"
    TEST = "test"


class InvalidLabelError(ValueError):
    """A label is empty, too long, or has control characters."""


def new_key(kind: KeyKind) -> str:
    """Return a new key. It is shown once; what is kept is its digest."""
    body = f"tm_{kind}_" + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return body + checksum(body)


def checksum(body: str) -> str:
    """Return the CRC-32 of a key's beginning in base 62, six characters."""
    number = zlib.crc32(body.encode("ascii"))
    digits = ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


def is_key(text: str, kind: KeyKind) -> bool:
    """Return whether the text can be a key of this kind. Needs no look-up, so garbage costs none."""
    found = _KEY.fullmatch(text)
    return found is not None and found[1] == kind and checksum(text[:-_CHECKSUM_LENGTH]) == text[-_CHECKSUM_LENGTH:]


def bearer_token(authorization: str) -> str | None:
    """Return the token of an `Authorization: Bearer …` header; None for any other."""
    found = _BEARER.fullmatch(authorization.strip())
    return found[1] if found else None


def digest_of(key: str) -> str:
    """Return the SHA-256 of a key in hex. A key has 190 random bits, so a slow hash would protect it no better."""
    return hashlib.sha256(key.encode("ascii")).hexdigest()


def key_id_of(key: str) -> str:
    """Return the id that a key is spoken of by; it gives nothing of the key away."""
    return f"key_{digest_of(key)[:16]}"


def record_of(key: str, vendor_id: str, label: str, created_by: str, now: datetime) -> ApiKey:
    """Return what is kept of a new key. Raises InvalidLabelError."""
    label = label.strip(" ")
    if len(label) > MAX_LABEL_LENGTH or LABEL.fullmatch(label) is None:
        raise InvalidLabelError(f"label: 1 to {MAX_LABEL_LENGTH} characters, none of them control characters")
    return ApiKey(
        digest=digest_of(key),
        key_id=key_id_of(key),
        vendor_id=vendor_id,
        label=label,
        created_at=now,
        created_by=created_by,
    )
