"""Tokens of report links."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from aws_lambda_powertools.utilities import parameters
from itsdangerous import URLSafeTimedSerializer

from onboarding.reporting.files import ErrorFile
from onboarding.reporting.links import LINK_LIFETIME, ExpiredLinkError, InvalidLinkError, ReportLinks

VENDOR_ID, UPLOAD_ID = "VEND001", "UPLOAD_20261121_103045_0a1b2c3d"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The signing keys by the ARN of their secret."""
    known = {"arn-of-the-key": "k" * 64, "arn-of-another-key": "o" * 64}

    def get_secret(name: str, **_: Any) -> str:
        return known[name]

    monkeypatch.setattr(parameters, "get_secret", get_secret)
    yield known


@pytest.fixture
def links(keys: dict[str, str]) -> ReportLinks:
    return ReportLinks("arn-of-the-key")


def _pass_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)


def test_token_is_read_when_it_is_ours(links: ReportLinks) -> None:
    assert links.read(links.token(VENDOR_ID, UPLOAD_ID)) == (VENDOR_ID, UPLOAD_ID, ErrorFile.REPORT)


def test_token_says_which_file_when_it_is_for_the_corrections(links: ReportLinks) -> None:
    token = links.token(VENDOR_ID, UPLOAD_ID, ErrorFile.CORRECTIONS)

    assert links.read(token) == (VENDOR_ID, UPLOAD_ID, ErrorFile.CORRECTIONS)


def test_token_is_for_the_report_when_it_was_made_before_there_were_other_files(links: ReportLinks) -> None:
    token = URLSafeTimedSerializer("k" * 64, salt="error-report").dumps([VENDOR_ID, UPLOAD_ID])

    assert links.read(token) == (VENDOR_ID, UPLOAD_ID, ErrorFile.REPORT)


def test_token_fits_a_url_when_it_is_made(links: ReportLinks) -> None:
    token = links.token(VENDOR_ID, UPLOAD_ID)

    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def test_token_is_read_when_it_is_almost_seven_days_old(links: ReportLinks, monkeypatch: pytest.MonkeyPatch) -> None:
    token = links.token(VENDOR_ID, UPLOAD_ID)

    _pass_time(monkeypatch, LINK_LIFETIME.total_seconds() - 5)

    assert LINK_LIFETIME.days == 7
    assert links.read(token) == (VENDOR_ID, UPLOAD_ID, ErrorFile.REPORT)


def test_token_has_expired_when_it_is_older_than_seven_days(
    links: ReportLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = links.token(VENDOR_ID, UPLOAD_ID)

    _pass_time(monkeypatch, LINK_LIFETIME.total_seconds() + 2)

    with pytest.raises(ExpiredLinkError):
        links.read(token)


def test_every_changed_character_is_noticed_when_a_token_is_tampered_with(links: ReportLinks) -> None:
    token = links.token(VENDOR_ID, UPLOAD_ID)

    for position in range(len(token) - 1):  # the last one carries padding bits only
        changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        with pytest.raises(InvalidLinkError):
            links.read(changed)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "x" * 5_000, "Kopfh\u00f6rer", "\x00", "%2e%2e"])
def test_token_is_invalid_when_it_is_no_token(links: ReportLinks, token: str) -> None:
    with pytest.raises(InvalidLinkError):
        links.read(token)


def test_parts_are_refused_when_they_come_from_two_tokens(links: ReportLinks) -> None:
    payload = links.token("VEND002", UPLOAD_ID).split(".", 1)[0]
    signature = links.token(VENDOR_ID, UPLOAD_ID).split(".", 1)[1]

    with pytest.raises(InvalidLinkError):
        links.read(f"{payload}.{signature}")


def test_token_is_invalid_when_another_key_signed_it(links: ReportLinks, keys: dict[str, str]) -> None:
    token = ReportLinks("arn-of-another-key").token(VENDOR_ID, UPLOAD_ID)

    with pytest.raises(InvalidLinkError):
        links.read(token)
