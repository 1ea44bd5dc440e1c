"""What vendors must not see of each other, and what files must not do to the page that shows them."""

from collections.abc import Callable

from playwright.sync_api import expect

from local.portal_people import Person
from tests.e2e.browser.conftest import Visits
from tests.e2e.browser.visitor import Visitor
from tests.e2e.files import csv_file, product
from tests.e2e.pipeline import Pipeline

MARKUP = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script><b>bold</b>"
BACKWARDS = "\u202egnp.exe \u2067right to left\u2069"
EMOJI = "👩‍🚀🏳️‍🌈🇳🇴"
LONG = "W" * 5_000


def test_vendors_see_nothing_of_each_other_when_both_are_signed_in(
    visits: Visits, new_person: Callable[[], Person]
) -> None:
    anna, bert = new_person(), new_person()
    hers, his = visits(anna), visits(bert, locale="de-DE")
    hers.hand_in("annas.csv", csv_file([product(f"{anna.vendor_id}-1"), product(f"{anna.vendor_id}-2", price="no")]))
    hers.sees("1 of 2 rows")
    his.hand_in("berts.csv", csv_file([product(f"{bert.vendor_id}-1"), product(f"{bert.vendor_id}-2")]))
    his.sees("All 2 rows are in the catalogue.")

    his.forgive("status of 404")
    his.page.goto(hers.page.url)
    expect(his.heading()).to_have_text("No such upload")
    his.page.goto(f"{his.portal_url}#/products/ID-{anna.vendor_id}-1")
    expect(his.heading()).to_have_text("No such product")

    for visitor, own, other in ((hers, anna, bert), (his, bert, anna)):
        for place in ("uploads", "products", "settings"):
            visitor.go(place)
            visitor.sees({"uploads": "1 upload shown", "products": own.vendor_id, "settings": own.email}[place])
            text = visitor.page.inner_text("body")
            assert own.email in text
            for secret in (other.vendor_id, other.email, "annas.csv" if own is bert else "berts.csv"):
                assert secret not in text, f"{place} of {own.vendor_id} says {secret}"

    # Each in the own language: 24.11.2026 is written with points in German, 24 Nov 2026 with a word in English.
    his.go("uploads")
    expect(his.page.locator("tbody time").first).to_contain_text(".20")


def test_content_of_files_is_shown_as_text_when_it_is_hostile(
    visitor: Visitor, person: Person, pipeline: Pipeline
) -> None:
    page = visitor.page
    page.on("dialog", lambda dialog: visitor.faults.append(f"dialog: {dialog.message}"))
    v = person.vendor_id
    rows = [
        product(f"{v}-1", product_name=MARKUP, price=MARKUP),
        product(f"{v}-2", product_name=BACKWARDS, stock_quantity=BACKWARDS),
        product(f"{v}-3", product_name=LONG),
        product(f"{v}-4", category=EMOJI),
        product(f"{v}-5", product_name=f"{MARKUP} {EMOJI}"),
    ]
    for row in rows:
        row[MARKUP] = MARKUP
    name = f"{MARKUP.replace('/', '-')} {BACKWARDS} {EMOJI}.csv"[:190]

    visitor.hand_in(name, csv_file(rows, [*rows[0]]))

    visitor.sees("1 of 5 rows is in the catalogue, 4 need a fix.")
    errors = page.get_by_role("table")
    expect(errors).to_contain_text(MARKUP)
    expect(errors).to_contain_text("\u202egnp.exe")
    expect(errors).to_contain_text(EMOJI)
    expect(errors).to_contain_text("W" * 200)
    places = {
        page.url.partition("#/")[2]: MARKUP[:40],
        "uploads": MARKUP[:40],
        "products": MARKUP,
        f"products/ID-{v}-5": MARKUP,
    }
    for place, text in places.items():
        visitor.go(place)
        visitor.sees(text.replace("/", "-") if place.startswith("uploads") and place == "uploads" else text)
        visitor.check_fits()
        assert page.evaluate("window.hacked") is None, place
        assert page.locator("main img, main script, main b").count() == 0, place
