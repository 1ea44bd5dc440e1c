"""Asks the operators' part of the API as a signed-in operator does."""

from dataclasses import dataclass
from typing import Any

from tests.handlers.api_client import ApiClient, Reply
from tests.handlers.world import World

OLGA = "olga@techmart.example"


@dataclass(frozen=True)
class Operator:
    """Olga, who is signed in."""

    api: ApiClient

    @property
    def world(self) -> World:
        return self.api.world

    def get(self, path: str, query: str = "", **headers: str) -> Reply:
        return self.api.ask("GET", path, query=query, headers=headers, **self._signed_in)

    def send(self, method: str, path: str, body: object = None) -> Reply:
        if body is None:
            return self.api.ask(method, path, **self._signed_in)
        return self.api.send(method, path, body, **self._signed_in)

    def ask(self, method: str, path: str, **how: Any) -> Reply:
        """Ask in any way; `how` as for ApiClient.ask."""
        return self.api.ask(method, path, **how, **self._signed_in)

    def actions(self) -> list[tuple[str, str, dict[str, Any] | None, dict[str, Any] | None]]:
        """Return action, subject, before and after of what was recorded, oldest first; all of it by Olga."""
        found = self.get("/admin/actions").json["data"]
        assert {each["actor"] for each in found} <= {OLGA}
        return [(each["action"], each["subject"], each["before"], each["after"]) for each in reversed(found)]

    @property
    def _signed_in(self) -> dict[str, Any]:
        return {
            "prefix": "/portal/v1",
            "authorizer": {"jwt": {"claims": {"sub": "sub-olga", "token_use": "access"}, "scopes": None}},
        }
