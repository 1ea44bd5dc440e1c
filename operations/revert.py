"""Takes an upload back, after saying what that means. The database is out of reach, so a function does it."""

import json
from typing import Any

_SERVICE = "product-onboarding"


class NotRevertedError(RuntimeError):
    """There is no such upload, or it cannot be taken back."""


class Reverting:
    """Asks the upload reverter of a stage."""

    def __init__(self, functions: Any, stage: str, actor: str = "operations") -> None:
        """Use this client of Lambda; `actor` is in whose name what is done is recorded."""
        self._functions = functions
        self._stage = stage
        self._actor = actor

    def preview(self, upload_id: str) -> dict[str, Any]:
        """Return what taking the upload back would do. Raises NotRevertedError."""
        return self._ask(upload_id, carry_out=False)

    def carry_out(self, upload_id: str) -> dict[str, Any]:
        """Take the upload back and return what that did. Raises NotRevertedError."""
        return self._ask(upload_id, carry_out=True)

    def _ask(self, upload_id: str, *, carry_out: bool) -> dict[str, Any]:
        response = self._functions.invoke(
            FunctionName=f"{_SERVICE}-{self._stage}-upload-reverter",
            Payload=json.dumps({"upload_id": upload_id, "carry_out": carry_out, "actor": self._actor}),
        )
        answer: dict[str, Any] = json.loads(response["Payload"].read())
        if response.get("FunctionError"):
            raise NotRevertedError(answer.get("errorMessage", "The upload reverter failed; see its log."))
        return answer


def sentences(answer: dict[str, Any]) -> str:
    """Return an answer of the upload reverter in words."""
    fields = ", ".join(f"{name} of {count}" for name, count in sorted(answer["changed_fields"].items())) or "nothing"
    verb = "were" if answer["is_done"] else "would be"
    return (
        f"{answer['upload_id']}: {answer['mode']} of {answer['file_name']} by {answer['vendor_id']}\n"
        f"  {answer['changed']} products {verb} changed back: {fields}\n"
        f"  {answer['superseded']} products keep what later uploads have set\n"
        f"  {answer['unchanged']} products have the old values already"
    )
