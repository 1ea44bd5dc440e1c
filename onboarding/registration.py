"""Registers vendors: their row, the topic that is theirs alone, who reads it, and who may sign in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.access import UnknownVendorError, VendorStatus
from onboarding.stores import vendors
from onboarding.stores.database import Database
from onboarding.uploads import NO_VENDOR

_VENDOR_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_STATUSES = tuple(VendorStatus)


class InvalidVendorError(ValueError):
    """The registration lacks something or has a value that cannot be."""


@dataclass(frozen=True, slots=True)
class VendorRegistration:
    vendor_id: str
    vendor_name: str
    email: str
    status: str = "active"

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "VendorRegistration":
        """Return the registration an operator asked for. Raises InvalidVendorError naming each field that is wrong."""
        given = {name: str(event.get(name) or "").strip() for name in ("vendor_id", "vendor_name", "email")}
        status = str(event.get("status", "active")).strip()
        problems = []
        if not _VENDOR_ID.fullmatch(given["vendor_id"]):
            problems.append(
                "vendor_id: 1 to 50 letters, digits, hyphens or underscores, starting with a letter or digit"
            )
        elif given["vendor_id"] == NO_VENDOR:
            problems.append(f'vendor_id: "{NO_VENDOR}" stands for files outside any vendor\'s folder')
        if not 0 < len(given["vendor_name"]) <= 200:
            problems.append("vendor_name: 1 to 200 characters")
        if not _EMAIL.fullmatch(given["email"]) or len(given["email"]) > 254:
            problems.append("email: an e-mail address")
        if status not in _STATUSES:
            problems.append(f"status: one of {', '.join(_STATUSES)}")
        if problems:
            raise InvalidVendorError("; ".join(problems))
        return cls(**given, status=status)


class AccessManagerError(RuntimeError):
    """The access manager did not do what it was asked; the message is its own."""


@dataclass(frozen=True, slots=True)
class AccessManager:
    """The function that knows the user pool and the access table (handlers/access_manager.py)."""

    functions: Any
    """A client of Lambda."""
    name: str

    def ask(self, action: str, **fields: str) -> dict[str, Any]:
        """Have it do an action and return its answer. Raises AccessManagerError."""
        response = self.functions.invoke(FunctionName=self.name, Payload=json.dumps({"action": action, **fields}))
        answer: dict[str, Any] = json.loads(response["Payload"].read())
        if "FunctionError" in response:
            raise AccessManagerError(answer.get("errorMessage", "no answer"))
        return answer


@dataclass(frozen=True, slots=True)
class VendorRegistrar:
    """Registering a vendor again changes what differs and nothing else."""

    database: Database
    sns: Any
    topic_prefix: str
    copy_queue_arn: str
    access_manager: AccessManager

    def register(self, registration: VendorRegistration) -> tuple[str, bool]:
        """Create or update the vendor; return the ARN of its topic, and whether its first person was invited.

        One topic per vendor: a filter policy on a shared one ends at 200 vendors (SNS quotas).
        CreateTopic and Subscribe return what exists already.
        """
        topic_arn: str = self.sns.create_topic(Name=f"{self.topic_prefix}{registration.vendor_id}")["TopicArn"]
        self.sns.subscribe(TopicArn=topic_arn, Protocol="email", Endpoint=registration.email)
        if self.copy_queue_arn:
            self.sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=self.copy_queue_arn)
        self.database.run(
            lambda cursor: vendors.register_vendor(
                cursor,
                registration.vendor_id,
                registration.vendor_name,
                registration.email,
                registration.status,
                topic_arn,
            )
        )
        answer = self.access_manager.ask(
            "admit_vendor",
            vendor_id=registration.vendor_id,
            status=registration.status,
            email=registration.email,
        )
        return topic_arn, answer["invited"]

    def set_status(self, vendor_id: str, status: str) -> None:
        """Suspend or resume a registered vendor: files, API and portal alike.

        Raises InvalidVendorError for another status and UnknownVendorError.
        """
        if status not in _STATUSES:
            raise InvalidVendorError(f"status: one of {', '.join(_STATUSES)}")
        if not self.database.run(lambda cursor: vendors.set_vendor_status(cursor, vendor_id, status)):
            raise UnknownVendorError(f"{vendor_id} is not registered")
        self.access_manager.ask("set_vendor_status", vendor_id=vendor_id, status=status)
