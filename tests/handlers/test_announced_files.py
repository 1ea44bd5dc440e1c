"""A file whose upload was announced through the API comes to the parser: it keeps the id that its vendor knows."""

import json

import pytest

from tests.handlers.api_client import ApiClient
from tests.handlers.world import CONTEXT, World, csv_of, product, sqs_event

ROWS = csv_of([product(1), product(2, price="free")])


@pytest.fixture
def announced(api: ApiClient) -> tuple[str, str]:
    """Return id and key of an announced upload."""
    created = api.post("/uploads", {"file_name": "Frühling.csv", "size": len(ROWS)}).json
    upload_id = created["upload_id"]
    return upload_id, f"uploads/VEND001/{upload_id}/Frühling.csv"


def ids_and_names(world: World) -> list[tuple[str, str]]:
    return sorted(world.database.execute("SELECT upload_id, file_name FROM upload_history"))


def test_file_keeps_its_announced_id_and_name(api: ApiClient, announced: tuple[str, str]) -> None:
    upload_id, key = announced

    api.world.parse(api.world.put(ROWS, key))

    assert ids_and_names(api.world) == [(upload_id, "Frühling.csv")]
    assert api.world.executions() == [upload_id]
    shown = api.get(f"/uploads/{upload_id}").json
    assert (shown["status"], shown["counts"]["total"]) == ("processing", 2)
    assert len(api.get("/uploads").json["data"]) == 1
    assert api.get("/uploads", status="awaiting_file").json["data"] == []


def test_file_corrects_the_upload_that_was_announced_with_it(api: ApiClient) -> None:
    first = api.post("/uploads", {"file_name": "first.csv", "size": len(ROWS)}).json["upload_id"]
    new = {"file_name": "fixed.csv", "size": len(ROWS), "corrects_upload_id": first}
    fixed = api.post("/uploads", new).json["upload_id"]

    api.world.parse(api.world.put(ROWS, f"uploads/VEND001/{fixed}/fixed.csv"))

    assert api.world.database.execute("SELECT upload_id, corrects_upload_id FROM upload_history") == [(fixed, first)]
    assert api.get(f"/uploads/{fixed}").json["corrects_upload_id"] == first
    api.world.parse(api.world.put(ROWS, f"uploads/VEND001/{first}/first.csv"))
    assert [each["upload_id"] for each in api.get(f"/uploads/{first}").json["corrected_by"]] == [fixed]


def test_file_is_taken_in_once_when_its_event_comes_twice(api: ApiClient, announced: tuple[str, str]) -> None:
    upload_id, key = announced
    event = api.world.put(ROWS, key)

    api.world.parse(event)
    api.world.parse(event)

    assert [found for found, _ in ids_and_names(api.world)] == [upload_id]


def test_second_version_is_an_upload_of_its_own(api: ApiClient, announced: tuple[str, str]) -> None:
    upload_id, key = announced
    first, second = api.world.put(ROWS, key), api.world.put(ROWS + b"\r\n", key)

    api.world.parse(first)
    api.world.parse(second)
    api.world.parse(first)

    found = dict(ids_and_names(api.world))
    assert len(found) == 2
    assert found[upload_id] == "Frühling.csv"
    assert f"{upload_id}/Frühling.csv" in found.values()


@pytest.mark.parametrize("key", ["uploads/VEND002/{id}/Frühling.csv", "uploads/VEND001/{id}/other.csv"])
def test_id_in_a_key_gains_nothing_when_it_was_announced_for_another(
    api: ApiClient, announced: tuple[str, str], key: str
) -> None:
    upload_id, _ = announced

    api.world.parse(api.world.put(ROWS, key.format(id=upload_id)))

    ((found, _),) = ids_and_names(api.world)
    assert found != upload_id
    assert api.get(f"/uploads/{upload_id}").json["status"] == "awaiting_file"


def test_id_in_a_key_gains_nothing_when_nothing_was_announced(world: World) -> None:
    made_up = "UPLOAD_20261121_103045_0a1b2c3d"

    world.parse(world.put(ROWS, f"uploads/VEND001/{made_up}/products.csv"))

    assert [found for found, _ in ids_and_names(world)] != [made_up]


def test_upload_keeps_its_id_when_the_parser_has_given_up(api: ApiClient, announced: tuple[str, str]) -> None:
    upload_id, key = announced
    event = api.world.put(ROWS, key)

    answer = api.world.functions.undelivered_uploads.handler(sqs_event([json.dumps(event)]), CONTEXT)

    assert answer == {"batchItemFailures": []}
    assert api.world.executions() == [upload_id]
