"""Lets people and programs of vendors in and keeps them out on an operator's word, by the access manager."""

from dataclasses import dataclass
from typing import Any

from onboarding.operating.journal import Journal
from onboarding.registration import AccessManager

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Admitting:
    """What one operator may do, each action recorded. All raise AccessManagerError when it is refused."""

    access_manager: AccessManager
    journal: Journal
    actor: str

    def invite_person(self, vendor_id: str, email: str) -> Answer:
        """Invite a person of the vendor, or send the invitation again."""
        with self.journal.entry(self.actor, "invite_person", vendor_id) as entry:
            answer = self.access_manager.ask("invite_person", vendor_id=vendor_id, email=email)
            entry.after = {"email": answer["invited"]}
        return answer

    def invite_operator(self, email: str) -> Answer:
        """Invite an operator, or send the invitation again."""
        with self.journal.entry(self.actor, "invite_operator", email.strip().lower()) as entry:
            answer = self.access_manager.ask("invite_operator", email=email)
            entry.after = {"email": answer["invited"]}
        return answer

    def remove_person(self, email: str) -> Answer:
        """Let a person in no longer, whoever it is."""
        email = email.strip().lower()
        with self.journal.entry(self.actor, "remove_person", email, before={"email": email}) as entry:
            answer = self.access_manager.ask("remove_person", email=email)
            entry.after = {"vendor_id": answer["vendor_id"]}
        return answer

    def create_api_key(self, vendor_id: str, label: str) -> Answer:
        """Make a key. The answer is the only place where it ever stands."""
        with self.journal.entry(self.actor, "create_api_key", vendor_id) as entry:
            answer = self.access_manager.ask("create_api_key", vendor_id=vendor_id, label=label, created_by=self.actor)
            entry.after = {"key_id": answer["key_id"], "label": answer["label"]}
        return answer

    def remove_api_key(self, vendor_id: str, key_id: str) -> Answer:
        """Remove a key; the answer says whether there was one."""
        with self.journal.entry(self.actor, "remove_api_key", vendor_id, before={"key_id": key_id}) as entry:
            answer = self.access_manager.ask("remove_api_key", vendor_id=vendor_id, key_id=key_id)
            entry.after = {"removed": answer["removed"]}
        return answer
