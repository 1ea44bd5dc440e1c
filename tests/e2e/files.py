"""Files to upload, and what is in them when read without the code under test."""

import csv
import io
from collections.abc import Iterable, Mapping

from samples.generate import COLUMNS

Product = dict[str, str]


def product(sku: str, **changes: str) -> Product:
    """Return a product that every rule accepts, changed as told."""
    return {
        "vendor_product_id": f"ID-{sku}",
        "product_name": f"Wireless Mouse {sku}",
        "category": "Computer Accessories",
        "subcategory": "",
        "description": f"A mouse called {sku}.",
        "sku": sku,
        "brand": "TechGear",
        "price": "19.99",
        "compare_at_price": "",
        "stock_quantity": "5",
        "unit": "piece",
        "weight_kg": "0.12",
        "dimensions_cm": "10x6x4",
        "image_url": "",
        **changes,
    }


def csv_file(products: Iterable[Mapping[str, str]], columns: Iterable[str] = COLUMNS) -> bytes:
    """Return the products as the bytes of a CSV file."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(columns), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(products)
    return file.getvalue().encode()


def rows_of(content: bytes) -> dict[int, Product]:
    """Return the cells of each row that is not blank as they stand in the file; a missing cell is empty.

    Row 1 is the first after the header. Only for files whose header names the columns as they are.
    """
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return {
        number: dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
        for number, cells in enumerate(lines, start=1)
        if any(cell.strip() for cell in cells)
    }
