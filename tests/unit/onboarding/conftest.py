"""What the tests of the shared library have in common: the shipped rules and files of products."""

import csv
import io
from collections.abc import Callable, Sequence

import pytest

from onboarding.uploads import Upload
from rules import ProductRules

Product = Callable[..., dict[str, str]]
CsvOf = Callable[..., bytes]


@pytest.fixture(scope="session")
def rules() -> ProductRules:
    return ProductRules.load()


@pytest.fixture(scope="session")
def product() -> Product:
    """Make the cells of product n; keyword arguments replace some."""

    def make(n: int, **changed: str) -> dict[str, str]:
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

    return make


@pytest.fixture(scope="session")
def csv_of() -> CsvOf:
    """Write rows of cells as a CSV file whose header names the columns of the first row."""

    def write(rows: Sequence[dict[str, str]], line_end: str = "\r\n", header: Sequence[str] | None = None) -> bytes:
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator=line_end)
        names = list(rows[0])
        writer.writerow(header or names)
        writer.writerows([[row.get(name, "") for name in names] for row in rows])
        return buffer.getvalue().encode()

    return write


@pytest.fixture
def upload() -> Upload:
    return Upload(
        upload_id="UPLOAD_20261121_103045_0a1b2c3d",
        vendor_id="VEND001",
        file_name="products.csv",
        bucket="product-onboarding-test-uploads",
        s3_key="uploads/VEND001/products.csv",
        object_version="v1",
        uploaded_at="2026-11-21T10:30:45+00:00",
    )
