"""Files on their way over a bad network: no file is lost, and none arrives twice."""

import re

import pytest
from playwright.sync_api import Route, expect

from local.portal_people import Person
from tests.e2e.browser.visitor import Visitor
from tests.e2e.files import csv_file, product
from tests.e2e.pipeline import Pipeline

STORAGE = re.compile(r"X-Amz-Signature")
SLOW = 800_000
"""Bytes a second. The browser tells how far it is every 200 kB or so."""


@pytest.fixture
def large(person: Person) -> bytes:
    """A file of 4 MB, good in every row; the column that makes it so large is none of ours."""
    rows = [product(f"{person.vendor_id}-{number}", notes="x" * 40_000) for number in range(100)]
    return csv_file(rows, rows[0])


@pytest.mark.parametrize("has_arrived", [False, True], ids=["on its way", "before the answer"])
def test_file_arrives_once_when_the_network_is_cut(
    visitor: Visitor, person: Person, pipeline: Pipeline, has_arrived: bool
) -> None:
    # Cutting the network in the developer tools lets through what has left the page: this request is held in its place.
    held: list[Route] = []
    visitor.page.route(STORAGE, lambda route: route.fallback() if held else held.append(route))
    visitor.check_first(False)
    with visitor.page.expect_request(STORAGE):
        visitor.choose("products.csv", csv_file(product(f"{person.vendor_id}-{number}") for number in range(3)))
    visitor.sees("sent")
    if has_arrived:
        assert held[0].fetch().status == 200

    with visitor.cut_off():
        held[0].abort("internetdisconnected")
        visitor.sees("The connection is gone")
    expect(visitor.heading()).to_have_text("products.csv")

    visitor.sees("All 3 rows are in the catalogue.")
    uploads = pipeline.query("SELECT status FROM upload_history WHERE vendor_id = %s", person.vendor_id)
    assert uploads == [{"status": "completed"}]


def test_file_is_not_sent_until_tried_again_when_cancelled(
    visitor: Visitor, person: Person, pipeline: Pipeline, large: bytes
) -> None:
    page = visitor.page
    visitor.check_first(False)
    visitor.throttle(SLOW)
    visitor.choose("large.csv", large)
    expect(page.get_by_role("progressbar")).not_to_have_attribute("aria-valuenow", "0")

    page.get_by_role("button", name="Cancel large.csv").click()

    visitor.sees("Cancelled.")
    visitor.connect()
    assert pipeline.query("SELECT 1 FROM upload_history WHERE vendor_id = %s", person.vendor_id) == []
    page.get_by_role("button", name="Try large.csv again").click()
    visitor.sees("All 100 rows are in the catalogue.")
    assert len(pipeline.query("SELECT 1 FROM upload_history WHERE vendor_id = %s", person.vendor_id)) == 1


def test_progress_goes_on_when_the_network_comes_back(visitor: Visitor, person: Person) -> None:
    rows = [product(f"{person.vendor_id}-{number}") for number in range(1500)]
    visitor.hand_in("long.csv", csv_file(rows))
    expect(visitor.page.get_by_role("region", name="Progress")).to_be_visible()
    with visitor.cut_off():
        visitor.sees("No connection")
        visitor.check_accessible()

    visitor.sees("All 1,500 rows are in the catalogue.")
    visitor.page.reload()
    visitor.sees("All 1,500 rows are in the catalogue.")


def test_progress_goes_on_when_the_reader_went_back_and_the_laptop_slept(visitor: Visitor, person: Person) -> None:
    rows = [product(f"{person.vendor_id}-{number}") for number in range(1500)]
    page = visitor.page
    visitor.hand_in("long.csv", csv_file(rows))
    expect(page.get_by_role("region", name="Progress")).to_be_visible()

    page.go_back()
    expect(visitor.heading()).to_have_text("New upload")
    with visitor.asleep():
        page.wait_for_timeout(3_000)
    page.go_forward()

    visitor.sees("All 1,500 rows are in the catalogue.")
    page.go_back()
    page.go_forward()
    visitor.sees("All 1,500 rows are in the catalogue.")
