"""What operators do about access: let vendors in and keep them out, invite people, make keys for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from onboarding.access import ApiKey, Person, Role, VendorStatus
from onboarding.api_keys import KeyKind, new_key, record_of
from onboarding.people import People
from onboarding.stores.access import AccessTable

OPERATIONS = "operations"
"""Who made a key that no signed-in person made."""

Answer = dict[str, Any]


class UnknownActionError(ValueError):
    """The event asks for something that is not one of the actions."""


@dataclass(frozen=True, slots=True)
class Admission:
    access: AccessTable
    people: People
    key_kind: KeyKind

    def act(self, event: Mapping[str, Any]) -> Answer:
        """Do what the event's `action` names and return what an operator wants to know of it.

        Raises UnknownActionError, and what the action raises for a vendor, person or label that is not right.
        """
        match event:
            case {"action": "admit_vendor", "vendor_id": str(vendor), "status": str(status), "email": str(email)}:
                return self._admit(vendor, VendorStatus(status), email)
            case {"action": "set_vendor_status", "vendor_id": str(vendor), "status": str(status)}:
                self.access.set_vendor_status(vendor, VendorStatus(status))
                return {"vendor_id": vendor, "status": status}
            case {"action": "invite_person", "vendor_id": str(vendor), "email": str(email)}:
                return self._invite(email, Role.VENDOR, vendor)
            case {"action": "invite_operator", "email": str(email)}:
                return self._invite(email, Role.OPERATOR, None)
            case {"action": "remove_person", "email": str(email)}:
                person = self.people.remove(email)
                return {"removed": person.email, "vendor_id": person.vendor_id}
            case {"action": "create_api_key", "vendor_id": str(vendor), "label": str(label)}:
                return self._create_key(vendor, label, str(event.get("created_by", OPERATIONS)))
            case {"action": "remove_api_key", "vendor_id": str(vendor), "key_id": str(key_id)}:
                return {"removed": self.access.remove_key(vendor, key_id), "key_id": key_id}
            case {"action": "show_vendor", "vendor_id": str(vendor)}:
                return self._show(vendor)
            case {"action": "list_operators"}:
                return {"people": self._people(self.access.operators())}
        raise UnknownActionError("no such action, or one of its fields is missing")

    def _admit(self, vendor_id: str, status: VendorStatus, email: str) -> Answer:
        """Enter the vendor. Its first person is invited once: later ones by name, so that nobody comes back unasked."""
        self.access.set_vendor_status(vendor_id, status)
        invited = status is VendorStatus.ACTIVE and not self.access.people(vendor_id)
        if invited:
            self.people.invite(email, Role.VENDOR, vendor_id)
        return {"vendor_id": vendor_id, "status": status, "invited": invited}

    def _invite(self, email: str, role: Role, vendor_id: str | None) -> Answer:
        person = self.people.invite(email, role, vendor_id)
        return {"invited": person.email, "role": person.role, "vendor_id": person.vendor_id}

    def _create_key(self, vendor_id: str, label: str, created_by: str) -> Answer:
        key = new_key(self.key_kind)
        record = record_of(key, vendor_id, label, created_by, datetime.now(UTC))
        self.access.add_key(record)
        return {"key": key, **_described(record)}

    def _show(self, vendor_id: str) -> Answer:
        return {
            "vendor_id": vendor_id,
            "status": self.access.vendor_status(vendor_id),
            "people": self._people(self.access.people(vendor_id)),
            "api_keys": [_described(key) for key in self.access.keys(vendor_id)],
        }

    def _people(self, people: Sequence[Person]) -> list[Answer]:
        return [
            {
                "email": person.email,
                "created_at": person.created_at.isoformat(),
                "has_signed_in": self.people.has_signed_in(person),
            }
            for person in people
        ]


def _described(key: ApiKey) -> Answer:
    return {
        "key_id": key.key_id,
        "label": key.label,
        "created_at": key.created_at.isoformat(),
        "created_by": key.created_by,
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
    }
