"""Products and CSV files as the tests of library and functions upload them."""

import csv
import io
from collections.abc import Sequence


def product(n: int, **changed: str) -> dict[str, str]:
    """Return the cells of product n, which every rule accepts; keyword arguments replace some."""
    return {
        "vendor_product_id": f"PROD{n:04d}",
        "product_name": f"Wireless Mouse {n}",
        "category": "Computer Accessories",
        "subcategory": "Mice",
        "description": "Ergonomic, with two buttons",
        "sku": f"SKU-{n:04d}",
        "brand": "TechGear",
        "price": "19.99",
        "compare_at_price": "24.99",
        "stock_quantity": "150",
        "unit": "piece",
        "weight_kg": "0.25",
        "dimensions_cm": "12x8x4",
        "image_url": "https://images.example.com/mouse.jpg",
        **changed,
    }


def csv_of(rows: Sequence[dict[str, str]], line_end: str = "\r\n", header: Sequence[str] | None = None) -> bytes:
    """Return rows of cells as a CSV file with the columns of the first row, whatever its header calls them."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=line_end)
    names = list(rows[0])
    writer.writerow(header or names)
    writer.writerows([[row.get(name, "") for name in names] for row in rows])
    return buffer.getvalue().encode()
