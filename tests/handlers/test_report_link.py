"""Report Link: a vendor clicks the link in the e-mail."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from tests.handlers.world import BUCKET, CONTEXT, World, sample

UPLOAD_ID = "UPLOAD_20261121_103045_0a1b2c3d"
REPORT_KEY = f"errors/VEND001/{UPLOAD_ID}_errors.csv"


def _click(world: World, token: str | None = None) -> dict[str, Any]:
    event = sample("http_api_report_link")
    event["pathParameters"]["token"] = token if token is not None else _token(world)
    return world.functions.report_link.handler(event, CONTEXT)


def _token(world: World) -> str:
    return world.functions.report_link.links.token("VEND001", UPLOAD_ID)


@pytest.fixture
def report(world: World) -> bytes:
    body = "Row Number,…\r\n1,…\r\n".encode()
    world.s3.put_object(Bucket=BUCKET, Key=REPORT_KEY, Body=body, ContentType="text/csv; charset=utf-8")
    return body


def test_report_is_downloaded_when_the_link_is_followed(world: World, report: bytes) -> None:
    answer = _click(world)

    assert answer["statusCode"] == 302
    assert answer["headers"]["Cache-Control"] == "no-store"
    downloaded = requests.get(answer["headers"]["Location"], timeout=10)
    assert downloaded.status_code == 200
    assert downloaded.content == report


def test_url_is_short_lived_and_names_the_file_when_the_link_is_followed(world: World, report: bytes) -> None:
    url = urlsplit(_click(world)["headers"]["Location"])

    query = parse_qs(url.query)
    assert url.path.endswith(REPORT_KEY)
    assert query["response-content-disposition"] == [f'attachment; filename="{UPLOAD_ID}_errors.csv"']
    lifetime = query["X-Amz-Expires"][0] if "X-Amz-Expires" in query else int(query["Expires"][0]) - time.time()
    assert 0 < int(lifetime) <= 300


def test_link_works_again_when_it_is_followed_twice(world: World, report: bytes) -> None:
    token = _token(world)

    assert [_click(world, token)["statusCode"] for _ in range(2)] == [302, 302]


@pytest.mark.parametrize("token", ["TOKEN", "", "a.b.c", "../../uploads/VEND002/products.csv"])
def test_link_is_not_found_when_it_is_not_ours(world: World, report: bytes, token: str) -> None:
    answer = _click(world, token)

    assert answer["statusCode"] == 404
    assert "Location" not in answer["headers"]
    assert "Copy the whole link from the e-mail." in answer["body"]


def test_link_is_not_found_when_it_was_cut_or_changed(world: World, report: bytes) -> None:
    token = _token(world)

    assert _click(world, token[:-3])["statusCode"] == 404
    assert _click(world, "A" + token[1:])["statusCode"] == 404


def test_link_is_not_found_when_another_key_signed_it(world: World, report: bytes) -> None:
    from onboarding.reporting.links import ReportLinks

    world.secrets.create_secret(Name="another-key", SecretString="o" * 64)

    assert _click(world, ReportLinks("another-key").token("VEND001", UPLOAD_ID))["statusCode"] == 404


def test_link_is_gone_when_it_is_older_than_seven_days(
    world: World, report: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = _token(world)
    later = time.time() + 7 * 24 * 3600 + 5
    monkeypatch.setattr(time, "time", lambda: later)

    answer = _click(world, token)

    assert answer["statusCode"] == 410
    assert "This link has expired" in answer["body"]
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"


def test_link_is_gone_when_the_report_is_no_longer_kept(world: World) -> None:
    answer = _click(world)

    assert answer["statusCode"] == 410
    assert "This file is no longer kept" in answer["body"]


def test_corrections_file_is_downloaded_when_its_link_is_followed(world: World, report: bytes) -> None:
    from onboarding.reporting.files import ErrorFile

    key = f"errors/VEND001/{UPLOAD_ID}_corrections.csv"
    world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"sku,_errors\r\n")
    token = world.functions.report_link.links.token("VEND001", UPLOAD_ID, ErrorFile.CORRECTIONS)

    location = _click(world, token)["headers"]["Location"]

    assert requests.get(location, timeout=10).content == b"sku,_errors\r\n"
    assert f"{UPLOAD_ID}_corrections.csv" in parse_qs(urlsplit(location).query)["response-content-disposition"][0]


def test_failure_is_raised_when_s3_refuses(world: World, report: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadObject")

    monkeypatch.setattr(world.functions.report_link.s3, "head_object", refuse)

    with pytest.raises(ClientError):
        _click(world)


def test_log_has_no_token_when_a_link_is_followed(
    world: World, report: bytes, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    token = _token(world)

    location = _click(world, token)["headers"]["Location"]

    logged = capsys.readouterr().out + caplog.text
    assert token not in logged
    assert parse_qs(urlsplit(location).query).get("X-Amz-Signature", [location])[0] not in logged
