"""The page: complete, the same each time, and honest about a missed target."""

from dataclasses import replace
from datetime import date

from cost.assumptions import Assumptions
from cost.counting import Count
from cost.prices import Prices
from cost.report import Report, markdown
from cost.template import Template


def _report(count: Count, template: Template) -> Report:
    return Report(count, template, Prices.load(), Assumptions(), date(2026, 11, 22))


def test_page_is_complete_and_the_same_when_the_count_is(count: Count, template: Template) -> None:
    page = markdown(_report(count, template))

    assert page == markdown(_report(count, template))
    assert "22 November 2026" in page
    assert "{" not in page
    for line in page.splitlines():
        assert line == line.rstrip()
    for meter in Prices.load().meters.values():
        assert f"| {meter.service} | {meter.unit} |" in page


def test_page_shows_each_capacity_for_each_way_uploads_come(count: Count, template: Template) -> None:
    page = markdown(_report(count, template))

    for arrival in ("uploads in nightly bursts", "uploads over the day"):
        for acus in ("0.5", "1", "2"):
            assert f"| Aurora, {arrival}, {acus} ACU awake |" in page
    assert "| RDS db.t4g.micro" in page


def test_every_table_is_rectangular(count: Count, template: Template) -> None:
    report = _report(count, template)

    for table in (*report.count_tables(), *report.cost_tables()):
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_targets_are_missed_when_there_is_a_nat_gateway(count: Count, template: Template) -> None:
    with_gateway = replace(template, units={**template.units, "nat-hours": 730})

    assert _report(count, template).targets_met
    assert not _report(count, with_gateway).targets_met
