"""The sample vendors' files from S3 to the database, the report and the corrections file, one after the other."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.handlers.world import World

SAMPLES = Path(__file__).parents[2] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))


def _hand_in(world: World, name: str) -> Any:
    """Let a file go through the whole pipeline and return its upload."""
    expected = EXPECTED[name]
    event = world.put((SAMPLES / name).read_bytes(), f"uploads/{expected['vendor_id']}/{name}")
    upload = world.upload_of(event)
    world.parse(event)
    world.validate(world.staged(upload))
    world.process_errors()
    world.request_report(upload, error_records=len(expected["errors"]))
    return upload


def _read_as(world: World, upload: Any) -> Any:
    ((read_as,),) = world.database.execute("SELECT read_as FROM upload_history WHERE upload_id = %s", upload.upload_id)
    return read_as


def _sent(item: dict[str, Any]) -> dict[str, Any]:
    """Return what is staged of a row, without what tells one upload from another."""
    return {name: value for name, value in item.items() if name not in ("upload_id", "expires_at")}


def _codes(world: World, upload: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row, _, code in world.database.errors(upload.upload_id):
        found.setdefault(str(row), []).append(code)
    return found


def test_vendor_files_get_the_expected_verdicts_when_they_are_uploaded_in_turn(world: World) -> None:
    world.database.add_vendor("VEND003")
    names = ("techgear-direct.csv", "nordic-audio.xlsx", "paper-and-pixel.csv")

    uploads = {name: _hand_in(world, name) for name in names}

    for name, upload in uploads.items():
        errors = EXPECTED[name]["errors"]
        assert _codes(world, upload) == errors
        assert world.database.counts(upload.upload_id) == (100, 100 - len(errors), len(errors))
        assert len(world.database.products(upload.upload_id)) == 100 - len(errors)
        assert [line["Row Number"] for line in world.report(upload)] == [row for row in errors for _ in errors[row]]


def test_cells_are_shown_as_sent_everywhere_when_a_file_has_decimal_commas(world: World) -> None:
    world.database.add_vendor("VEND003")

    upload = _hand_in(world, "paper-and-pixel.csv")

    report = {line["Row Number"]: line for line in world.report(upload)}
    assert (report["13"]["Price"], report["21"]["Stock Quantity"]) == ("19,999", "2,5")
    assert 'this row has "19,999".' in report["13"]["Error Message"]
    assert report["70"]["Error Type"] == "DUPLICATE_SKU"
    assert "," in report["70"]["Price"]
    recorded = world.database.execute(
        "SELECT original_data ->> 'price' FROM validation_errors WHERE upload_id = %s AND row_number IN (5, 13)"
        " ORDER BY row_number",
        upload.upload_id,
    )
    assert [price for (price,) in recorded] == ["12,50 €", "19,999"]


@pytest.mark.parametrize("name", ["nordic-audio.xlsx", "paper-and-pixel.csv"])
def test_rows_are_those_of_one_delivery_when_the_parser_ended_half_way(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    world.database.add_vendor("VEND003")
    body, vendor_id = (SAMPLES / name).read_bytes(), EXPECTED[name]["vendor_id"]
    undisturbed = world.put(body, f"uploads/{vendor_id}/once.bin")
    world.parse(undisturbed)
    event = world.put(body, f"uploads/{vendor_id}/again.bin")
    client = world.functions.csv_parser.staging._client
    left = 2
    write = client.batch_write_item

    def time_out_after_two_batches(**request: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, "BatchWriteItem")
        return write(**request)

    with monkeypatch.context() as patch:
        patch.setattr(client, "batch_write_item", time_out_after_two_batches)
        with pytest.raises(ClientError):
            world.parse(event)
    before = len(world.staged(world.upload_of(event)))
    world.parse(event)
    world.parse(event)

    once, again = world.upload_of(undisturbed), world.upload_of(event)
    assert 0 < before < 100
    assert [_sent(item) for item in world.staged(again)] == [_sent(item) for item in world.staged(once)]
    assert _read_as(world, again) == _read_as(world, once)
