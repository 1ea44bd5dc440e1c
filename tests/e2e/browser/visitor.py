"""One person at one browser: signs in, looks around, and whatever goes wrong in the pages is kept."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    expect,
)

from local.environment import StackEnvironment
from local.portal_people import Person, sign_in

SECONDS = 60
"""What a page may take at most to show something on a busy machine; it takes a tenth of a second, an upload two."""
_REPORT_CSP = """
addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP: ${event.violatedDirective} kept out ${event.blockedURI}`));
"""

_SETTLED_WIDTH = """async (width) => {
  // A window that has just become smaller needs some frames to lay the page out anew.
  for (let frame = 0; frame < 60 && document.documentElement.scrollWidth > width; frame += 1) {
    await new Promise(requestAnimationFrame);
  }
  return document.documentElement.scrollWidth;
}"""


@dataclass(slots=True)
class Visitor:
    """A browser context of its own. `faults` holds errors of the console and of scripts, and violations of the CSP."""

    context: BrowserContext
    page: Page
    portal_url: str
    faults: list[str] = field(default_factory=list)
    _forgiven: list[re.Pattern[str]] = field(default_factory=list)
    _session: CDPSession | None = None

    @classmethod
    def arrive(cls, browser: Browser, environment: StackEnvironment, **options: Any) -> "Visitor":
        """Open a browser window; `options` are those of Playwright's `new_context`."""
        usual = {
            "locale": "en-GB",
            "timezone_id": "Europe/Berlin",
            "reduced_motion": "reduce",
            "accept_downloads": True,
        }
        context = browser.new_context(**{**usual, **options})
        context.set_default_timeout(SECONDS * 1000)
        context.add_init_script(_REPORT_CSP)
        visitor = cls(context, context.new_page(), environment.output("PortalUrl"))
        visitor.forgive(r"/favicon\.ico\)")  # of the emulator's sign-in page, which has no icon
        context.on("console", lambda message: visitor._hear(message))  # noqa: PLW0108 - Playwright marks the handler it gets
        context.on("weberror", lambda error: visitor._complain(f"script: {error.error}"))
        return visitor

    def leave(self) -> None:
        """Close the window. Raises AssertionError when anything went wrong in the pages that nobody forgave."""
        self.context.close()
        assert self.faults == []

    def forgive(self, pattern: str) -> None:
        """Take faults that match for granted from now on: a test that cuts the network hears of it in the console."""
        self._forgiven.append(re.compile(pattern))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complain(f"console: {message.text} ({message.location.get('url', '')})")

    def _complain(self, fault: str) -> None:
        if not any(pattern.search(fault) for pattern in self._forgiven):
            self.faults.append(fault)

    ##### Getting about

    def sign_in(self, person: Person) -> None:
        """Sign in from the portal's first page, at the user pool's own page, and come back."""
        sign_in(self.page, self.portal_url, person)

    def go(self, place: str) -> None:
        """Go to a place of the portal, such as `uploads/UPLOAD_…`, as a link does."""
        self.page.evaluate("(place) => { location.hash = place }", f"#/{place}")

    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until the text stands in the page's main part."""
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def hand_in(self, name: str, content: bytes) -> None:
        """Choose a file of new products on the page of new uploads, which sends it, to be taken for real."""
        self.check_first(False)
        self.choose(name, content)

    def check_first(self, check_only: bool) -> None:
        """Choose whether files are only checked."""
        # The page switches it on by itself when it hears that this is a first upload.
        self.page.wait_for_load_state("networkidle")
        self.page.get_by_role("switch", name="Check first").set_checked(check_only)

    def choose(self, name: str, content: bytes) -> None:
        """Choose a file, with everything else as it stands."""
        file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content}
        self.page.get_by_label("Choose product lists").set_input_files(file)

    def download(self, button: str) -> bytes:
        """Press a button that brings a file, and return its content."""
        with self.page.expect_download() as coming:
            self.page.get_by_role("button", name=button).click()
        return coming.value.path().read_bytes()

    ##### The network

    def throttle(self, bytes_per_second: int, latency: int = 20) -> None:
        """Slow the network down, both ways; the latency is in milliseconds."""
        self._emulate(offline=False, latency=latency, upload=bytes_per_second, download=bytes_per_second)

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Cut the network; what is under way fails. It comes back at the end of the block."""
        self.forgive(r"net::ERR_INTERNET_DISCONNECTED")
        self._emulate(offline=True, latency=0, upload=0, download=0)
        try:
            yield
        finally:
            self.connect()

    def connect(self) -> None:
        """Give the network back its full speed."""
        self._emulate(offline=False, latency=0, upload=-1, download=-1)

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Freeze the page, as a laptop does whose lid is shut: no script of it runs until the end of the block."""
        self._devtools().send("Page.setWebLifecycleState", {"state": "frozen"})
        try:
            yield
        finally:
            self._devtools().send("Page.setWebLifecycleState", {"state": "active"})

    def _emulate(self, *, offline: bool, latency: int, upload: int, download: int) -> None:
        conditions = {
            "offline": offline,
            "latency": latency,
            "downloadThroughput": download,
            "uploadThroughput": upload,
        }
        self._devtools().send("Network.emulateNetworkConditions", conditions)

    def _devtools(self) -> CDPSession:
        if self._session is None:
            self._session = self.context.new_cdp_session(self.page)
            self._session.send("Network.enable")
        return self._session

    ##### For everybody

    def check_accessible(self) -> None:
        """Check the page as it stands for barriers, in light and in dark."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
        self.page.emulate_media(color_scheme="light")

    def check_fits(self, width: int = 320) -> None:
        """Check that nothing of the page is wider than a window of so many pixels."""
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": 720})
        wide = self.page.evaluate(_SETTLED_WIDTH, width)
        self.page.set_viewport_size(before or {"width": 1280, "height": 720})
        assert wide <= width, f"{self.page.url} is {wide} pixels wide in a window of {width}"
