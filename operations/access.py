"""Lets vendors, people and programs in and keeps them out, by the functions of a deployed stage."""

import json
from typing import Any

_SERVICE = "product-onboarding"


class RefusedError(RuntimeError):
    """The function did not do it; the message is the function's own."""


class Access:
    """What operators may ask for, each a call of one function. Any of it may be repeated."""

    def __init__(self, functions: Any, stage: str) -> None:
        """Use this client of Lambda."""
        self._functions = functions
        self._stage = stage

    def register(self, vendor_id: str, name: str, email: str) -> dict[str, Any]:
        """Register a vendor or change its name or address; its first person is invited."""
        return self._invoke("vendor-registrar", {"vendor_id": vendor_id, "vendor_name": name, "email": email})

    def set_status(self, vendor_id: str, status: str) -> dict[str, Any]:
        """Suspend (`suspended`) or resume (`active`) a vendor, from the next request and the next file on."""
        return self._invoke("vendor-registrar", {"vendor_id": vendor_id, "status": status})

    def ask(self, action: str, **fields: str) -> dict[str, Any]:
        """Have the access manager do an action (onboarding/admission.py) and return its answer."""
        return self._invoke("access-manager", {"action": action, **fields})

    def _invoke(self, function: str, event: dict[str, str]) -> dict[str, Any]:
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
