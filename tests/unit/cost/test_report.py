"""The page: complete, the same each time, and honest about a missed target."""

from dataclasses import replace
from datetime import date

from cost.assumptions import Assumptions
from cost.measurement import Count
from cost.prices import Prices
from cost.report import Report, markdown
from cost.template import Template


def _report(count: Count, template: Template) -> Report:
    return Report(count, template, Prices.load(), Assumptions(), date(2026, 11, 22))


def test_the_same_count_gives_the_same_page(count: Count, template: Template) -> None:
    page = markdown(_report(count, template))

    assert page == markdown(_report(count, template))
    assert "22 November 2026" in page
    for line in page.splitlines():
        assert line == line.rstrip()


def test_every_meter_is_in_the_price_list(count: Count, template: Template) -> None:
    page = markdown(_report(count, template))

    for meter in Prices.load().meters.values():
        assert f"| {meter.service} | {meter.unit} |" in page


def test_every_table_is_rectangular(count: Count, template: Template) -> None:
    report = _report(count, template)

    for table in (*report.count_tables(), *report.cost_tables()):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_the_targets_are_met_by_this_upload(count: Count, template: Template) -> None:
    assert _report(count, template).targets_met


def test_a_nat_gateway_misses_the_target(count: Count, template: Template) -> None:
    assert not _report(count, replace(template, nat_gateways=1)).targets_met
