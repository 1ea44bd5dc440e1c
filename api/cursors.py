"""Where a page ended, as a word that a caller hands back unread.

It holds a position among the caller's own rows and nothing else: changing it shows another page of the same rows.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime

from api.problems import Problem, invalid

_LARGEST = 2**63 - 1


def encode(*position: object) -> str:
    """Return the word for a position of texts and numbers."""
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, *shape: type) -> Sequence[object]:
    """Return the position in a word that `encode` made, with values of these types. Raises Problem."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise unusable() from None
    if not isinstance(position, list) or [type(value) for value in position] != list(shape):
        raise unusable()
    return position


def moment(value: object) -> datetime:
    """Return a time out of a position. Raises Problem."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise unusable() from None
    if found.tzinfo is None:
        raise unusable()
    return found


def text(value: object) -> str:
    """Return a text out of a position, one that the database can compare. Raises Problem."""
    if not isinstance(value, str) or "\x00" in value or not _is_unicode(value):
        raise unusable()
    return value


def _is_unicode(value: str) -> bool:
    """Tell whether it has no half of a surrogate pair, which JSON can spell and PostgreSQL cannot keep."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def number(value: object) -> int:
    """Return a number out of a position, one that the database can hold. Raises Problem."""
    if not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise unusable()
    return value


def unusable() -> Problem:
    return invalid("query.cursor", "This is no cursor of this address. Take next_cursor from an answer as it is.")
