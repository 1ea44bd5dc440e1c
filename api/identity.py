"""Who is calling: looked up in the access table at each request, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from onboarding.access import Role, VendorStatus
from onboarding.stores.access import AccessTable

__all__ = ["Caller", "Callers", "Refusal", "RefusedCallerError", "Role"]


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or a program that may come in."""

    role: Role
    vendor_id: str | None
    """None for operators. The only place that the vendor of a request comes from."""
    subject: str
    """A person's `sub`, or a key's id."""
    label: str
    """A person's e-mail address, or a key's label."""
    is_person: bool


class Refusal(StrEnum):
    """Why a caller who proved who it is may not come in all the same."""

    UNKNOWN_CALLER = "unknown_caller"
    """The person was removed, or signed in to something else of the user pool."""
    VENDOR_SUSPENDED = "vendor_suspended"
    VENDOR_UNKNOWN = "vendor_unknown"


class RefusedCallerError(Exception):
    """The caller may not come in; the answer is 403, whatever the route."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Callers:
    """One method for each kind of caller. Events are those of an HTTP API (payload format 2.0)."""

    access: AccessTable

    def person_of(self, event: Mapping[str, Any]) -> Caller:
        """Return the person whose access token the JWT authoriser has verified. Raises RefusedCallerError.

        Only the token's `sub` counts: whatever else stands in it may have been true when it was issued.
        """
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
        # The routes' scope keeps identity tokens out; a route that lacked it must not let one in.
        if claims.get("token_use") != "access":
            raise RefusedCallerError(Refusal.UNKNOWN_CALLER)
        person = self.access.person(claims["sub"])
        if person is None:
            raise RefusedCallerError(Refusal.UNKNOWN_CALLER)
        if person.role is Role.VENDOR:
            self._require_active(person.vendor_id)
        return Caller(person.role, person.vendor_id, person.subject, person.email, is_person=True)

    def program_of(self, event: Mapping[str, Any]) -> Caller:
        """Return the program whose API key the Lambda authoriser has just looked up. Raises RefusedCallerError.

        The authoriser's answers are not cached, so its context is of this request.
        """
        context = event["requestContext"]["authorizer"]["lambda"]
        self._require_active(context["vendor_id"])
        return Caller(Role.VENDOR, context["vendor_id"], context["key_id"], context["label"], is_person=False)

    def _require_active(self, vendor_id: str | None) -> None:
        status = self.access.vendor_status(vendor_id) if vendor_id else None
        if status is None:
            raise RefusedCallerError(Refusal.VENDOR_UNKNOWN)
        if status is not VendorStatus.ACTIVE:
            raise RefusedCallerError(Refusal.VENDOR_SUSPENDED)
