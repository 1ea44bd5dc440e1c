"""The access table: what is kept, what is counted, and what two calls at once may not do."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models import DynamoDBBackend

from tests.handlers.world import ACCESS_TABLE, Functions, World

if TYPE_CHECKING:
    from onboarding.access import ApiKey, Person
    from onboarding.stores.access import AccessTable, RememberedRequest

NOW = datetime(2026, 11, 24, 10, 30, 45, tzinfo=UTC)


@pytest.fixture
def access(world: World) -> "AccessTable":
    from onboarding.access import VendorStatus

    table = world.access
    table.set_vendor_status("VEND001", VendorStatus.ACTIVE)
    table.set_vendor_status("VEND002", VendorStatus.ACTIVE)
    return table


def _key(n: int, vendor_id: str = "VEND001", created_at: datetime = NOW) -> "ApiKey":
    from onboarding.access import ApiKey

    return ApiKey(f"{n:064x}", f"key_{n:016x}", vendor_id, f"Key {n}", created_at, "operations")


def _kept(access: "AccessTable", n: int) -> "ApiKey":
    key = access.key(_key(n).digest)
    assert key
    return key


def _person(subject: str, vendor_id: str | None = "VEND001") -> "Person":
    from onboarding.access import Person, Role

    role = Role.VENDOR if vendor_id else Role.OPERATOR
    return Person(subject, role, vendor_id, f"{subject}@vendor.example", NOW)


def test_vendor_is_unknown_when_it_was_never_admitted(access: "AccessTable") -> None:
    assert access.vendor_status("VEND404") is None
    assert access.people("VEND404") == []
    assert access.keys("VEND404") == []


def test_vendor_keeps_people_and_keys_when_it_is_suspended(access: "AccessTable") -> None:
    from onboarding.access import VendorStatus

    access.add_person(_person("sub-1"))
    access.add_key(_key(1))

    access.set_vendor_status("VEND001", VendorStatus.SUSPENDED)

    assert access.vendor_status("VEND001") is VendorStatus.SUSPENDED
    assert access.vendor_status("VEND002") is VendorStatus.ACTIVE
    assert access.people("VEND001") == [_person("sub-1")]
    assert access.keys("VEND001") == [_key(1)]


def test_person_is_found_by_subject_when_added(access: "AccessTable") -> None:
    assert access.add_person(_person("sub-1")) == _person("sub-1")
    assert access.add_person(_person("sub-2", None)) == _person("sub-2", None)

    assert access.person("sub-1") == _person("sub-1")
    assert access.person("sub-2") == _person("sub-2", None)
    assert access.person("sub-3") is None


def test_operators_are_listed_until_they_are_removed(access: "AccessTable") -> None:
    access.add_person(_person("sub-1", None))
    access.add_person(_person("sub-2", None))
    access.add_person(_person("sub-3"))

    access.remove_person(_person("sub-1", None))

    assert access.operators() == [_person("sub-2", None)]


def test_operator_of_an_earlier_release_is_listed_when_invited_again(access: "AccessTable") -> None:
    access.add_person(_person("sub-1", None))
    access.client.delete_item(TableName=ACCESS_TABLE, Key={"id": {"S": "operators"}})
    assert access.operators() == []

    access.add_person(_person("sub-1"))  # not by a vendor's invitation
    assert access.operators() == []
    access.add_person(_person("sub-1", None))

    assert access.operators() == [_person("sub-1", None)]


def test_person_stays_with_the_first_vendor_when_added_to_another(access: "AccessTable") -> None:
    access.add_person(_person("sub-1"))

    assert access.add_person(_person("sub-1", "VEND002")) == _person("sub-1")

    assert access.people("VEND002") == []


def test_person_is_refused_when_the_vendor_is_unknown(access: "AccessTable") -> None:
    from onboarding.access import UnknownVendorError

    with pytest.raises(UnknownVendorError):
        access.add_person(_person("sub-1", "VEND404"))

    assert access.person("sub-1") is None


def test_person_is_gone_when_removed_once_or_twice(access: "AccessTable") -> None:
    access.add_person(_person("sub-1"))

    access.remove_person(_person("sub-1"))
    access.remove_person(_person("sub-1"))

    assert access.person("sub-1") is None
    assert access.people("VEND001") == []


def test_keys_are_listed_by_age_and_vendor_when_added(access: "AccessTable") -> None:
    older = _key(9, created_at=NOW - timedelta(days=1))
    for key in (_key(1), older, _key(2, "VEND002")):
        access.add_key(key)

    assert access.keys("VEND001") == [older, _key(1)]
    assert access.keys("VEND002") == [_key(2, "VEND002")]


def test_third_key_is_refused_when_a_vendor_has_two(access: "AccessTable") -> None:
    from onboarding.access import TooManyKeysError

    access.add_key(_key(1))
    access.add_key(_key(2))

    with pytest.raises(TooManyKeysError, match="VEND001 has 2 keys"):
        access.add_key(_key(3))

    assert access.key(_key(3).digest) is None


def test_key_is_refused_when_the_vendor_is_unknown(access: "AccessTable") -> None:
    from onboarding.access import UnknownVendorError

    with pytest.raises(UnknownVendorError):
        access.add_key(_key(1, "VEND404"))


def test_only_two_keys_are_kept_when_ten_are_made_at_once(
    access: "AccessTable", monkeypatch: pytest.MonkeyPatch
) -> None:
    from onboarding.access import TooManyKeysError

    # DynamoDB does one transaction at a time; moto copies its tables while others write to them.
    one_at_a_time, transact = Lock(), DynamoDBBackend.transact_write_items

    def transact_alone(backend: DynamoDBBackend, transact_items: Any) -> None:
        with one_at_a_time:
            transact(backend, transact_items)

    monkeypatch.setattr(DynamoDBBackend, "transact_write_items", transact_alone)

    def add(n: int) -> bool:
        try:
            access.add_key(_key(n))
        except TooManyKeysError:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        added = list(threads.map(add, range(10)))

    assert added.count(True) == 2
    assert len(access.keys("VEND001")) == 2


def test_key_makes_room_when_it_is_removed(access: "AccessTable") -> None:
    access.add_key(_key(1))
    access.add_key(_key(2))

    assert access.remove_key("VEND001", _key(1).key_id)
    access.add_key(_key(3))

    assert access.key(_key(1).digest) is None
    assert access.keys("VEND001") == [_key(2), _key(3)]


def test_key_stays_when_another_vendor_removes_it(access: "AccessTable") -> None:
    access.add_key(_key(1))

    assert not access.remove_key("VEND002", _key(1).key_id)
    assert not access.remove_key("VEND001", "key_0000000000000000")

    assert access.keys("VEND001") == [_key(1)]


def test_key_says_the_hour_when_it_was_used(access: "AccessTable") -> None:
    access.add_key(_key(1))

    access.mark_used(_key(1), NOW)

    assert access.key(_key(1).digest) == replace(_key(1), last_used_at=NOW.replace(minute=0, second=0))


def test_nothing_is_written_when_a_key_is_used_again_in_the_hour(
    access: "AccessTable", monkeypatch: pytest.MonkeyPatch
) -> None:
    access.add_key(_key(1))
    access.mark_used(_key(1), NOW)
    used = _kept(access, 1)
    monkeypatch.setattr(access.client, "update_item", lambda **_: pytest.fail("one write an hour is enough"))

    access.mark_used(used, NOW + timedelta(minutes=29))


def test_key_is_marked_again_when_it_is_used_in_the_next_hour(access: "AccessTable") -> None:
    access.add_key(_key(1))
    access.mark_used(_key(1), NOW)

    access.mark_used(_kept(access, 1), NOW + timedelta(minutes=30))

    assert _kept(access, 1).last_used_at == NOW.replace(hour=11, minute=0, second=0)


def test_key_does_not_come_back_when_it_was_removed_while_used(world: World, access: "AccessTable") -> None:
    access.add_key(_key(1))
    access.remove_key("VEND001", _key(1).key_id)

    access.mark_used(_key(1), NOW)

    assert access.key(_key(1).digest) is None
    assert "Item" not in world.dynamodb.get_item(TableName=ACCESS_TABLE, Key={"id": {"S": f"key#{_key(1).digest}"}})


def _request(fingerprint: str, answer: str) -> "RememberedRequest":
    from onboarding.stores.access import RememberedRequest

    return RememberedRequest(fingerprint, answer)


def test_first_request_counts_when_an_idempotency_key_comes_again(access: "AccessTable") -> None:
    first = _request("a", "UPLOAD_1")

    assert access.remember_request("VEND001", "retry-1", first, NOW) == first
    assert access.remember_request("VEND001", "retry-1", _request("b", "UPLOAD_2"), NOW + timedelta(hours=23)) == first


def test_idempotency_key_is_free_when_a_day_is_over_or_the_vendor_is_another(access: "AccessTable") -> None:
    access.remember_request("VEND001", "retry-1", _request("a", "UPLOAD_1"), NOW)
    second, third = _request("b", "UPLOAD_2"), _request("c", "UPLOAD_3")

    assert access.remember_request("VEND002", "retry-1", second, NOW) == second
    assert access.remember_request("VEND001", "retry-1", third, NOW + timedelta(hours=24)) == third


class _Conflicts:
    """A client whose transactions meet others on the same item."""

    class exceptions:  # noqa: N801 - as botocore's clients have it
        TransactionCanceledException = ClientError

    def __init__(self, conflicts: int) -> None:
        self.left = conflicts
        self.calls = 0

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803
        self.calls += 1
        if self.left:
            self.left -= 1
            answer = {"Error": {"Code": "TransactionCanceledException"}}
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            raise self.exceptions.TransactionCanceledException(
                {**answer, "CancellationReasons": reasons}, "TransactWriteItems"
            )


def test_key_is_kept_when_another_change_of_the_vendor_came_between(functions: Functions) -> None:
    from onboarding.stores.access import AccessTable

    client = _Conflicts(2)
    pauses: list[float] = []

    AccessTable(client, "access", pauses.append).add_key(_key(1))

    assert client.calls == 3
    assert pauses == [0.05, 0.1]


def test_conflict_is_raised_when_it_does_not_end(functions: Functions) -> None:
    from onboarding.stores.access import AccessTable

    client = _Conflicts(100)

    with pytest.raises(ClientError):
        AccessTable(client, "access", lambda _: None).add_key(_key(1))

    assert client.calls == 5
