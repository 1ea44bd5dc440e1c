"""Who may come in: people, programs with an API key, and whether their vendor is let in at all."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a caller is: one of a vendor's, or one of TechMart's operators."""

    VENDOR = "vendor"
    OPERATOR = "operator"


class VendorStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in. `subject` is the user pool's `sub`, which never changes and is never given out again."""

    subject: str
    role: Role
    vendor_id: str | None
    """None for operators."""
    email: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key: never the key itself, only its SHA-256 in hex."""

    digest: str
    key_id: str
    vendor_id: str
    label: str
    created_at: datetime
    created_by: str
    """E-mail address of the person, or `operations`."""
    last_used_at: datetime | None = None
    """To the hour."""


class UnknownVendorError(LookupError):
    """The vendor has not been registered."""


class TooManyKeysError(Exception):
    """The vendor has as many keys as it may have; one has to be removed first."""


class PersonTakenError(Exception):
    """The e-mail address belongs to a person of another vendor, or to an operator."""


class UnknownPersonError(LookupError):
    """Nobody signs in with this e-mail address."""
