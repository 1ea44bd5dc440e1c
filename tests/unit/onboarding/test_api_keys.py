"""API keys: how they look, and what is kept of one."""

import hashlib
import re
import string
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.api_keys import (
    InvalidLabelError,
    KeyKind,
    bearer_token,
    checksum,
    digest_of,
    is_key,
    new_key,
    record_of,
)

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
LETTERS = string.digits + string.ascii_letters


@pytest.mark.parametrize("kind", list(KeyKind))
def test_key_says_what_it_is_when_it_is_made(kind: KeyKind) -> None:
    key = new_key(kind)

    assert re.fullmatch(rf"tm_{kind}_[0-9A-Za-z]{{38}}", key)
    assert is_key(key, kind)


def test_keys_differ_when_many_are_made() -> None:
    assert len({new_key(KeyKind.TEST) for _ in range(1_000)}) == 1_000


def test_key_is_refused_when_it_is_of_another_kind() -> None:
    assert not is_key(new_key(KeyKind.TEST), KeyKind.LIVE)
    assert not is_key(new_key(KeyKind.LIVE), KeyKind.TEST)


@given(position=st.integers(8, 45), letter=st.sampled_from(LETTERS))
def test_key_is_refused_when_one_character_is_another(position: int, letter: str) -> None:
    key = new_key(KeyKind.TEST)

    changed = key[:position] + letter + key[position + 1 :]

    assert is_key(changed, KeyKind.TEST) == (changed == key)


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda key: key[:-1], lambda key: key + "0", lambda key: f"{key}\n"]
)
def test_key_is_refused_when_it_was_not_copied_exactly(change: Callable[[str], str]) -> None:
    key = "tm_test_" + "aB" * 16

    assert not is_key(change(key + checksum(key)), KeyKind.TEST)


def test_checksum_is_the_crc_in_base_62() -> None:
    body = "tm_test_" + "0" * 32
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase

    value = 0
    for digit in checksum(body):
        value = value * 62 + alphabet.index(digit)

    assert value == zlib.crc32(body.encode())
    assert len(checksum(body)) == 6


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("BEARER   abc ", "abc"),
        ("abc", None),
        ("Basic abc", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("Bearer a b", None),
        ("", None),
    ],
)
def test_token_is_read_when_the_header_is_a_bearer(header: str, token: str | None) -> None:
    assert bearer_token(header) == token


def test_record_holds_the_digest_and_nothing_of_the_key() -> None:
    key = new_key(KeyKind.LIVE)

    record = record_of(key, "VEND001", "  Nightly export ", "anna@acme.example", NOW)

    assert record.digest == digest_of(key) == hashlib.sha256(key.encode()).hexdigest()
    assert record.label == "Nightly export"
    assert key[8:] not in repr(record)


@pytest.mark.parametrize("label", ["", "   ", "x" * 61, "two\nlines", "bell\a", "\x9f", "\ud800"])
def test_label_is_refused_when_it_cannot_be_shown(label: str) -> None:
    with pytest.raises(InvalidLabelError, match=r"^label: 1 to 60 characters, none of them control characters$"):
        record_of(new_key(KeyKind.TEST), "VEND001", label, "operations", NOW)
