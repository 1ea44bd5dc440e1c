"""Lets vendors, people and programs in and keeps them out, by the functions of a deployed stage."""

import json
from typing import Any

_SERVICE = "product-onboarding"


class RefusedError(RuntimeError):
    """The function did not do it; the message is the function's own."""


class Access:
    """What operators may ask for, each a call of one function. Any of it may be repeated."""

    def __init__(self, functions: Any, stage: str, actor: str = "operations") -> None:
        """Use this client of Lambda; `actor` is in whose name what is done is recorded."""
        self._functions = functions
        self._stage = stage
        self._actor = actor

    def register(self, vendor_id: str, name: str, email: str) -> dict[str, Any]:
        """Register a vendor or change its name or address; its first person is invited."""
        event = {"vendor_id": vendor_id, "vendor_name": name, "email": email, "actor": self._actor}
        return self._invoke("vendor-registrar", event)

    def set_status(self, vendor_id: str, status: str) -> dict[str, Any]:
        """Suspend (`suspended`) or resume (`active`) a vendor, from the next request and the next file on."""
        return self._invoke("vendor-registrar", {"vendor_id": vendor_id, "status": status, "actor": self._actor})

    def send_confirmation(self, vendor_id: str) -> dict[str, Any]:
        """Have the vendor's address asked once more to confirm that it wants e-mails."""
        event = {"vendor_id": vendor_id, "action": "send_confirmation", "actor": self._actor}
        return self._invoke("vendor-registrar", event)

    def record(self, action: str, **fields: Any) -> dict[str, Any]:
        """Have the operator desk do an action (onboarding/operating/desk.py), recorded, and return its answer."""
        return self._invoke("operator-desk", {"action": action, "actor": self._actor, **fields})

    def ask(self, action: str, **fields: str) -> dict[str, Any]:
        """Have the access manager do an action (onboarding/admission.py), unrecorded, and return its answer."""
        return self._invoke("access-manager", {"action": action, **fields})

    def _invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        response = self._functions.invoke(
            FunctionName=f"{_SERVICE}-{self._stage}-{function}", Payload=json.dumps(event).encode()
        )
        text = response["Payload"].read().decode(errors="replace")
        if "FunctionError" in response:
            raise RefusedError(_message_of(text))
        answer: dict[str, Any] = json.loads(text)
        return answer


def _message_of(text: str) -> str:
    """Return the sentence in a failed function's answer; the whole answer when there is none."""
    try:
        answer = json.loads(text)
    except ValueError:
        return text
    message = answer.get("errorMessage") if isinstance(answer, dict) else None
    return message or text
