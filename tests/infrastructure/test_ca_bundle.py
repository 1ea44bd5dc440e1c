"""The certificates that database servers are verified with."""

import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent.parent
BUNDLE = PROJECT / "resources" / "rds-ca-bundle.pem"


def certificates() -> list[dict[str, Any]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(BUNDLE)
    return context.get_ca_certs()  # leaves out whatever is no CA


def name_of(certificate: dict[str, Any]) -> str:
    return next(value for part in certificate["subject"] for key, value in part if key == "commonName")


def test_bundle_holds_amazons_authorities_only() -> None:
    found = certificates()

    assert len(found) == BUNDLE.read_text().count("BEGIN CERTIFICATE") >= 80
    assert all(name_of(each).startswith("Amazon RDS ") for each in found)


def test_authority_is_valid_for_years() -> None:
    soon = datetime.now(UTC) + timedelta(days=3 * 365)

    for each in certificates():
        ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(each["notAfter"]), UTC)
        assert ends > soon, name_of(each)


def test_bundle_covers_regions_with_every_key_type() -> None:
    names = {name_of(each) for each in certificates()}

    for region in ("us-east-1", "us-west-2", "eu-central-1", "eu-west-1", "ap-southeast-1"):
        for key in ("RSA2048", "RSA4096", "ECC384"):
            assert f"Amazon RDS {region} Root CA {key} G1" in names


def test_bundle_is_what_the_script_writes() -> None:
    before = BUNDLE.read_text()

    try:
        subprocess.run(["node", PROJECT / "resources/make-ca-bundle.js"], check=True, timeout=60)
        after = BUNDLE.read_text()
    finally:
        BUNDLE.write_text(before)

    assert after == before
