"""People who sign in: invited into the user pool and entered in the access table, or removed from both.

The access table decides. The user pool only proves who somebody is; what it says about a vendor is not asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from onboarding.access import Person, PersonTakenError, Role, UnknownPersonError, UnknownVendorError
from onboarding.stores.access import AccessTable


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class People:
    """Each call may be repeated after it broke off half-way."""

    cognito: Any
    user_pool_id: str
    access: AccessTable
    now: Callable[[], datetime] = _now

    def invite(self, email: str, role: Role, vendor_id: str | None) -> Person:
        """Have the user pool send an invitation, enter the person and return the entry.

        Somebody who has not yet followed the invitation gets it again, with a new temporary password. Raises
        PersonTakenError for an address of somebody else's, UnknownVendorError for a vendor that is not registered.
        """
        email = email.strip().lower()
        if vendor_id is not None and self.access.vendor_status(vendor_id) is None:
            raise UnknownVendorError(f"{vendor_id} is not registered")  # before anybody gets an invitation
        user = self._user(email)
        subject = _subject(user["UserAttributes"]) if user else self._create(email)
        wanted = Person(subject, role, vendor_id, email, self.now())
        entry = self.access.add_person(wanted)
        if (entry.role, entry.vendor_id) != (role, vendor_id):
            raise PersonTakenError(f"{email} signs in for somebody else")
        if user and user["UserStatus"] == "FORCE_CHANGE_PASSWORD":
            self._send_again(email)
        return entry

    def remove(self, email: str) -> Person:
        """Refuse the person from the next request on, sign them out everywhere and delete the user; return who it was.

        Raises UnknownPersonError.
        """
        email = email.strip().lower()
        user = self._user(email)
        if user is None:
            raise UnknownPersonError(f"nobody signs in as {email}")
        subject = _subject(user["UserAttributes"])
        person = self.access.person(subject) or Person(subject, Role.VENDOR, None, email, self.now())
        self.access.remove_person(person)
        self.cognito.admin_delete_user(UserPoolId=self.user_pool_id, Username=email)
        return person

    def has_signed_in(self, person: Person) -> bool:
        """Tell whether the person has followed the invitation and chosen a password."""
        user = self._user(person.email)
        return user is not None and user["UserStatus"] != "FORCE_CHANGE_PASSWORD"

    def _user(self, email: str) -> dict[str, Any] | None:
        try:
            user: dict[str, Any] = self.cognito.admin_get_user(UserPoolId=self.user_pool_id, Username=email)
        except self.cognito.exceptions.UserNotFoundException:
            return None
        return user

    def _create(self, email: str) -> str:
        user = self.cognito.admin_create_user(
            UserPoolId=self.user_pool_id,
            Username=email,
            # Verified: the invitation reaches nobody but its owner, and only that address can reset the password.
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )["User"]
        return _subject(user["Attributes"])

    def _send_again(self, email: str) -> None:
        self.cognito.admin_create_user(
            UserPoolId=self.user_pool_id, Username=email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
        )


def _subject(attributes: list[dict[str, str]]) -> str:
    return next(each["Value"] for each in attributes if each["Name"] == "sub")
