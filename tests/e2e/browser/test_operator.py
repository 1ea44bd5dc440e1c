"""An operator at the portal: makes a category and a vendor, sees them used, takes them out of use, and is on record."""

import json
from urllib.parse import urlsplit

from playwright.sync_api import Request, expect

from local.portal_people import Person, with_password
from tests.e2e.browser.conftest import Visits
from tests.e2e.browser.visitor import Visitor
from tests.e2e.files import csv_file, product
from tests.e2e.pipeline import Pipeline

MARKUP = "<img src=x onerror=window.hacked=1>"
CATEGORY = f"Garden {MARKUP}"
VENDOR = "E2E-OPERATED"
NAME = f"Vendor {MARKUP}"


def operator_of(pipeline: Pipeline) -> Person:
    variables = pipeline.environment.access
    return Person("", variables["OPERATOR_USER"], variables["OPERATOR_PASSWORD"])


def check(visitor: Visitor, place: str, text: str) -> None:
    """Check that a page shows the text, as text, to everybody."""
    visitor.go(place)
    visitor.sees(text)
    visitor.check_accessible()
    visitor.check_fits()
    assert visitor.page.evaluate("window.hacked") is None, place
    assert visitor.page.locator("main img, main script").count() == 0, place


def confirm(visitor: Visitor, verb: str) -> None:
    """Answer the dialog that asks."""
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_role("button", name=verb, exact=True).click()
    expect(dialog).to_have_count(0)


def test_category_and_vendor_are_used_until_they_are_taken_out_of_use_by_the_operator_who_made_them(
    visits: Visits, pipeline: Pipeline
) -> None:
    visitor = visits(operator_of(pipeline))
    page = visitor.page

    # Made.
    visitor.go("categories")
    page.get_by_label("New category").fill(CATEGORY)
    page.get_by_role("button", name="Add", exact=True).click()
    visitor.sees(f"{CATEGORY} was added.")
    visitor.go("vendors")
    page.get_by_role("button", name="Register a vendor").click()
    page.get_by_label("Vendor id").fill(VENDOR)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("textbox", name="E-mail address").fill("operated@vendor.example")
    page.get_by_role("button", name="Register", exact=True).click()
    expect(visitor.heading()).to_have_text(NAME)

    # Used.
    rows = [product(f"{VENDOR}-1", category=CATEGORY), product(f"{VENDOR}-2", price=MARKUP)]
    upload = pipeline.upload(VENDOR, "garden.csv", csv_file(rows))
    vendors_person = visits(with_password(pipeline.environment, VENDOR, "operated@vendor.example"))
    check_sees_nothing_of_operators(vendors_person)
    check(visitor, f"uploads/{upload.upload_id}", "Diagnosis:")
    visitor.sees(MARKUP)
    assert f"{VENDOR}-1" not in page.inner_text("main")
    check(visitor, f"uploads?sku={VENDOR}-1", "garden.csv")
    check(visitor, f"vendors/{VENDOR}", "garden.csv")
    check(visitor, f"analytics?vendor={VENDOR}", "INVALID_PRICE")
    check(visitor, "vendors?q=operated", NAME)
    check(visitor, "", "Open uploads")

    # Taken out of use.
    visitor.go("categories")
    page.get_by_role("button", name=f"Retire {CATEGORY}").click()
    page.get_by_role("dialog").get_by_text("1 product in it keeps it.").wait_for()
    visitor.check_accessible()
    confirm(visitor, "Retire")
    check(visitor, "categories", "retired")
    visitor.go(f"vendors/{VENDOR}")
    page.get_by_role("button", name="Suspend").click()
    confirm(visitor, "Suspend")
    visitor.sees("Suspended")

    # And on record.
    check(visitor, f"actions?subject={VENDOR}", "suspend vendor")
    visitor.sees("register vendor")
    visitor.go("actions")
    visitor.sees("retire category")
    visitor.sees(operator_of(pipeline).email)
    refused = pipeline.upload(VENDOR, "late.csv", csv_file(rows))
    (recorded,) = pipeline.query("SELECT failure_reason FROM upload_history WHERE upload_id = %s", refused.upload_id)
    assert recorded["failure_reason"].startswith("VENDOR_NOT_ACTIVE")


def test_operator_is_invited_and_removed_by_another(visits: Visits, pipeline: Pipeline) -> None:
    visitor = visits(operator_of(pipeline))
    page = visitor.page
    check(visitor, "operators", "(you)")
    assert page.get_by_role("button", name=f"Remove {operator_of(pipeline).email}").count() == 0

    page.get_by_label("Invite somebody").fill("otto@techmart.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    visitor.sees("otto@techmart.example")
    visitor.sees("invited")
    visitor.check_accessible()
    page.get_by_role("button", name="Remove otto@techmart.example").click()
    confirm(visitor, "Remove")

    expect(page.get_by_text("otto@techmart.example")).to_have_count(0)
    check(visitor, "actions?subject=otto@techmart.example", "remove person")
    visitor.sees("invite operator")


def test_section_of_the_runbook_opens_when_an_operator_follows_its_link(visits: Visits, pipeline: Pipeline) -> None:
    visitor = visits(operator_of(pipeline))

    visitor.page.get_by_role("link", name="unannounced end").click()

    visitor.page.wait_for_url("**/portal/runbook.html#unannounced-end")
    expect(visitor.page.get_by_role("heading", name="Unannounced end", exact=True)).to_be_in_viewport()
    visitor.check_accessible()
    visitor.check_fits()


def check_sees_nothing_of_operators(visitor: Visitor) -> None:
    """Check that a vendor's person gets no operator's page, and that the browser does not even fetch one."""
    fetched: list[str] = []

    def note(request: Request) -> None:
        fetched.append(urlsplit(request.url).path)

    visitor.page.on("request", note)
    visitor.page.reload()
    for place in ("vendors", "categories", "operators", "actions", "analytics"):
        visitor.go(place)
        expect(visitor.heading()).to_have_text("There is nothing here")
    navigation = visitor.page.get_by_role("navigation", name="Pages")
    assert navigation.get_by_role("link", name="Vendors").count() == 0
    assert not [path for path in fetched if "Admin" in path or "/admin/" in path], json.dumps(fetched)
    assert [path for path in fetched if path.endswith(".js")], "no script was seen to be fetched"


def test_vendor_and_operator_see_what_is_left_when_the_whole_file_was_checked_again(
    visits: Visits, person: Person, pipeline: Pipeline
) -> None:
    visitor = visits(person)
    rows = [product(f"{person.vendor_id}-{number}", price="19.99" if number else "cheap") for number in range(3)]
    visitor.check_first(True)
    visitor.choose("list.csv", csv_file(rows))
    visitor.sees("2 of 3 rows are fine, 1 needs a fix.")
    place = urlsplit(visitor.page.url).fragment.removeprefix("/")

    visitor.page.get_by_role("link", name="Fix and upload again").click()
    visitor.sees("This corrects list.csv")
    visitor.check_first(True)
    visitor.choose("list-again.csv", csv_file(rows))

    expect(visitor.heading()).to_have_text("list-again.csv")
    visitor.sees("1 row had something to fix, 1 would be left.")
    left = "list-again.csv (check only): 1 row would be left to fix"
    check(visitor, place, f"Corrected by {left}.")
    check(visits(operator_of(pipeline)), place, left)
