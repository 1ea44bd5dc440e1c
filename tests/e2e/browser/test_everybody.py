"""The portal for people who use the keyboard, a screen reader, a small window, or none of these."""

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from local.portal_people import Person
from samples.generate import generate
from tests.e2e.browser.visitor import Visitor
from tests.e2e.files import csv_file, product
from tests.e2e.pipeline import Pipeline

FOCUSED = """async () => {
  // What slides or scrolls into view takes a frame or two.
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  // A file input covers its zone and shows the focus there.
  const shown = [element, element.parentElement].some((each) => getComputedStyle(each).outlineStyle !== 'none');
  return {name: element.getAttribute('aria-label') || element.innerText || element.outerHTML, tag: element.tagName,
          isVisible: inside && shown, box: JSON.stringify(box), shown};
}"""


def press_until(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until the focus is on what is called that; every stop on the way must be visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["tag"] != "BODY":
            assert focused["isVisible"], f"the focus cannot be seen: {focused}"
        if name in focused["name"]:
            return
    raise AssertionError(f"{most} times Tab and no {name!r}")


def test_file_gets_in_and_is_looked_at_when_only_the_keyboard_is_used(visitor: Visitor, person: Person) -> None:
    page = visitor.page
    rows = [product(f"{person.vendor_id}-1"), product(f"{person.vendor_id}-2", price="cheap")]
    # The browser takes a moment to hand its dialogs over; asked for at the key press, the first one may be lost.
    page.on("filechooser", lambda _: None)
    page.reload(wait_until="networkidle")

    press_until(page, "Skip to the page")
    page.keyboard.press("Enter")
    press_until(page, "Choose product lists")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files({"name": "keys.csv", "mimeType": "text/csv", "buffer": csv_file(rows)})

    visitor.sees("1 of 2 rows is fine, 1 needs a fix.")
    press_until(page, "See the row")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "cause=INVALID_PRICE" in url)
    page.reload(wait_until="networkidle")
    press_until(page, "History")
    page.keyboard.press("Enter")
    expect(visitor.heading()).to_have_text("History")
    expect(visitor.heading()).to_be_focused()
    press_until(page, "keys.csv")
    page.keyboard.press("Enter")
    expect(visitor.heading()).to_have_text("keys.csv")


def test_every_page_is_free_of_barriers_and_fits_when_there_is_something_on_it(
    visitor: Visitor, person: Person, pipeline: Pipeline
) -> None:
    v = person.vendor_id
    for seed in (1, 2):
        pipeline.upload(v, f"week-{seed}.csv", generate(rows=30, error_rate=0.2, seed=seed, vendor_id=v))
    places = {
        "": "New upload",
        "uploads": "Rows with errors",
        "uploads?name=no-such-name": "No upload is like that",
        "products": "Change many at once",
        "products?q=no-such-product": "No product is like that",
        "help": "Columns",
        "help/codes/INVALID_PRICE": "INVALID_PRICE",
        "help/categories": "Computer Accessories",
        "settings": person.email,
        "no/such/page": "There is nothing here",
    }

    for place, text in places.items():
        visitor.go(place)
        visitor.sees(text)
        visitor.check_accessible()
        visitor.check_fits()


def test_empty_pages_teach_what_will_be_there_when_nothing_is_there_yet(visitor: Visitor) -> None:
    for place, text in {
        "uploads": "Nothing has been handed in yet",
        "products": "No products in the catalogue",
    }.items():
        visitor.go(place)
        visitor.sees(text)
        visitor.check_accessible()
        visitor.check_fits()


def test_page_says_what_to_do_when_the_service_fails(failing: Visitor) -> None:
    failing.go("uploads")

    # After some tries of its own.
    failing.sees("Something went wrong on our side")
    failing.check_accessible()
    failing.page.unroute_all()
    failing.page.get_by_role("button", name="Try again").click()
    failing.sees("Nothing has been handed in yet")


def test_page_says_so_when_it_cannot_be_shown_and_the_others_go_on(
    visitor: Visitor, person: Person, pipeline: Pipeline
) -> None:
    upload = pipeline.upload(person.vendor_id, "spring.csv", csv_file([product(person.vendor_id)]))
    place = f"uploads/{upload.upload_id}"
    visitor.forgive("TypeError")

    def answer_without(route: Route, name: str) -> None:
        document = route.fetch().json()
        del document[name]
        route.fulfill(json=document)

    visitor.page.route(lambda url: url.endswith(f"/{place}"), lambda route: answer_without(route, "counts"))
    visitor.go(place)

    expect(visitor.heading()).to_have_text("Something went wrong")
    visitor.check_accessible()
    visitor.check_fits()
    visitor.go("help")
    visitor.sees("Columns")
    visitor.go(place)
    expect(visitor.heading()).to_have_text("Something went wrong")
    visitor.page.unroute_all()
    # The version before knows no corrections, and may answer for a moment while a new one is deployed.
    visitor.page.route(lambda url: url.endswith(f"/{place}"), lambda route: answer_without(route, "corrected_by"))
    visitor.page.get_by_role("button", name="Load the page again").click()
    visitor.sees("The one row is in the catalogue.")


def test_key_opens_the_api_until_removed_when_made_in_the_settings(visitor: Visitor, pipeline: Pipeline) -> None:
    page = visitor.page
    visitor.go("settings")
    page.get_by_role("button", name="Make a key").click()
    visitor.sees("Give the key a name first.")
    page.get_by_label("What is the key for?").fill("shop <system>")
    page.get_by_role("button", name="Make a key").click()
    visitor.sees("Copy the key now.")
    visitor.check_accessible()
    visitor.check_fits()
    key = page.locator("code").inner_text()

    def status() -> int:
        url = f"{pipeline.environment.output('ApiUrl')}/v1/me"
        return requests.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=30).status_code

    assert status() == 200
    page.reload()
    visitor.sees("shop <system>")
    assert key not in page.content()
    page.get_by_role("button", name="Remove shop <system>").click()
    page.get_by_role("button", name="Remove it").click()
    visitor.sees("No program has a key yet.")
    assert status() == 403


def test_barriers_are_noticed_when_there_are_some(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><p style='color:#aaa'>pale</p><img src=x></main>")

    found = {violation["id"] for violation in Axe().run(page).response["violations"]}

    page.close()
    assert {"color-contrast", "image-alt"} <= found


@pytest.fixture
def failing(visitor: Visitor) -> Visitor:
    """A visitor to whom the API answers with a failure, except who they are."""
    problem = {"type": "urn:techmart:problem:failed", "title": "Something went wrong on our side", "status": 500}

    def fail(route: Route) -> None:
        route.fulfill(status=500, json={**problem, "detail": "Try again later."})

    visitor.forgive("status of 500")
    visitor.page.route(lambda url: "/portal/v1/" in url and not url.endswith("/me"), fail)
    return visitor
