"""The way of a file through the portal, from sign-in to the catalogue."""

import csv
import io
import re

from playwright.sync_api import Route, expect

from local.portal_people import Person
from tests.e2e.browser.visitor import Visitor
from tests.e2e.files import csv_file, product
from tests.e2e.pipeline import Pipeline


def prices(pipeline: Pipeline, person: Person) -> dict[str, str]:
    """Return the price of each of the vendor's products by SKU, as the catalogue has them."""
    rows = pipeline.query("SELECT sku, price FROM products WHERE vendor_id = %s ORDER BY sku", person.vendor_id)
    return {row["sku"]: str(row["price"]) for row in rows}


def fixed(corrections: bytes) -> bytes:
    """Return a corrections file whose rows are as they should have been from the start."""
    rows = list(csv.DictReader(io.StringIO(corrections.decode("utf-8-sig"), newline="")))
    for row in rows:
        row |= {"price": "5.00", "stock_quantity": "7", "category": "Computer Accessories"}
    return csv_file(rows, rows[0])


def test_broken_file_ends_in_the_catalogue_when_its_rows_are_fixed(
    visitor: Visitor, person: Person, pipeline: Pipeline
) -> None:
    page = visitor.page
    v = person.vendor_id
    bad = {1: {"price": "$19.99"}, 4: {"price": "1,299.00", "stock_quantity": "12.7"}, 7: {"category": "Mice & Co"}}
    products = [product(f"{v}-{number}", **bad.get(number, {})) for number in range(9)]

    visitor.hand_in("spring.csv", csv_file(products))

    # What happened, and what to fix first: the price, which is wrong in two rows.
    expect(visitor.heading()).to_have_text("spring.csv")
    visitor.sees("6 of 9 rows are in the catalogue, 3 need a fix.")
    first = page.get_by_role("listitem").filter(has=page.get_by_role("heading", level=3)).first
    expect(first).to_contain_text("Price")
    expect(first).to_contain_text("$19.99")
    visitor.check_accessible()
    visitor.check_fits()
    first.get_by_role("link", name="See all 2 rows").click()
    expect(page.locator("tbody").get_by_role("row")).to_have_count(2)
    page.get_by_role("searchbox").fill("$19.99")
    expect(page.locator("tbody").get_by_role("row")).to_have_count(1)
    link = page.url
    assert b"$19.99" in visitor.download("Error report")

    corrections = visitor.download("Download the rows to fix")
    page.get_by_role("link", name="Fix and upload again").click()
    visitor.sees("This corrects spring.csv")
    visitor.choose("spring-corrections.csv", fixed(corrections))

    expect(visitor.heading()).to_have_text("spring-corrections.csv")
    visitor.sees("All 3 rows are in the catalogue. There is nothing left to do.")
    visitor.sees("3 rows had something to fix, none is left.")
    visitor.check_accessible()
    page.get_by_role("link", name="spring.csv").click()
    visitor.sees("Corrected by spring-corrections.csv: no row is left to fix.")
    visitor.check_accessible()
    visitor.check_fits()
    page.get_by_role("link", name="spring-corrections.csv").click()
    expect(visitor.heading()).to_have_text("spring-corrections.csv")
    assert len(prices(pipeline, person)) == 9

    # A link to rows that was passed on shows the same rows, and shows them at once.
    page.goto(link)
    page.reload()
    expect(page.locator("tbody").get_by_role("row")).to_have_count(1)
    expect(page.locator("tbody").get_by_role("row")).to_be_in_viewport()

    visitor.go("uploads")
    rows = page.get_by_role("region", name="Uploads").locator("tbody").get_by_role("row")
    expect(rows).to_have_count(2)
    page.get_by_label("File name").fill("corrections")
    expect(rows).to_have_count(1)
    page.get_by_label("Status").select_option("Failed")
    visitor.sees("No upload is like that")


def test_catalogue_changes_only_when_a_preview_is_applied(visitor: Visitor, person: Person, pipeline: Pipeline) -> None:
    page = visitor.page
    skus = [f"{person.vendor_id}-{number}" for number in range(5)]

    # The first upload of a vendor is a check, unless the vendor says otherwise; also of who is faster than the network.
    held: list[Route] = []
    page.route(re.compile(r"/uploads\?limit=1$"), lambda route: held.append(route))  # noqa: PLW0108 - as in visitor.py
    with page.expect_request(re.compile(r"/uploads\?limit=1$")):
        page.reload()
    visitor.choose("products.csv", csv_file(product(sku) for sku in skus))
    held[0].continue_()
    page.unroute_all()

    visitor.sees("All 5 rows are fine. Nothing was changed yet")
    assert prices(pipeline, person) == {}
    visitor.check_accessible()

    page.get_by_role("button", name="Looks good: upload for real").click()

    visitor.sees("All 5 rows are in the catalogue.")
    assert prices(pipeline, person) == dict.fromkeys(skus, "19.99")

    # The catalogue as a file, changed and handed in again: what was left alone stays.
    visitor.go("products")
    exported = visitor.download("Download to edit").decode("utf-8-sig")
    page.get_by_role("link", name="Hand it in as changes").click()
    expect(page.get_by_role("radio", name="Change products I have")).to_be_checked()
    visitor.choose("changes.csv", exported.replace("19.99", "17.49", 1).encode())
    visitor.sees("All 5 rows were taken over.")
    expect(page.locator("dl").first).to_contain_text("As before4")
    (changed,) = [sku for sku, price in prices(pipeline, person).items() if price == "17.49"]

    visitor.go("products")
    page.get_by_label("Search").fill(changed)
    page.get_by_role("link", name=f"Wireless Mouse {changed}").click()

    row = page.get_by_role("region", name="Changes").locator("tbody").get_by_role("row")
    expect(row).to_contain_text("Price")
    expect(row).to_contain_text("19.99")
    expect(row).to_contain_text("17.49")
    visitor.check_accessible()
    visitor.check_fits()


def test_file_is_refused_before_it_is_sent_when_it_cannot_be_a_list(
    visitor: Visitor, person: Person, pipeline: Pipeline
) -> None:
    visitor.choose("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))
    visitor.choose("nothing.csv", b"")

    queue = visitor.page.get_by_role("region", name="Your files")
    expect(queue.get_by_text("This file cannot be a product list")).to_have_count(2)
    visitor.check_accessible()
    assert pipeline.query("SELECT 1 FROM upload_history WHERE vendor_id = %s", person.vendor_id) == []


def test_file_is_refused_with_the_reason_when_columns_are_missing(visitor: Visitor) -> None:
    visitor.hand_in("pictures.csv", b"image_url,price\nhttps://shop.example/1.jpg,1.00\n")

    visitor.sees("The file was refused as a whole")
    visitor.sees("MISSING_COLUMNS")
    visitor.check_accessible()
    visitor.go("uploads")
    visitor.sees("Refused")
