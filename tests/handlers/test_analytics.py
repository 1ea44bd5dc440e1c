"""How uploads went: counted with their final status, once, and told to vendors and operators."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.handlers.api_client import ApiClient
from tests.handlers.operator_client import Operator
from tests.handlers.world import CONTEXT, World, product

TODAY = datetime.now(UTC).date().isoformat()


def finish(world: World, upload: Any, outcome: dict[str, Any] | None = None) -> None:
    """Have the outcome recorded as the execution does."""
    total, valid, errors = world.database.counts(upload.upload_id)
    completion = outcome or {
        "outcome": "validated",
        "total_records": total,
        "valid_records": valid,
        "error_records": errors,
        "refusal_code": "",
        "refusal_message": "",
    }
    event = {"upload": upload.as_execution_input(), "completion": completion, "error_file_s3_key": None}
    world.functions.outcome_recorder.handler(event, CONTEXT)


def settled(world: World, rows: list[dict[str, str]], key: str = "uploads/VEND001/products.csv") -> Any:
    upload = world.stage(rows, key)
    world.validate(world.staged(upload))
    return upload


def test_upload_is_counted_once_when_its_outcome_is_recorded_twice(api: ApiClient) -> None:
    upload = settled(api.world, [product(1), product(2, price="free"), product(3, price="x", stock_quantity="y")])

    finish(api.world, upload)
    finish(api.world, upload)

    (day,) = api.get("/analytics/days").json["data"]
    assert {name: day[name] for name in ("uploads", "failed", "rows", "valid_rows", "error_rows", "error_rate")} == {
        "uploads": 1,
        "failed": 0,
        "rows": 3,
        "valid_rows": 1,
        "error_rows": 2,
        "error_rate": 0.6667,
    }
    assert day["durations"]["p50_seconds"] == day["durations"]["p95_seconds"] > 0
    causes = api.get("/analytics/causes").json["data"]
    assert [(each["code"], each["column"], each["rows"], each["uploads"]) for each in causes] == [
        ("INVALID_PRICE", "price", 2, 1),
        ("INVALID_STOCK_QUANTITY", "stock_quantity", 1, 1),
    ]
    codes = api.world.database.execute("SELECT codes FROM upload_history")
    assert codes == [(["INVALID_PRICE", "INVALID_STOCK_QUANTITY"],)]


def test_refused_file_counts_as_failed_and_as_a_cause(api: ApiClient) -> None:
    upload = settled(api.world, [product(1)])
    refusal = {"outcome": "refused", "refusal_code": "NOT_A_CSV", "refusal_message": "It is not."}

    finish(api.world, upload, refusal)

    assert [day["failed"] for day in api.get("/analytics/days").json["data"]] == [1]
    assert api.get("/analytics/causes").json["data"] == [{"code": "NOT_A_CSV", "column": None, "rows": 0, "uploads": 1}]


def test_preview_is_not_counted_but_can_be_found_by_its_codes(api: ApiClient) -> None:
    upload = settled(api.world, [product(1, price="free")], "previews/uploads/VEND001/products.csv")

    finish(api.world, upload)

    assert api.get("/analytics/days").json["data"] == []
    assert api.get("/analytics/causes").json["data"] == []
    assert api.world.database.execute("SELECT codes FROM upload_history") == [(["INVALID_PRICE"],)]


def test_vendor_sees_its_own_figures_and_operators_all(api: ApiClient, other: ApiClient, operator: Operator) -> None:
    finish(api.world, settled(api.world, [product(1), product(2, price="free")]))
    finish(api.world, settled(api.world, [product(3)], "uploads/VEND002/products.csv"))

    assert [day["rows"] for day in other.get("/analytics/days").json["data"]] == [1]
    assert other.get("/analytics/causes").json["data"] == []
    assert [day["rows"] for day in operator.get("/admin/analytics/days").json["data"]] == [3]
    assert [day["rows"] for day in operator.get("/admin/analytics/days", "vendor_id=VEND002").json["data"]] == [1]
    assert [each["code"] for each in operator.get("/admin/analytics/causes").json["data"]] == ["INVALID_PRICE"]
    worst = operator.get("/admin/analytics/vendors").json["data"]
    assert [(each["vendor_id"], each["error_rate"]) for each in worst] == [("VEND001", 0.5), ("VEND002", 0.0)]
    fastest = operator.get("/admin/analytics/vendors", "order=growth").json["data"]
    assert [(each["vendor_id"], each["growth"]) for each in fastest] == [("VEND001", 2), ("VEND002", 1)]


@pytest.mark.parametrize("how", ["format", "accept"])
def test_figures_come_as_a_file_when_asked_for(api: ApiClient, how: str) -> None:
    finish(api.world, settled(api.world, [product(1)]))

    reply = (
        api.get("/analytics/days", format="csv")
        if how == "format"
        else api.ask("GET", "/analytics/days", headers={"Accept": "text/csv"})
    )

    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    (line,) = csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff")))
    assert (line["day"], line["uploads"], line["rows"], line["error_rate"]) == (TODAY, "1", "1", "0.0")


def test_name_of_a_vendor_is_not_run_when_the_file_is_opened(api: ApiClient, operator: Operator) -> None:
    api.world.database.execute("UPDATE vendors SET vendor_name = '=1+1' WHERE vendor_id = 'VEND001'")
    finish(api.world, settled(api.world, [product(1)]))

    text = operator.get("/admin/analytics/vendors", "format=csv").text

    assert "VEND001,'=1+1,1,1,0,0.0,0,1" in text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("first_day=2026-11-02&last_day=2026-11-01", "query.last_day"),
        ("first_day=2020-01-01&last_day=2026-11-01", "query.first_day"),
        ("first_day=0001-01-01&last_day=0001-01-02", "query.first_day"),
        ("first_day=yesterday", "query.first_day"),
        ("first_day=1", "query.first_day"),
        ("format=xml", "query.format"),
    ],
)
def test_period_is_refused_when_it_is_none(api: ApiClient, query: str, field: str) -> None:
    reply = api.ask("GET", "/analytics/days", query=query)

    assert reply.status == 422
    assert reply.json["errors"][0]["field"] == field
