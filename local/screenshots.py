"""Pictures of every page and state of the portal, at three widths and in both themes: `make screenshots`."""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import psycopg2
from playwright.sync_api import Browser, FilePayload, Page, Route

from local import browser, stack, uploads
from local.console import say, step
from local.environment import StackEnvironment
from local.portal_people import Person, person_of, sign_in
from local.settings import Settings
from local.vendors import Vendor
from samples.generate import generate

_WIDTHS = {320: 720, 1024: 768, 1920: 1080}
"""Widths of windows and their heights, in pixels."""
_HIGHEST = 16_000
"""Chromium paints nothing below 16,384 pixels."""
_THEMES = ("light", "dark")
_HEIGHT = """async () => {
  // A window that has just changed its size needs a frame or two to lay the page out anew.
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  return document.documentElement.scrollHeight;
}"""


class Who(Enum):
    """Whose pages a scene shows."""

    SEASONED = Vendor("NORTHLIGHT", "Northlight Home", "maria@northlight.example")
    NEW = Vendor("TIDEWATER", "Tidewater Goods", "sam@tidewater.example")
    BUSY = Vendor("HARBOUR", "Harbour & Pine", "kim@harbour-pine.example")
    """Hands files in while the pictures are taken."""
    OPERATOR = None


@dataclass(frozen=True, slots=True)
class Studio:
    """What the scenes are made of."""

    environment: StackEnvironment
    upload_ids: dict[str, str]
    """Of the seasoned vendor's uploads, by file name."""

    def place_of(self, file_name: str) -> str:
        return f"uploads/{self.upload_ids[file_name]}"


@dataclass(frozen=True, slots=True)
class Scene:
    """A page in one state. `prepare` brings it about once the place is open."""

    name: str
    place: Callable[[Studio], str]
    prepare: Callable[[Page], None] = lambda page: None
    who: Who = Who.SEASONED


def take(settings: Settings, only: str = "") -> Path:
    """Take the pictures whose names contain `only` on the stack, which is started if need be; return their folder."""
    environment = stack.up(settings)
    folder = settings.directory / "screenshots"
    if not only:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    people = {who: _person(environment, who) for who in Who}
    with step("Handing in the files for the pictures", "Files for the pictures handed in"):
        studio = Studio(environment, _hand_in_files(environment))
    with browser.started(say) as opened:
        for who, person in people.items():
            scenes = [scene for scene in SCENES if scene.who is who and only in scene.name]
            if not scenes:
                continue
            with step(f"Pictures of {person.email}", f"Pictures of {person.email}"), _window(opened) as page:
                _take_all(page, studio, person, scenes, folder)
    return folder


def _person(environment: StackEnvironment, who: Who) -> Person:
    if who.value is None:
        return Person("", environment.access["OPERATOR_USER"], environment.access["OPERATOR_PASSWORD"])
    return person_of(environment, who.value)


def _take_all(page: Page, studio: Studio, person: Person, scenes: list[Scene], folder: Path) -> None:
    sign_in(page, studio.environment.output("PortalUrl"), person)
    if any(scene.name == "outcome-correction" for scene in scenes) and _CORRECTED not in studio.upload_ids:
        studio.upload_ids[_CORRECTED] = _correct(page, studio)
    for scene in scenes:
        _open(page, scene.place(studio))
        scene.prepare(page)
        _shoot(page, folder, scene.name)
        page.unroute_all()
        page.context.set_offline(False)


@contextmanager
def _window(opened: Browser) -> Iterator[Page]:
    context = opened.new_context(locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    try:
        page = context.new_page()
        # A page with files on their way asks before it is left.
        page.on("dialog", lambda dialog: dialog.accept())
        yield page
    finally:
        context.close()


def _open(page: Page, place: str) -> None:
    page.evaluate("(place) => { location.hash = place }", f"#/{place}")
    # From the beginning: what one scene has brought about must not show in the next.
    page.reload()
    _settle(page)


def _settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.locator(".loading").first.wait_for(state="detached")


def _shoot(page: Page, folder: Path, name: str) -> None:
    """Take the whole page: in a window as high as it is, so that what sticks to an edge is at the edge."""
    for width, height in _WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        whole = page.evaluate(_HEIGHT)
        page.set_viewport_size({"width": width, "height": min(max(height, whole), _HIGHEST)})
        for theme in _THEMES:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=folder / f"{name}-{width}-{theme}.png")


##### What is on the pictures

_SPRING = "spring-catalogue.csv"
_CORRECTED = "spring-catalogue-corrections.csv"
_DRAFT = "summer-draft.csv"
_CHANGES = "price-changes.csv"
_LINK_TO_PUT = re.compile(r"X-Amz-Signature")


def _hand_in_files(environment: StackEnvironment) -> dict[str, str]:
    """Give the seasoned vendor a past, unless it has one, and return its upload ids by file name."""
    vendor_id = _vendor_id(Who.SEASONED)
    found = _upload_ids(environment, vendor_id)
    for folder, name, content in _files(vendor_id):
        if name not in found:
            stored = uploads.put(environment, vendor_id, name, content, folder=folder)
            *_, last = uploads.watch(environment, stored)
            assert last is not None
            found[name] = last.upload_id
    return found


def _vendor_id(who: Who) -> str:
    vendor: Vendor = who.value
    return vendor.vendor_id


def _upload_ids(environment: StackEnvironment, vendor_id: str) -> dict[str, str]:
    with closing(psycopg2.connect(environment.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT file_name, upload_id FROM upload_history WHERE vendor_id = %s AND completed_at IS NOT NULL",
            (vendor_id,),
        )
        return dict(cursor.fetchall())


def _files(vendor_id: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield the files in the order of their uploads: folder, name and content."""
    weeks = [
        generate(rows=40, error_rate=rate, seed=week, vendor_id=vendor_id)
        for week, rate in enumerate((0.3, 0.22, 0.26, 0.15, 0.12, 0.05, 0.08, 0), start=1)
    ]
    for week, content in enumerate(weeks, start=1):
        yield "uploads/", f"products-week-{week:02d}.csv", content
    yield "updates/", _CHANGES, _changes(weeks[-1])
    yield "uploads/", "only-pictures.csv", b"image_url,price\nhttps://northlight.example/1.jpg,19.99\n"
    yield "previews/uploads/", _DRAFT, generate(60, 0.1, 60, vendor_id)
    yield "previews/uploads/", "autumn-draft.csv", generate(60, 0, 70, vendor_id)
    yield "uploads/", _SPRING, generate(160, 0.25, 50, vendor_id)


def _changes(products: bytes) -> bytes:
    """Return a file of changes to some products of an earlier file, and to one that does not exist."""
    listed = list(csv.DictReader(io.StringIO(products.decode("utf-8-sig"))))
    rows = [f"{product['sku']},{10 + number}.90,{7 * number}" for number, product in enumerate(listed[:12])]
    return "\n".join(["sku,price,stock_quantity", *rows, "NO-SUCH-SKU,10.00,1", ""]).encode()


def _correct(page: Page, studio: Studio) -> str:
    """Fix what is easy to fix of an upload, in its corrections file; return the id of the upload that corrects it."""
    _open(page, studio.place_of(_SPRING))
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download the rows to fix").click()
    text = coming.value.path().read_text("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    rows = [dict(zip(header, line, strict=False)) for line in lines]
    for row in rows:
        row |= {"price": "24.90", "compare_at_price": "", "stock_quantity": "7", "category": "Audio"}
    fixed = io.StringIO(newline="")
    writer = csv.DictWriter(fixed, header)
    writer.writeheader()
    writer.writerows(rows)
    page.get_by_role("link", name="Fix and upload again").click()
    page.get_by_text("This corrects").wait_for()
    _choose(page, (_CORRECTED, fixed.getvalue().encode()))
    page.get_by_role("heading", name="What to fix first").wait_for()
    return str(page.url.partition("#/uploads/")[2])


def _choose(page: Page, *chosen: tuple[str, bytes]) -> None:
    files: list[FilePayload] = [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in chosen]
    page.get_by_label("Choose product lists").set_input_files(files)


def _refused(page: Page) -> None:
    _choose(page, ("products.csv", b"\x89PNG\r\n\x1a\n" + bytes(100)), ("prices.csv", b""))
    page.get_by_text("This file cannot be a product list").nth(1).wait_for()


def _sending(page: Page) -> None:
    """Send over a slow network: one file is on its way, the others wait."""
    _slow_down(page)
    notes = "x" * 20_000
    large = b"sku,notes\n" + b"".join(f"HP-{number},{notes}\n".encode() for number in range(200))
    small = generate(20, 0, 1, _vendor_id(Who.BUSY))
    _choose(page, ("living-room.csv", large), ("kitchen.csv", small), ("photos.csv", b"\x89PNG\r\n\x1a\n"))
    page.locator(".bytes:not([aria-valuenow='0'])").wait_for()


def _interrupted(page: Page) -> None:
    page.route(_LINK_TO_PUT, lambda route: route.abort("internetdisconnected"))
    _choose(page, ("living-room.csv", generate(400, 0, 2, _vendor_id(Who.BUSY))))
    page.get_by_text("The connection is gone").wait_for()
    page.context.set_offline(True)


def _slow_down(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    conditions = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 400_000}
    devtools.send("Network.emulateNetworkConditions", conditions)


def _several(page: Page) -> None:
    """Hand in two files at once, which stay side by side on the page."""
    page.get_by_role("switch", name="Check first").check()
    _choose(
        page,
        ("bathroom.csv", generate(120, 0.1, 3, _vendor_id(Who.BUSY))),
        ("garden.csv", generate(80, 0, 4, _vendor_id(Who.BUSY))),
    )
    page.get_by_text("Nothing was changed").nth(1).wait_for()


def _progress(page: Page) -> None:
    """Hand in a long file, and let the page hear no more of it when some of its rows are checked."""
    page.get_by_role("switch", name="Check first").check()
    _choose(page, ("winter-range.csv", generate(9000, 0.06, 5, _vendor_id(Who.BUSY))))
    page.get_by_role("region", name="Progress").get_by_text("of 9,000 rows checked").wait_for()
    page.route(re.compile("/v1/uploads/UPLOAD_"), lambda _: None)


def _show_rows(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^See all")).first.click()
    page.locator("tbody tr").first.wait_for()
    page.get_by_role("searchbox").fill("a")
    page.wait_for_url(re.compile("q=a"))
    _settle(page)


def _first_product(page: Page) -> None:
    page.get_by_role("region", name="Products").get_by_role("link").first.click()
    page.get_by_role("heading", name="Changes").wait_for()
    _settle(page)


def _make_key(page: Page) -> None:
    """Show a new key without making one: a vendor has room for two."""
    made = {
        "key_id": "key_0a1b2c3d4e5f6071",
        "label": "shop system",
        "created_at": "2026-11-24T09:30:00Z",
        "created_by": "maria@northlight.example",
        "last_used_at": None,
        "key": "tm_test_" + "0123456789" * 3 + "EXAMPLE0",
    }
    page.route(
        "**/api-keys", lambda route: route.fulfill(status=201, json=made) if _is_post(route) else route.fallback()
    )
    page.get_by_label("What is the key for?").fill("shop system")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_text("Copy the key now").wait_for()


def _is_post(route: Route) -> bool:
    return route.request.method == "POST"


def _fail(kind: str, status: int, title: str, of: str) -> Callable[[Page], None]:
    """Return what makes every answer whose path below `v1` matches a problem, and shows the page with it."""

    def prepare(page: Page) -> None:
        problem = {"type": f"urn:techmart:problem:{kind}", "title": title, "status": status, "detail": "Try again."}
        page.route(re.compile(rf"/portal/v1/{of}"), lambda route: route.fulfill(status=status, json=problem))
        page.reload()
        page.get_by_role("button", name="Try again").wait_for()

    return prepare


def _end_session(page: Page) -> None:
    page.route("**/oauth2/token", lambda route: route.fulfill(status=400, json={"error": "invalid_grant"}))
    page.route(re.compile("/portal/v1/uploads"), lambda route: route.fulfill(status=401, json={}))
    page.get_by_role("link", name="History").click()
    page.get_by_role("dialog").wait_for()


def _see_sign_in(page: Page) -> None:
    page.get_by_role("button", name="Sign in").wait_for()


def _runbook(page: Page) -> None:
    """Go where an alarm leads to: to a section of a page beside the portal's own."""
    page.goto(page.url.partition("#")[0] + "runbook.html#stalled-uploads")


SCENES = (
    Scene("upload", lambda _: ""),
    Scene("upload-first", lambda _: "", who=Who.NEW),
    Scene("upload-corrects", lambda studio: f"?corrects={studio.upload_ids[_SPRING]}"),
    Scene("upload-refused", lambda _: "", _refused, Who.BUSY),
    Scene("upload-sending", lambda _: "", _sending, Who.BUSY),
    Scene("upload-no-connection", lambda _: "", _interrupted, Who.BUSY),
    Scene("upload-several", lambda _: "", _several, Who.BUSY),
    Scene("progress", lambda _: "", _progress, Who.BUSY),
    Scene("outcome", lambda studio: studio.place_of(_SPRING)),
    Scene("outcome-rows", lambda studio: studio.place_of(_SPRING), _show_rows),
    Scene("outcome-correction", lambda studio: studio.place_of(_CORRECTED)),
    Scene("outcome-fine", lambda studio: studio.place_of("products-week-08.csv")),
    Scene("outcome-update", lambda studio: studio.place_of(_CHANGES)),
    Scene("outcome-check", lambda studio: studio.place_of(_DRAFT)),
    Scene("outcome-check-fine", lambda studio: studio.place_of("autumn-draft.csv")),
    Scene("outcome-refused", lambda studio: studio.place_of("only-pictures.csv")),
    Scene("outcome-unknown", lambda _: "uploads/UPLOAD_nothing"),
    Scene("history", lambda _: "uploads"),
    Scene("history-none-like-that", lambda _: "uploads?name=nothing-like-that"),
    Scene("history-empty", lambda _: "uploads", who=Who.NEW),
    Scene("history-problem", lambda _: "uploads", _fail("failed", 500, "Something went wrong on our side", "(?!me$)")),
    Scene("products", lambda _: "products"),
    Scene("products-none-like-that", lambda _: "products?q=nothing-like-that"),
    Scene("products-empty", lambda _: "products", who=Who.NEW),
    Scene("product", lambda _: "products?q=0001", _first_product),
    Scene("product-unknown", lambda _: "products/no-such-product"),
    Scene("help", lambda _: "help"),
    Scene("help-codes", lambda _: "help/codes/INVALID_PRICE"),
    Scene("help-categories", lambda _: "help/categories"),
    Scene("settings", lambda _: "settings"),
    Scene("settings-new-key", lambda _: "settings", _make_key),
    Scene("nothing-here", lambda _: "no/such/page"),
    Scene("figures", lambda _: "uploads/figures"),
    Scene("door-suspended", lambda _: "", _fail("account-suspended", 403, "Suspended", "me$"), Who.NEW),
    Scene("door-not-set-up", lambda _: "", _fail("not-allowed", 403, "Not allowed", "me$"), Who.NEW),
    Scene("session-ended", lambda _: "", _end_session, Who.NEW),
    Scene("signed-out", lambda _: "", _see_sign_in, Who.NEW),
    Scene("admin-system", lambda _: "", who=Who.OPERATOR),
    Scene("admin-uploads", lambda _: "uploads", who=Who.OPERATOR),
    Scene("admin-upload", lambda studio: studio.place_of(_SPRING), who=Who.OPERATOR),
    Scene("admin-vendors", lambda _: "vendors", who=Who.OPERATOR),
    Scene("admin-vendor", lambda _: f"vendors/{_vendor_id(Who.SEASONED)}", who=Who.OPERATOR),
    Scene("admin-categories", lambda _: "categories", who=Who.OPERATOR),
    Scene("admin-analytics", lambda _: "analytics", who=Who.OPERATOR),
    Scene("admin-operators", lambda _: "operators", who=Who.OPERATOR),
    Scene("admin-actions", lambda _: "actions", who=Who.OPERATOR),
    Scene("runbook", lambda _: "", _runbook, Who.OPERATOR),
)
"""In their order: a session that has ended is none in the scenes after it, and the runbook leads back nowhere."""
