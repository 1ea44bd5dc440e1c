"""Pictures of every page and state of the portal, at three widths and in both themes: `make screenshots`."""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from playwright.sync_api import Browser, BrowserContext, Page, Route

from local import browser, stack, uploads
from local.console import say, step
from local.environment import StackEnvironment
from local.portal_people import Person, person_of, sign_in
from local.settings import Settings
from local.vendors import Vendor
from samples.generate import generate

_WIDTHS = {320: 720, 1024: 768, 1920: 1080}
"""Widths of windows and their heights, in pixels."""
_SEASONED = Vendor("NORTHLIGHT", "Northlight Home", "maria@northlight.example")
_NEW = Vendor("TIDEWATER", "Tidewater Goods", "sam@tidewater.example")


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
    is_new_vendor: bool = False
    is_operator: bool = False

    @property
    def seen_by(self) -> int:
        """Return the place, among the people, of who sees it."""
        return 2 if self.is_operator else int(self.is_new_vendor)


def take(settings: Settings, only: str = "") -> Path:
    """Take the pictures whose names contain `only` on the stack, which is started if need be; return their folder."""
    environment = stack.up(settings)
    folder = settings.directory / "screenshots"
    if not only:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    seasoned, new = person_of(environment, _SEASONED), person_of(environment, _NEW)
    operator = Person("", environment.access["OPERATOR_USER"], environment.access["OPERATOR_PASSWORD"])
    with step("Handing in the files for the pictures", "Files for the pictures handed in"):
        studio = Studio(environment, _hand_in_files(environment))
    with browser.started(say) as opened:
        for width in _WIDTHS:
            for theme in ("light", "dark"):
                with step(f"Pictures {width} wide, {theme}", f"Pictures {width} wide, {theme}"):
                    _take_all(opened, studio, (seasoned, new, operator), folder, width, theme, only)
    return folder


def _take_all(
    opened: Browser, studio: Studio, people: tuple[Person, ...], folder: Path, width: int, theme: str, only: str
) -> None:
    """`people` are one of the seasoned vendor, one of the new vendor, and an operator."""
    for kind, person in enumerate(people):
        scenes = [scene for scene in SCENES if scene.seen_by == kind and only in scene.name]
        if not scenes:
            continue
        with _window(opened, width, theme) as context:
            page = context.new_page()
            if kind == 0:
                page.goto(studio.environment.output("PortalUrl"))
                page.get_by_role("button", name="Sign in").wait_for()
                _shoot(page, folder, "signed-out", width, theme)
            sign_in(page, studio.environment.output("PortalUrl"), person)
            page.reload()
            for scene in scenes:
                page.evaluate("(place) => { location.hash = place }", f"#/{scene.place(studio)}")
                _settle(page)
                scene.prepare(page)
                _settle(page)
                _shoot(page, folder, scene.name, width, theme)
                # From the beginning: what one scene has brought about must not show in the next.
                page.unroute_all()
                page.reload()
                _settle(page)


@contextmanager
def _window(opened: Browser, width: int, theme: str) -> Iterator[BrowserContext]:
    context = opened.new_context(
        viewport={"width": width, "height": _WIDTHS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    try:
        yield context
    finally:
        context.close()


def _settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_function("!document.querySelector('.loading')")


def _shoot(page: Page, folder: Path, name: str, width: int, theme: str) -> None:
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)


##### What is on the pictures


def _hand_in_files(environment: StackEnvironment) -> dict[str, str]:
    """Give the seasoned vendor a past, unless it has one, and return its upload ids by file name."""
    found = _upload_ids(environment)
    for folder, name, content in _files():
        if name not in found:
            stored = uploads.put(environment, _SEASONED.vendor_id, name, content, folder=folder)
            *_, last = uploads.watch(environment, stored)
            assert last is not None
            found[name] = last.upload_id
    return found


def _upload_ids(environment: StackEnvironment) -> dict[str, str]:
    with closing(psycopg2.connect(environment.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT file_name, upload_id FROM upload_history WHERE vendor_id = %s AND completed_at IS NOT NULL",
            (_SEASONED.vendor_id,),
        )
        return dict(cursor.fetchall())


def _files() -> Iterator[tuple[str, str, bytes]]:
    """Yield the files in the order of their uploads: folder, name and content."""
    weeks = [
        generate(rows=40, error_rate=rate, seed=week, vendor_id=_SEASONED.vendor_id)
        for week, rate in enumerate((0.3, 0.22, 0.26, 0.15, 0.12, 0.05, 0.08, 0), start=1)
    ]
    for week, content in enumerate(weeks, start=1):
        yield "uploads/", f"products-week-{week:02d}.csv", content
    yield "updates/", "price-changes.csv", _changes(weeks[-1])
    yield "uploads/", "only-pictures.csv", b"image_url,price\nhttps://northlight.example/1.jpg,19.99\n"
    yield "previews/uploads/", "summer-draft.csv", generate(60, 0.1, 60, _SEASONED.vendor_id)
    yield "uploads/", "spring-catalogue.csv", generate(160, 0.25, 50, _SEASONED.vendor_id)


def _changes(products: bytes) -> bytes:
    """Return a file of changes to some products of an earlier file, and to one that does not exist."""
    listed = list(csv.DictReader(io.StringIO(products.decode("utf-8-sig"))))
    rows = [f"{product['sku']},{10 + number}.90,{7 * number}" for number, product in enumerate(listed[:12])]
    return "\n".join(["sku,price,stock_quantity", *rows, "NO-SUCH-SKU,10.00,1", ""]).encode()


def _first_product(page: Page) -> None:
    page.get_by_role("region", name="Products").get_by_role("link").first.click()
    page.get_by_role("heading", name="Changes").wait_for()


def _make_key(page: Page) -> None:
    """Show a new key without making one: a vendor has room for two."""
    made = {
        "key_id": "key_0a1b2c3d4e5f6071",
        "label": "shop system",
        "created_at": "2026-11-24T09:30:00Z",
        "created_by": _SEASONED.email,
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


def _fail(kind: str, status: int, title: str, detail: str) -> Callable[[Page], None]:
    """Return what makes the page show this problem."""

    def prepare(page: Page) -> None:
        problem = {"type": f"urn:techmart:problem:{kind}", "title": title, "status": status, "detail": detail}
        page.route(re.compile(r"/portal/v1/(?!me$)"), lambda route: route.fulfill(status=status, json=problem))
        page.reload()
        page.get_by_text(title).first.wait_for()

    return prepare


SCENES = (
    Scene("history", lambda _: "uploads"),
    Scene("history-none-like-that", lambda _: "uploads?name=nothing-like-that"),
    Scene("history-empty", lambda _: "uploads", is_new_vendor=True),
    Scene(
        "history-problem", lambda _: "uploads", _fail("failed", 500, "Something went wrong on our side", "Try again.")
    ),
    Scene("products", lambda _: "products"),
    Scene("products-none-like-that", lambda _: "products?q=nothing-like-that"),
    Scene("products-empty", lambda _: "products", is_new_vendor=True),
    Scene("product", lambda _: "products?q=0001", _first_product),
    Scene("product-unknown", lambda _: "products/no-such-product"),
    Scene("help", lambda _: "help"),
    Scene("help-codes", lambda _: "help/codes/INVALID_PRICE"),
    Scene("help-categories", lambda _: "help/categories"),
    Scene("settings", lambda _: "settings"),
    Scene("settings-new-key", lambda _: "settings", _make_key),
    Scene("nothing-here", lambda _: "no/such/page"),
    Scene("figures", lambda _: "uploads/figures"),
    Scene("admin-system", lambda _: "", is_operator=True),
    Scene("admin-uploads", lambda _: "uploads", is_operator=True),
    Scene("admin-upload", lambda studio: studio.place_of("spring-catalogue.csv"), is_operator=True),
    Scene("admin-vendors", lambda _: "vendors", is_operator=True),
    Scene("admin-vendor", lambda _: f"vendors/{_SEASONED.vendor_id}", is_operator=True),
    Scene("admin-categories", lambda _: "categories", is_operator=True),
    Scene("admin-analytics", lambda _: "analytics", is_operator=True),
    Scene("admin-operators", lambda _: "operators", is_operator=True),
    Scene("admin-actions", lambda _: "actions", is_operator=True),
)
