"""The access table: who may come in, looked up at each request.

Items by their key `id`: `vendor#{id}` (status, and which people and keys are the vendor's), `operators` (which people
are), `person#{sub}`, `key#{SHA-256}`, and `idempotency#{vendor}#{key}` with what a request was answered. DynamoDB, so
that no sign-in and no refusal waits for a database that sleeps. Reads are consistent: what was taken away is gone at
the next request.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from onboarding.access import ApiKey, Person, Role, TooManyKeysError, UnknownVendorError, VendorStatus
from onboarding.api_keys import MAX_KEYS_PER_VENDOR

Item = Mapping[str, Mapping[str, Any]]

IDEMPOTENCY_LIFETIME = timedelta(hours=24)
_CONFLICT_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class RememberedRequest:
    """What the first request with an Idempotency-Key was and was answered."""

    fingerprint: str
    """Digest of the request's body."""
    answer: str


@dataclass(frozen=True, slots=True)
class AccessTable:
    """The table's reads and writes; raises botocore's ClientError when DynamoDB refuses one."""

    client: Any
    table_name: str
    sleep: Callable[[float], None] = time.sleep

    ##### Vendors

    def vendor_status(self, vendor_id: str) -> VendorStatus | None:
        """Return whether the vendor is let in; None for one that is not registered."""
        item = self._get(_vendor_key(vendor_id))
        return VendorStatus(item["status"]["S"]) if item else None

    def set_vendor_status(self, vendor_id: str, status: VendorStatus) -> None:
        """Let the vendor in or keep it out, from the next request on. Its people and keys stay as they are."""
        self.client.update_item(
            TableName=self.table_name,
            Key=_vendor_key(vendor_id),
            UpdateExpression="SET #status = :status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":status": {"S": status}},
        )

    ##### People

    def person(self, subject: str) -> Person | None:
        """Return the person with this `sub`."""
        item = self._get(_person_key(subject))
        return _person_of(subject, item) if item else None

    def people(self, vendor_id: str) -> list[Person]:
        """Return the vendor's people, the earliest first."""
        return self._people(_vendor_key(vendor_id))

    def operators(self) -> list[Person]:
        """Return the operators, the earliest first."""
        return self._people(_OPERATORS)

    def _people(self, group: Item) -> list[Person]:
        subjects = (self._get(group) or {}).get("people", {"SS": []})["SS"]
        found = [self.person(subject) for subject in subjects]
        return sorted((each for each in found if each), key=lambda each: (each.created_at, each.subject))

    def add_person(self, person: Person) -> Person:
        """Keep the person and return what is kept: of one who is known already, the earlier entry.

        Raises UnknownVendorError.
        """
        put = {
            "Put": {
                "TableName": self.table_name,
                "Item": _person_item(person),
                "ConditionExpression": "attribute_not_exists(id)",
            }
        }
        if person.vendor_id:
            join = self._join(_vendor_key(person.vendor_id), "people", person.subject)
        else:
            join = self._change(_OPERATORS, "ADD", "people", person.subject)
        if self._write([put, join]):
            return person
        known = self.person(person.subject)
        if known is None:
            raise UnknownVendorError(f"{person.vendor_id} is not registered")
        if known.role is Role.OPERATOR and person.role is Role.OPERATOR:
            self._write([join])  # operators of release 0.2.0 stand in no list until they are invited again
        return known

    def remove_person(self, person: Person) -> None:
        """Forget the person, who is refused from the next request on. The same call again changes nothing."""
        delete = {"Delete": {"TableName": self.table_name, "Key": _person_key(person.subject)}}
        self._write([delete, self._change(_group_of(person), "DELETE", "people", person.subject)])

    ##### API keys

    def key(self, digest: str) -> ApiKey | None:
        """Return the key with this SHA-256."""
        item = self._get(_api_key_key(digest))
        return _api_key_of(digest, item) if item else None

    def keys(self, vendor_id: str) -> list[ApiKey]:
        """Return the vendor's keys, the earliest first."""
        vendor = self._get(_vendor_key(vendor_id)) or {}
        found = [self.key(digest) for digest in vendor.get("keys", {"SS": []})["SS"]]
        return sorted((each for each in found if each), key=lambda each: (each.created_at, each.key_id))

    def add_key(self, key: ApiKey) -> None:
        """Keep the key; of two calls at once only one gets the last place.

        Raises TooManyKeysError or UnknownVendorError.
        """
        put = {
            "Put": {
                "TableName": self.table_name,
                "Item": _api_key_item(key),
                "ConditionExpression": "attribute_not_exists(id)",
            }
        }
        join = self._join(_vendor_key(key.vendor_id), "keys", key.digest)
        join["Update"]["ConditionExpression"] += " AND (attribute_not_exists(#set) OR size(#set) < :limit)"
        join["Update"]["ExpressionAttributeValues"][":limit"] = {"N": str(MAX_KEYS_PER_VENDOR)}
        if self._write([put, join]):
            return
        if self.vendor_status(key.vendor_id) is None:
            raise UnknownVendorError(f"{key.vendor_id} is not registered")
        raise TooManyKeysError(f"{key.vendor_id} has {MAX_KEYS_PER_VENDOR} keys, which is as many as a vendor may have")

    def remove_key(self, vendor_id: str, key_id: str) -> bool:
        """Remove the vendor's key of this id, refused from the next request on; return whether there was one."""
        for key in self.keys(vendor_id):
            if key.key_id == key_id:
                delete = {"Delete": {"TableName": self.table_name, "Key": _api_key_key(key.digest)}}
                return self._write([delete, self._change(_vendor_key(vendor_id), "DELETE", "keys", key.digest)])
        return False

    def mark_used(self, key: ApiKey, now: datetime) -> None:
        """Note that the key was used, to the hour: one write an hour, however many requests."""
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if key.last_used_at is not None and key.last_used_at >= hour:
            return
        try:
            self.client.update_item(
                TableName=self.table_name,
                Key=_api_key_key(key.digest),
                UpdateExpression="SET last_used_at = :hour",
                # A key that is removed at this moment must not come back as an item with nothing but a time.
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeValues={":hour": {"S": hour.isoformat()}},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return

    ##### Idempotency-Key

    def remember_request(
        self, vendor_id: str, idempotency_key: str, request: RememberedRequest, now: datetime
    ) -> RememberedRequest:
        """Return what this key stands for: the given request, or the vendor's first one with it in 24 hours."""
        item_key = {"id": {"S": f"idempotency#{vendor_id}#{idempotency_key}"}}
        try:
            self.client.put_item(
                TableName=self.table_name,
                Item={
                    **item_key,
                    "fingerprint": {"S": request.fingerprint},
                    "answer": {"S": request.answer},
                    "expires_at": {"N": str(int((now + IDEMPOTENCY_LIFETIME).timestamp()))},
                },
                # DynamoDB deletes expired items when it finds the time, within days.
                ConditionExpression="attribute_not_exists(id) OR expires_at <= :now",
                ExpressionAttributeValues={":now": {"N": str(int(now.timestamp()))}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            first = error.response.get("Item") or self._get(item_key) or {}
            return RememberedRequest(first["fingerprint"]["S"], first["answer"]["S"])
        return request

    ##### DynamoDB

    def _get(self, key: Item) -> Item | None:
        item: Item | None = self.client.get_item(TableName=self.table_name, Key=key, ConsistentRead=True).get("Item")
        return item

    def _join(self, group: Item, members: str, member: str) -> dict[str, Any]:
        """Return the update that adds to one of a vendor's sets, if the vendor is known."""
        update = self._change(group, "ADD", members, member)
        update["Update"]["ConditionExpression"] = "attribute_exists(id)"
        return update

    def _change(self, group: Item, verb: str, members: str, member: str) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self.table_name,
                "Key": group,
                "UpdateExpression": f"{verb} #set :member",
                "ExpressionAttributeNames": {"#set": members},
                "ExpressionAttributeValues": {":member": {"SS": [member]}},
            }
        }

    def _write(self, writes: Sequence[Mapping[str, Any]]) -> bool:
        """Write all or nothing; return False when a condition does not hold.

        Another transaction on the same vendor at the same moment cancels this one; it is then tried again.
        """
        for attempt in range(_CONFLICT_ATTEMPTS):
            try:
                self.client.transact_write_items(TransactItems=writes)
            except self.client.exceptions.TransactionCanceledException as error:
                codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
                if "ConditionalCheckFailed" in codes:
                    return False
                if "TransactionConflict" not in codes or attempt == _CONFLICT_ATTEMPTS - 1:
                    raise
                self.sleep(0.05 * 2**attempt)
            else:
                return True
        raise AssertionError("the last attempt returns or raises")


_OPERATORS = {"id": {"S": "operators"}}


def _group_of(person: Person) -> dict[str, dict[str, str]]:
    return _vendor_key(person.vendor_id) if person.vendor_id else _OPERATORS


def _vendor_key(vendor_id: str) -> dict[str, dict[str, str]]:
    return {"id": {"S": f"vendor#{vendor_id}"}}


def _person_key(subject: str) -> dict[str, dict[str, str]]:
    return {"id": {"S": f"person#{subject}"}}


def _api_key_key(digest: str) -> dict[str, dict[str, str]]:
    return {"id": {"S": f"key#{digest}"}}


def _person_item(person: Person) -> dict[str, dict[str, str]]:
    item = {
        **_person_key(person.subject),
        "role": {"S": str(person.role)},
        "email": {"S": person.email},
        "created_at": {"S": person.created_at.isoformat()},
    }
    if person.vendor_id is not None:
        item["vendor_id"] = {"S": person.vendor_id}
    return item


def _person_of(subject: str, item: Item) -> Person:
    return Person(
        subject=subject,
        role=Role(item["role"]["S"]),
        vendor_id=item["vendor_id"]["S"] if "vendor_id" in item else None,
        email=item["email"]["S"],
        created_at=datetime.fromisoformat(item["created_at"]["S"]),
    )


def _api_key_item(key: ApiKey) -> dict[str, dict[str, str]]:
    return {
        **_api_key_key(key.digest),
        "vendor_id": {"S": key.vendor_id},
        "key_id": {"S": key.key_id},
        "label": {"S": key.label},
        "created_at": {"S": key.created_at.isoformat()},
        "created_by": {"S": key.created_by},
    }


def _api_key_of(digest: str, item: Item) -> ApiKey:
    return ApiKey(
        digest=digest,
        key_id=item["key_id"]["S"],
        vendor_id=item["vendor_id"]["S"],
        label=item["label"]["S"],
        created_at=datetime.fromisoformat(item["created_at"]["S"]),
        created_by=item["created_by"]["S"],
        last_used_at=datetime.fromisoformat(item["last_used_at"]["S"]) if "last_used_at" in item else None,
    )
