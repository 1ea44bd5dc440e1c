"""The page: complete, the same each time, and honest about a missed target."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cost.assumptions import Assumptions
from cost.counting import Count
from cost.prices import Prices
from cost.report import Report
from cost.template import Template
from local.pages import replaced

_PAGE = (Path(__file__).parents[3] / "docs" / "cost.md").read_text(encoding="utf-8")


def _report(count: Count, template: Template) -> Report:
    return Report(count, template, Prices.load(), Assumptions(), date(2026, 11, 22))


def test_page_has_a_place_for_every_table_and_is_the_same_when_the_count_is(count: Count, template: Template) -> None:
    report = _report(count, template)

    page = replaced(_PAGE, "cost", report.tables())

    assert replaced(page, "cost", report.tables()) == page
    for name, table in report.tables().items():
        assert table in page
        assert len({line.count(" |") for line in table.splitlines()}) == 1, name


def test_page_is_refused_when_it_has_no_place_for_a_table(count: Count, template: Template) -> None:
    with pytest.raises(ValueError, match="no place for cost:idle"):
        replaced(_PAGE.replace("<!-- cost:idle -->", ""), "cost", _report(count, template).tables())


def test_page_shows_each_capacity_for_each_way_uploads_come(count: Count, template: Template) -> None:
    page = replaced(_PAGE, "cost", _report(count, template).tables())

    for arrival in ("uploads in nightly bursts", "uploads over the day"):
        for acus in ("0.5", "1", "2"):
            assert f"| month: Aurora, {arrival}, {acus} ACU awake" in page
    assert "| month: RDS db.t4g.micro" in page


def test_polling_adds_up_and_is_dearer_when_a_program_asks_more_often(count: Count, template: Template) -> None:
    rows = _report(count, template).polling()

    assert {row[0]: row[1] for row in rows} == {"2 s": "19", "1 s": "37", "10 s": "5"}
    for row in rows:
        assert sum(map(Decimal, row[2:-1])) == pytest.approx(Decimal(row[-1]), abs=Decimal("0.000003"))
        assert Decimal(row[2]) == Decimal(row[1]) / 1_000_000  # API Gateway: a dollar a million
    dear = [Decimal(row[-1]) for row in rows]
    assert dear[2] < dear[0] < dear[1] < Decimal("0.001")


def test_targets_are_missed_when_there_is_a_nat_gateway(count: Count, template: Template) -> None:
    with_gateway = replace(template, units={**template.units, "nat-hours": 730})

    assert _report(count, template).targets_met
    assert not _report(count, with_gateway).targets_met
