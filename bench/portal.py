"""Portal: a real browser on the deployed local stack, with a slow network and a slow processor."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from statistics import median
from time import time

from playwright.sync_api import Browser, Page

from bench.results import PROJECT, Part
from local import browser
from local.portal_people import Person, sign_in, with_password
from samples.generate import generate
from tests.e2e.pipeline import Pipeline, own_pipeline

_SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
"""What Chrome's developer tools call Slow 4G: milliseconds, bytes a second."""
_CPU_SLOWDOWN = 4
_ERRORS = 10_000
_PAGES = 20
_WATCH = PROJECT / "bench" / "portal.js"


def measure(*, full: bool) -> Part:
    """Measure on a stack of its own, which is gone afterwards."""
    setting = f"Chromium, Slow 4G (0.56 s there and back, 180 kB/s), processor {_CPU_SLOWDOWN} times slower"
    part = Part("Portal", f"{setting}; the service itself on this machine, at full speed")
    with own_pipeline("bench-stack") as pipeline, browser.started() as opened:
        vendor_id = pipeline.new_vendor()
        person = with_password(pipeline.environment, vendor_id, f"{vendor_id.lower()}@vendor.example")
        content = generate(rows=_ERRORS, error_rate=1, seed=1, vendor_id=vendor_id)
        upload_id = pipeline.upload(vendor_id, "errors.csv", content, seconds=300).upload_id
        runs = 5 if full else 3
        usable = median(_seconds_to_sign_in(opened, pipeline) for _ in range(runs))
        shown, longest = _outcome(opened, pipeline, person, upload_id, runs)
    part.rows.append({"what": "sign-in page usable, nothing cached", "median s": usable})
    part.rows.append({"what": f"outcome of {_ERRORS:,} errors, its first rows", "median s": shown})
    part.rows.append({"what": f"turning {_PAGES} pages of errors", "longest block ms": longest})
    part.goal("Portal: sign-in page usable", usable, "at most", 2, "s")
    part.goal(f"Portal: outcome of {_ERRORS:,} errors", shown, "at most", 3, "s")
    part.goal("Portal: longest block while paging", longest, "at most", 100, "ms")
    return part


def _seconds_to_sign_in(opened: Browser, pipeline: Pipeline) -> float:
    with _slow_page(opened) as page:
        return _seconds_to_show(page, pipeline.environment.output("PortalUrl"), "button.button-primary")


def _outcome(opened: Browser, pipeline: Pipeline, person: Person, upload_id: str, runs: int) -> tuple[float, float]:
    """Return the seconds from opening the link to the first rows, and the milliseconds of the longest block."""
    url = pipeline.environment.output("PortalUrl")
    with _slow_page(opened) as page:
        sign_in(page, url, person)
        seconds = []
        for _ in range(runs):
            page.goto("about:blank")
            seconds.append(_seconds_to_show(page, f"{url}#/uploads/{upload_id}", "tbody tr"))
        page.evaluate("window.longest = 0")
        _turn_pages(page)
        return median(seconds), float(page.evaluate("window.longest"))


def _seconds_to_show(page: Page, url: str, selector: str) -> float:
    """Open a link and return the seconds until something of the page is painted."""
    began = time()
    page.goto(url, wait_until="commit")
    return float(page.evaluate("(selector) => window.shown(selector)", selector)) / 1000 - began


def _turn_pages(page: Page) -> None:
    first = page.locator("tbody tr").first
    for _ in range(_PAGES):
        before = first.inner_text()
        page.get_by_role("button", name="Later rows").click()
        for _ in count():
            page.mouse.wheel(0, 400)
            page.wait_for_timeout(50)
            if first.inner_text() != before:
                break


@contextmanager
def _slow_page(opened: Browser) -> Iterator[Page]:
    with closing(opened.new_context()) as context:
        page = context.new_page()
        page.add_init_script(path=_WATCH)
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", _SLOW_4G)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": _CPU_SLOWDOWN})
        yield page
