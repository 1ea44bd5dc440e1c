"""Registers vendors: their row, the topic that is theirs alone, who reads it, and who may sign in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import cursor as Cursor

from onboarding.access import PersonTakenError, UnknownVendorError, VendorStatus
from onboarding.operating.journal import OPERATIONS
from onboarding.reporting.recipients import is_confirmed, is_subscribed
from onboarding.stores import actions, vendors
from onboarding.stores.database import Database
from onboarding.stores.vendors import Address, RegisteredVendor
from onboarding.uploads import NO_VENDOR

VENDOR_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}", re.ASCII)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MAX_VENDOR_NAME_LENGTH = 200
MAX_EMAIL_LENGTH = 254
_STATUSES = tuple(VendorStatus)


class InvalidVendorError(ValueError):
    """The registration lacks something or has a value that cannot be."""


@dataclass(frozen=True, slots=True)
class VendorRegistration:
    vendor_id: str
    vendor_name: str
    email: str
    status: str | None = None
    """None: that of a known vendor stays, a new one is active."""

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "VendorRegistration":
        """Return the registration an operator asked for. Raises InvalidVendorError naming each field that is wrong."""
        given = {name: str(event.get(name) or "").strip() for name in ("vendor_id", "vendor_name", "email")}
        status = str(event["status"]).strip() if "status" in event else None
        problems = []
        if not VENDOR_ID.fullmatch(given["vendor_id"]):
            problems.append(
                "vendor_id: 1 to 50 letters, digits, hyphens or underscores, starting with a letter or digit"
            )
        elif given["vendor_id"] == NO_VENDOR:
            problems.append(f'vendor_id: "{NO_VENDOR}" stands for files outside any vendor\'s folder')
        if not 0 < len(given["vendor_name"]) <= MAX_VENDOR_NAME_LENGTH:
            problems.append(f"vendor_name: 1 to {MAX_VENDOR_NAME_LENGTH} characters")
        if not EMAIL.fullmatch(given["email"]) or len(given["email"]) > MAX_EMAIL_LENGTH:
            problems.append("email: an e-mail address")
        if status is not None and status not in _STATUSES:
            problems.append(f"status: one of {', '.join(_STATUSES)}")
        if problems:
            raise InvalidVendorError("; ".join(problems))
        return cls(**given, status=status)


class AccessManagerError(RuntimeError):
    """The access manager did not do what it was asked; the message is its own, and `kind` the name of its error."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


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
            raise AccessManagerError(answer.get("errorMessage", "no answer"), answer.get("errorType", ""))
        return answer


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a registration."""

    topic_arn: str
    status: str
    was_invited: bool
    """The vendor's first person got an invitation."""


@dataclass(frozen=True, slots=True)
class VendorRegistrar:
    """Registering a vendor again changes what differs and nothing else."""

    database: Database
    sns: Any
    topic_prefix: str
    copy_queue_arn: str
    access_manager: AccessManager

    def register(self, registration: VendorRegistration, actor: str = OPERATIONS) -> Registered:
        """Create or update the vendor. Unless a status is given, a suspended vendor stays suspended.

        One topic per vendor: a filter policy on a shared one ends at 200 vendors (SNS quotas).
        CreateTopic and Subscribe return what exists already; a pending subscription is asked to confirm once more.
        """
        vendor_id = registration.vendor_id
        topic_arn: str = self.sns.create_topic(Name=f"{self.topic_prefix}{vendor_id}")["TopicArn"]
        self._subscribe(topic_arn, registration.email)
        status = self.database.run(lambda cursor: _register(cursor, registration, topic_arn, actor))
        try:
            answer = self.access_manager.ask(
                "admit_vendor", vendor_id=vendor_id, status=status, email=registration.email
            )
        except AccessManagerError as error:
            if error.kind != PersonTakenError.__name__:
                raise
            message = f"{vendor_id} is registered, but {error}: invite another person."
            raise InvalidVendorError(message) from error
        self.check_address(vendor_id)
        return Registered(topic_arn, status, answer["invited"])

    def set_status(self, vendor_id: str, status: str, actor: str = OPERATIONS) -> None:
        """Suspend or resume a registered vendor: files, API and portal alike.

        Raises InvalidVendorError for another status and UnknownVendorError.
        """
        if status not in _STATUSES:
            raise InvalidVendorError(f"status: one of {', '.join(_STATUSES)}")
        self.database.run(lambda cursor: _set_status(cursor, vendor_id, status, actor))
        self.access_manager.ask("set_vendor_status", vendor_id=vendor_id, status=status)

    def send_confirmation(self, vendor_id: str, actor: str = OPERATIONS) -> bool:
        """Have SNS ask the vendor's address once more; return whether it is confirmed already, and was not asked.

        Raises UnknownVendorError.
        """
        if self.check_address(vendor_id):
            return True
        address = self._address(vendor_id)
        topic_arn = address.topic_arn or self.sns.create_topic(Name=f"{self.topic_prefix}{vendor_id}")["TopicArn"]
        self.sns.subscribe(TopicArn=topic_arn, Protocol="email", Endpoint=address.email)
        self.database.run(lambda cursor: _record_confirmation(cursor, address, actor))
        return False

    def check_address(self, vendor_id: str) -> bool:
        """Ask SNS whether the vendor's address is confirmed, keep the answer and return it.

        Raises UnknownVendorError.
        """
        address = self._address(vendor_id)
        found = is_confirmed(self.sns, address)
        self.database.run(lambda cursor: vendors.record_check(cursor, address, is_confirmed=found))
        return found

    def _address(self, vendor_id: str) -> Address:
        address = self.database.run(lambda cursor: vendors.find_address(cursor, vendor_id))
        if address is None:
            raise UnknownVendorError(f"{vendor_id} is not registered")
        return address

    def _subscribe(self, topic_arn: str, email: str) -> None:
        """Let the address read the vendor's topic, and those that it had before no longer."""
        self.sns.subscribe(TopicArn=topic_arn, Protocol="email", Endpoint=email)
        if self.copy_queue_arn:
            self.sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=self.copy_queue_arn)
        for page in self.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn):
            for each in page["Subscriptions"]:
                # One that was never confirmed cannot be ended; SNS forgets it by itself.
                if each["Protocol"] == "email" and each["Endpoint"] != email and is_subscribed(each):
                    self.sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])


def _register(cursor: Cursor, registration: VendorRegistration, topic_arn: str, actor: str) -> str:
    """Write the vendor and what changed; return its status."""
    vendor_id = registration.vendor_id
    before = vendors.lock_vendor(cursor, vendor_id)
    status = registration.status or (before.status if before else VendorStatus.ACTIVE)
    wanted = RegisteredVendor(registration.vendor_name, registration.email, status, topic_arn)
    vendors.register_vendor(cursor, vendor_id, wanted)
    old, new = before.as_values() if before else {}, wanted.as_values()
    if not before:
        actions.record(cursor, actor, "register_vendor", vendor_id, after=new)
    elif changed := [name for name in new if new[name] != old[name]]:
        actions.record(
            cursor,
            actor,
            "change_vendor",
            vendor_id,
            before={name: old[name] for name in changed},
            after={name: new[name] for name in changed},
        )
    return status


def _set_status(cursor: Cursor, vendor_id: str, status: str, actor: str) -> None:
    before = vendors.lock_vendor(cursor, vendor_id)
    if before is None:
        raise UnknownVendorError(f"{vendor_id} is not registered")
    if before.status == status:
        return
    vendors.set_vendor_status(cursor, vendor_id, status)
    action = "resume_vendor" if status == VendorStatus.ACTIVE else "suspend_vendor"
    actions.record(cursor, actor, action, vendor_id, before={"status": before.status}, after={"status": status})


def _record_confirmation(cursor: Cursor, address: Address, actor: str) -> None:
    vendors.record_confirmation_sent(cursor, address.vendor_id)
    actions.record(cursor, actor, "send_confirmation", address.vendor_id, after={"email": address.email})
