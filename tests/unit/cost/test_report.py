"""The page: complete, the same each time, and honest about a missed target."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cost.bill import Bill
from cost.report import Report
from local.pages import replaced

_PAGE = (Path(__file__).parents[3] / "docs" / "cost.md").read_text(encoding="utf-8")


def test_page_has_a_place_for_every_table_and_is_the_same_when_the_count_is(bill: Bill) -> None:
    report = Report(bill)

    page = replaced(_PAGE, "cost", report.tables())

    assert replaced(page, "cost", report.tables()) == page
    for name, table in report.tables().items():
        assert table in page
        assert len({line.count(" |") for line in table.splitlines()}) == 1, name


def test_page_is_refused_when_it_has_no_place_for_a_table(bill: Bill) -> None:
    with pytest.raises(ValueError, match="no place for cost:idle"):
        replaced(_PAGE.replace("<!-- cost:idle -->", ""), "cost", Report(bill).tables())


def test_page_shows_each_capacity_for_each_way_uploads_come(bill: Bill) -> None:
    page = replaced(_PAGE, "cost", Report(bill).tables())

    for arrival in ("uploads in nightly bursts", "uploads over the day"):
        for acus in ("0.5", "1", "2"):
            assert f"| month: Aurora, {arrival}, {acus} ACU awake" in page
    assert "| month: RDS db.t4g.micro" in page


def test_polling_adds_up_and_is_dearer_when_a_program_asks_more_often(bill: Bill) -> None:
    rows = Report(bill).polling()

    assert {row[0]: row[1] for row in rows} == {"2 s": "19", "1 s": "37", "10 s": "5"}
    for row in rows:
        assert sum(map(Decimal, row[2:-1])) == pytest.approx(Decimal(row[-1]), abs=Decimal("0.000003"))
        assert Decimal(row[2]) == Decimal(row[1]) / 1_000_000  # API Gateway: a dollar a million
    dear = [Decimal(row[-1]) for row in rows]
    assert dear[2] < dear[0] < dear[1] < Decimal("0.001")


def test_targets_are_missed_when_there_is_a_nat_gateway(bill: Bill) -> None:
    with_gateway = replace(bill, template=replace(bill.template, units={**bill.template.units, "nat-hours": 730}))

    assert Report(bill).targets_met
    assert not Report(with_gateway).targets_met
