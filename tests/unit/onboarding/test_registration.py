"""Registrations that operators send."""

import pytest

from onboarding.registration import InvalidVendorError, VendorRegistration

GOOD = {"vendor_id": "VEND001", "vendor_name": "Acme", "email": "ops@acme.example"}


def test_registration_is_active_when_no_status_is_given() -> None:
    registration = VendorRegistration.from_event({**GOOD, "vendor_id": " VEND001 ", "requested_by": "operator"})

    assert registration == VendorRegistration("VEND001", "Acme", "ops@acme.example", None)


def test_registration_is_suspended_when_asked_for() -> None:
    assert VendorRegistration.from_event({**GOOD, "status": "suspended"}).status == "suspended"


@pytest.mark.parametrize("vendor_id", ["A", "VEND001", "a-b_c", "9lives", "x" * 50])
def test_vendor_id_is_accepted_when_it_can_be_a_folder_and_a_topic(vendor_id: str) -> None:
    assert VendorRegistration.from_event({**GOOD, "vendor_id": vendor_id}).vendor_id == vendor_id


@pytest.mark.parametrize(
    "vendor_id", ["", "-a", "_a", "a/b", "../x", "a b", "x" * 51, "K\u00f6ln", "a\nb", "\uff11", None, "unknown"]
)
def test_registration_is_refused_when_the_vendor_id_cannot_be_one(vendor_id: str | None) -> None:
    with pytest.raises(InvalidVendorError, match=r"^vendor_id: [^;]*$"):
        VendorRegistration.from_event({**GOOD, "vendor_id": vendor_id})


@pytest.mark.parametrize("vendor_name", ["", "  ", "x" * 201, None])
def test_registration_is_refused_when_the_name_is_blank_or_long(vendor_name: str | None) -> None:
    with pytest.raises(InvalidVendorError, match=r"^vendor_name: [^;]*$"):
        VendorRegistration.from_event({**GOOD, "vendor_name": vendor_name})


@pytest.mark.parametrize("email", ["", "acme", "a@b", "a b@c.example", "@c.example", f"{'x' * 250}@c.example", None])
def test_registration_is_refused_when_the_email_is_no_address(email: str | None) -> None:
    with pytest.raises(InvalidVendorError, match=r"^email: [^;]*$"):
        VendorRegistration.from_event({**GOOD, "email": email})


@pytest.mark.parametrize("status", ["", "deleted", "ACTIVE"])
def test_registration_is_refused_when_the_status_is_unknown(status: str) -> None:
    with pytest.raises(InvalidVendorError, match=r"^status: one of active, suspended$"):
        VendorRegistration.from_event({**GOOD, "status": status})


def test_every_problem_is_named_when_there_are_several() -> None:
    with pytest.raises(InvalidVendorError) as caught:
        VendorRegistration.from_event({})

    assert [problem.partition(":")[0] for problem in str(caught.value).split("; ")] == [
        "vendor_id",
        "vendor_name",
        "email",
    ]
