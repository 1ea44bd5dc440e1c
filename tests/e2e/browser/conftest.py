"""A browser for all tests of the portal, and people of vendors who use it."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, expect

from local import browser as browsers
from local.errors import LocalStackError
from local.portal_people import Person, with_password
from tests.e2e.browser.visitor import SECONDS, Visitor
from tests.e2e.pipeline import Pipeline


class Visits(Protocol):
    """Brings a visitor: signed in as a person, or at the door."""

    def __call__(self, person: Person | None = None, **options: Any) -> Visitor: ...


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The browser of this run. Where there is none and none can be installed, every test fails and says what to do."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(text: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{text}", flush=True)

    expect.set_options(timeout=SECONDS * 1000)
    opening = browsers.started(say)
    try:
        opened = opening.__enter__()
    except LocalStackError as error:
        reason = str(error)
    else:
        try:
            yield opened
        finally:
            opening.__exit__(None, None, None)
        return
    pytest.fail(reason, pytrace=False)


@pytest.fixture
def new_person(pipeline: Pipeline) -> Callable[[], Person]:
    """Makes a person of a vendor of their own, who has chosen a password."""

    def make() -> Person:
        vendor_id = pipeline.new_vendor()
        return with_password(pipeline.environment, vendor_id, f"{vendor_id.lower()}@vendor.example")

    return make


@pytest.fixture
def person(new_person: Callable[[], Person]) -> Person:
    return new_person()


@pytest.fixture
def visits(request: pytest.FixtureRequest, browser: Browser, pipeline: Pipeline) -> Iterator[Visits]:
    """Brings visitors. When the test is through, anything that went wrong in their pages fails it."""
    visitors: list[Visitor] = []

    def bring(person: Person | None = None, **options: Any) -> Visitor:
        visitor = Visitor.arrive(browser, pipeline.environment, **options)
        visitors.append(visitor)
        if person is not None:
            visitor.sign_in(person)
        return visitor

    yield bring
    if request.node.stash.get(_HAS_FAILED, False):
        _keep_pictures(pipeline.settings.directory / "browser", request.node.name, visitors)
    for visitor in visitors:
        visitor.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture
def visitor(visits: Visits, person: Person) -> Visitor:
    """A signed-in person of a vendor of their own."""
    return visits(person)


_HAS_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_HAS_FAILED] = True
    return report


def _keep_pictures(folder: Path, test: str, visitors: list[Visitor]) -> None:
    """Keep what the visitors saw last when a test has failed."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, visitor in enumerate(visitors, start=1):
        visitor.page.screenshot(path=folder / f"{test}-{number}.png", full_page=True)
