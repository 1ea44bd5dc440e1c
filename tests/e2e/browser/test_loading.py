"""How the portal comes to the screen: what the first paint shows, and what waits for what."""

import re

from playwright.sync_api import Page, Route, expect

from local.portal_people import Person
from tests.e2e.browser.conftest import Visits
from tests.e2e.browser.visitor import Visitor

FIRST = re.compile(r"/assets/index-[^/]+\.js$")
STYLES = re.compile(r"/assets/index-[^/]+\.css$")
SIGNED_IN = re.compile(r"/assets/SignedIn-[^/]+\.js$")
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
CANVAS = f"(document.documentElement.style.backgroundColor = 'Canvas', {GROUND})"
"""What the browser paints where no style has come yet."""


def hold(page: Page, *urls: re.Pattern[str]) -> list[Route]:
    """Let no answer to these requests come; return them, as they are made."""
    held: list[Route] = []
    for url in urls:
        page.route(url, lambda route: held.append(route))  # noqa: PLW0108 - as in visitor.py
    return held


def test_chosen_theme_is_there_before_styles_and_scripts(visits: Visits, person: Person) -> None:
    visitor = visits(person, color_scheme="light")
    page = visitor.page
    page.get_by_role("button", name="Use dark colours").click()
    dark = page.evaluate(GROUND)
    scripts, styles = hold(page, FIRST), hold(page, STYLES)

    with page.expect_request(FIRST), page.expect_request(STYLES):
        page.reload(wait_until="commit")

    assert page.evaluate(CANVAS) == "rgb(18, 18, 18)"
    page.evaluate("document.documentElement.style.backgroundColor = ''")
    styles[0].continue_()
    page.wait_for_function("() => document.styleSheets.length > 0")
    assert page.evaluate(GROUND) == dark
    scripts[0].continue_()
    expect(page.get_by_role("button", name="Use light colours")).to_be_visible()


def test_sign_in_page_does_not_wait_for_what_is_behind_it(visits: Visits) -> None:
    visitor = visits()
    hold(visitor.page, SIGNED_IN)

    # It is fetched all the same: while the reader signs in.
    with visitor.page.expect_request(SIGNED_IN):
        visitor.page.goto(visitor.portal_url, wait_until="commit")

    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()


def test_signed_in_pages_are_fetched_beside_the_first_script(visitor: Visitor) -> None:
    page = visitor.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    held = hold(page, FIRST)

    with page.expect_request(SIGNED_IN):
        page.reload(wait_until="commit")

    held[0].continue_()
    visitor.sees("New upload")
    page.wait_for_load_state("networkidle")
    assets = [url for url in asked if "/assets/" in url]
    assert sorted(assets) == sorted(set(assets))


def test_page_says_so_when_the_signed_in_pages_cannot_be_fetched(visitor: Visitor) -> None:
    visitor.forgive(r"net::ERR_FAILED")
    visitor.page.route(SIGNED_IN, lambda route: route.abort())

    visitor.page.reload()

    expect(visitor.heading()).to_have_text("The portal could not be fetched")
    visitor.check_accessible()
    visitor.check_fits()
    visitor.page.unroute_all()
    visitor.page.get_by_role("button", name="Load the portal again").click()
    expect(visitor.heading()).to_have_text("New upload")
