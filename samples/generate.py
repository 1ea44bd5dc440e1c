"""Generates uploads of any size with a known share of bad rows: the same arguments always give the same bytes.

python samples/generate.py --rows 1000 --error-rate 0.05 --seed 7 --vendor VEND001 --out products.csv
"""

import argparse
import csv
import io
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

COLUMNS = (
    "vendor_product_id",
    "product_name",
    "category",
    "subcategory",
    "description",
    "sku",
    "brand",
    "price",
    "compare_at_price",
    "stock_quantity",
    "unit",
    "weight_kg",
    "dimensions_cm",
    "image_url",
)


class Kind(NamedTuple):
    """A kind of product and what is realistic for it; prices in whole dollars, weights in grams."""

    category: str
    subcategory: str
    noun: str
    prices: tuple[int, int]
    weights: tuple[int, int]


KINDS = (
    Kind("Computer Accessories", "Mice & Keyboards", "Wireless Mouse", (9, 89), (60, 180)),
    Kind("Computer Accessories", "Cables & Hubs", "USB-C Hub", (15, 119), (40, 300)),
    Kind("Laptops", "Ultrabooks", "14-inch Laptop", (499, 2199), (990, 2400)),
    Kind("Desktops", "Mini PCs", "Mini PC", (199, 1299), (500, 3200)),
    Kind("Tablets", "Drawing Tablets", "Pen Tablet", (49, 899), (300, 900)),
    Kind("Monitors", "4K Monitors", "27-inch Monitor", (159, 999), (3800, 8200)),
    Kind("Printers & Scanners", "Laser Printers", "Laser Printer", (99, 649), (6000, 19000)),
    Kind("Networking", "Routers", "Wi-Fi 6 Router", (39, 399), (250, 1300)),
    Kind("Storage", "Solid State Drives", "Portable SSD", (49, 429), (40, 140)),
    Kind("Components", "Graphics Cards", "Graphics Card", (149, 1799), (600, 2300)),
    Kind("Software", "Office Suites", "Office Suite Licence", (29, 299), (20, 90)),
    Kind("Smartphones", "Android Phones", "5G Smartphone", (179, 1199), (150, 240)),
    Kind("Phone Accessories", "Chargers", "65 W Charger", (12, 79), (60, 250)),
    Kind("Audio", "Bluetooth Speakers", "Bluetooth Speaker", (19, 349), (250, 3900)),
    Kind("Headphones", "Over-Ear", "Noise-Cancelling Headphones", (49, 449), (180, 360)),
    Kind("Cameras", "Action Cameras", "Action Camera", (99, 649), (90, 420)),
    Kind("TV & Home Theater", "Soundbars", "Soundbar", (79, 999), (1900, 7400)),
    Kind("Wearables", "Fitness Trackers", "Fitness Tracker", (25, 249), (20, 60)),
    Kind("Smart Home", "Lighting", "Smart Bulb", (8, 69), (50, 190)),
    Kind("Gaming", "Controllers", "Game Controller", (25, 199), (180, 420)),
    Kind("Office Supplies", "Notebooks", "Dotted Notebook", (4, 29), (150, 700)),
    Kind("Home & Kitchen", "Cookware", "Cast-Iron Pan", (19, 149), (1200, 4500)),
    Kind("Appliances", "Coffee Machines", "Espresso Machine", (89, 899), (2800, 12000)),
    Kind("Furniture", "Desks", "Standing Desk", (149, 899), (18000, 48000)),
    Kind("Tools & Home Improvement", "Drills", "Cordless Drill", (39, 299), (900, 2600)),
    Kind("Sports & Outdoors", "Camping", "Two-Person Tent", (49, 499), (1400, 4300)),
    Kind("Toys & Games", "Board Games", "Strategy Board Game", (15, 99), (500, 2600)),
    Kind("Health & Beauty", "Hair Care", "Hair Dryer", (19, 229), (350, 900)),
    Kind("Clothing", "Jackets", "Rain Jacket", (35, 329), (250, 1100)),
    Kind("Books", "Programming", "Programming Handbook", (15, 79), (300, 1400)),
    Kind("Automotive", "Dash Cams", "Dash Cam", (39, 349), (80, 400)),
)
BRANDS = ("TechGear", "Nordlys", "Kestrel", "Bluepeak", "Oakline", "Voltaro", "Fjällworks", "Brightside", "Meridian")
SERIES = ("Pro", "Air", "Max", "Lite", "One", "Plus", "Go", "Studio", "Edge")
UNITS = ("piece", "piece", "piece", "set", "box", "pack")
PHRASES = (
    "Built for everyday use and tested for years of service.",
    "Ships in recycled packaging with a printed quick-start guide.",
    "Comes with a two-year warranty, spare parts included.",
    "Quiet, light and easy to clean.",
    'The "no surprises" version: everything you need is in the box.',
    "Works at home, in the office and on the road.",
)


Product = dict[str, str]
Spoiler = Callable[[random.Random, Product, Sequence[Product]], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Upload:
    """A generated file and the truth about it: the error codes of each bad row, by row number, in report order."""

    body: bytes
    expected_errors: dict[int, tuple[str, ...]]


def generate(rows: int, error_rate: float, seed: int, vendor_id: str) -> bytes:
    """Return a CSV file with the given number of data rows, of which `error_rate` (0 to 1) are bad."""
    return generate_upload(rows, error_rate, seed, vendor_id).body


def expected_errors(rows: int, error_rate: float, seed: int, vendor_id: str) -> dict[int, tuple[str, ...]]:
    """Return the error codes by row number of the file that `generate` makes of the same arguments."""
    return generate_upload(rows, error_rate, seed, vendor_id).expected_errors


def generate_upload(rows: int, error_rate: float, seed: int, vendor_id: str) -> Upload:
    """Return the file and its expected errors.

    SKUs and vendor product ids are unique for each vendor, seed and row, so files never collide in the catalogue.
    Every kind of row error occurs about equally often; a duplicate repeats a value of an earlier, good row.
    Raises ValueError when rows or error_rate make no sense.
    """
    if rows < 0 or not 0 <= error_rate <= 1:
        raise ValueError("rows must be 0 or more, error_rate between 0 and 1")
    chance = random.Random(f"{vendor_id}/{seed}/{rows}/{error_rate}")
    bad = _spread(chance, rows, round(rows * error_rate))
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    good: list[Product] = []
    expected: dict[int, tuple[str, ...]] = {}
    for number in range(1, rows + 1):
        product = _product(chance, seed, vendor_id, number)
        spoil = bad.get(number)
        if spoil is None:
            good.append(product)
        else:
            expected[number] = spoil(chance, product, good)
        writer.writerow(product.values())
    return Upload(file.getvalue().encode(), expected)


def _product(chance: random.Random, seed: int, vendor_id: str, number: int) -> Product:
    kind = chance.choice(KINDS)
    brand = chance.choice(BRANDS)
    cents = chance.randrange(kind.prices[0] * 100, kind.prices[1] * 100)
    name = f"{brand} {kind.noun} {chance.choice(SERIES)} {chance.randrange(100, 1000)}"
    length, width, height = (chance.randrange(3, 90) for _ in range(3))
    initials = "".join(word[0] for word in kind.category.replace("&", "").split())
    values = (
        f"PROD{seed}-{number:05d}",
        name,
        kind.category,
        kind.subcategory,
        f"{name}: {kind.subcategory.lower()} from {brand}. {' '.join(chance.sample(PHRASES, 2))}",
        f"{initials}-{vendor_id}-{seed}-{number:05d}",
        brand,
        _money(cents),
        _money(cents * chance.randrange(105, 150) // 100) if chance.random() < 0.4 else "",
        str(chance.randrange(0, 2500)),
        chance.choice(UNITS),
        f"{chance.randrange(*kind.weights) / 1000:.3f}",
        f"{length}x{width}x{height}",
        f"https://images.example.com/{vendor_id.lower()}/{seed}/{number:05d}.jpg",
    )
    return dict(zip(COLUMNS, values, strict=True))


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _spread(chance: random.Random, rows: int, count: int) -> dict[int, Spoiler]:
    """Return which rows are spoilt and how: all ways in turn, in random places."""
    places = chance.sample(range(1, rows + 1), count)
    return {place: SPOILERS[turn % len(SPOILERS)] for turn, place in enumerate(places)}


def _blank_required(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    column = chance.choice(("vendor_product_id", "product_name", "category", "sku", "price", "stock_quantity"))
    product[column] = chance.choice(("", " "))
    return ("MISSING_REQUIRED_FIELD",)


def _bad_price(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    product["price"] = chance.choice(("-10.00", "0", "1000000", "$19.99", "1,299.00", "19,99", "19.999", "1e3", "NaN"))
    return ("INVALID_PRICE",)


def _bad_stock(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    product["stock_quantity"] = chance.choice(("-5", "12.7", "1000001", "many", "1.000,0"))
    return ("INVALID_STOCK_QUANTITY",)


def _bad_category(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    product["category"] = chance.choice(("laptops", "Home and Kitchen", "Audoi", "Groceries", "Toys"))
    return ("INVALID_CATEGORY",)


def _too_long(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    column, longest = chance.choice((("product_name", 200), ("description", 2000), ("brand", 100)))
    product[column] = (product[column] + " ") * (longest // len(product[column]) + 1)
    product[column] = product[column][:longest] + "!"
    return ("FIELD_TOO_LONG",)


def _bad_format(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    column = chance.choice(("weight_kg", "compare_at_price"))
    product[column] = chance.choice(("heavy", "0,5", "-1", "approx. 2"))
    return ("INVALID_FIELD_FORMAT",)


def _repeat_sku(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    if not good:
        return _bad_price(chance, product, good)
    product["sku"] = chance.choice(good)["sku"]
    return ("DUPLICATE_SKU",)


def _repeat_id(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    if not good:
        return _bad_price(chance, product, good)
    product["vendor_product_id"] = chance.choice(good)["vendor_product_id"]
    return ("DUPLICATE_VENDOR_PRODUCT_ID",)


def _two_at_once(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    return *_bad_price(chance, product, good), *_bad_stock(chance, product, good)


def _malform(chance: random.Random, product: Product, good: Sequence[Product]) -> tuple[str, ...]:
    """Leave one cell too few or too many; all others stay in their places."""
    if chance.random() < 0.5:
        del product["image_url"]
    else:
        product["left over"] = "left over"
    return ("MALFORMED_ROW",)


SPOILERS: tuple[Spoiler, ...] = (
    _blank_required,
    _bad_price,
    _bad_stock,
    _bad_category,
    _too_long,
    _bad_format,
    _repeat_sku,
    _repeat_id,
    _two_at_once,
    _malform,
)


def main() -> None:
    """Write the upload to a file or, without --out, to standard output."""
    parser = argparse.ArgumentParser(description="Generate a product upload with a known share of bad rows.")
    parser.add_argument("--rows", type=int, default=1000, help="data rows (default: 1000)")
    parser.add_argument("--error-rate", type=float, default=0.05, help="share of bad rows, 0 to 1 (default: 0.05)")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other products (default: 1)")
    parser.add_argument("--vendor", default="VEND001", help="vendor id, part of every SKU (default: VEND001)")
    parser.add_argument("--out", type=Path, help="file to write (default: standard output)")
    arguments = parser.parse_args()
    try:
        body = generate(arguments.rows, arguments.error_rate, arguments.seed, arguments.vendor)
    except ValueError as error:
        parser.error(str(error))
    if arguments.out is None:
        sys.stdout.buffer.write(body)
    else:
        arguments.out.write_bytes(body)


if __name__ == "__main__":
    main()
