"""What the commands of `operations/` ask for: done where the database is, and recorded in the operator's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.operating.admitting import Admitting
from onboarding.operating.categories import CategoryKeeping, category_named
from onboarding.operating.journal import OPERATIONS, Journal
from onboarding.registration import AccessManager
from onboarding.stores import actions, categories
from onboarding.stores.categories import Category
from onboarding.stores.database import Database

Answer = dict[str, Any]


class UnknownRequestError(ValueError):
    """The event asks for something that is not one of the requests."""


@dataclass(frozen=True, slots=True)
class Desk:
    database: Database
    access_manager: AccessManager

    def act(self, event: Mapping[str, Any]) -> Answer:
        """Do what the event's `action` names, in the name of its `actor`, and return what came of it.

        Raises UnknownRequestError, CategoryError, and AccessManagerError.
        """
        actor = str(event.get("actor") or OPERATIONS)
        admitting = Admitting(self.access_manager, Journal(self.database), actor)
        match event:
            case {"action": "show_vendor", "vendor_id": str(vendor)}:
                return self.access_manager.ask("show_vendor", vendor_id=vendor)
            case {"action": "invite_person", "vendor_id": str(vendor), "email": str(email)}:
                return admitting.invite_person(vendor, email)
            case {"action": "invite_operator", "email": str(email)}:
                return admitting.invite_operator(email)
            case {"action": "remove_person", "email": str(email)}:
                return admitting.remove_person(email)
            case {"action": "create_api_key", "vendor_id": str(vendor), "label": str(label)}:
                return admitting.create_api_key(vendor, label)
            case {"action": "remove_api_key", "vendor_id": str(vendor), "key_id": str(key_id)}:
                return admitting.remove_api_key(vendor, key_id)
            case {"action": "note", "what": str(what), "subject": str(subject)}:
                return self._note(actor, what, subject, event.get("after"))
        return self._categories(event, CategoryKeeping(self.database, actor))

    def _categories(self, event: Mapping[str, Any], keeping: CategoryKeeping) -> Answer:
        match event:
            case {"action": "list_categories"}:
                found = self.database.run(categories.list_categories)
                return {"categories": [{**_described(each), "products": products} for each, products in found]}
            case {"action": "add_category", "name": str(name)}:
                return _described(keeping.add(name))
            case {"action": "rename_category", "name": str(name), "new_name": str(new_name)}:
                return _described(keeping.rename(self._number(name), new_name))
            case {"action": "retire_category", "name": str(name)}:
                return _described(keeping.retire(self._number(name)))
            case {"action": "restore_category", "name": str(name)}:
                return _described(keeping.restore(self._number(name)))
        raise UnknownRequestError("no such action, or one of its fields is missing")

    def _number(self, name: str) -> int:
        return category_named(self.database, name).category_id

    def _note(self, actor: str, what: str, subject: str, after: Mapping[str, Any] | None) -> Answer:
        """Record what a command has done by itself."""
        self.database.run(lambda cursor: actions.record(cursor, actor, what, subject, after=after))
        return {"noted": what}


def _described(category: Category) -> Answer:
    return {
        "category_id": category.category_id,
        "name": category.name,
        "is_active": category.is_active,
        "former_names": list(category.former_names),
    }
