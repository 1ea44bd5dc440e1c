"""What the tests of the shared library have in common: the shipped rules and files of products."""

from collections.abc import Callable

import pytest

from onboarding.uploads import Upload
from rules import ProductRules
from tests import builders

Product = Callable[..., dict[str, str]]
CsvOf = Callable[..., bytes]


@pytest.fixture(scope="session")
def rules() -> ProductRules:
    return ProductRules.load()


@pytest.fixture(scope="session")
def product() -> Product:
    return builders.product


@pytest.fixture(scope="session")
def csv_of() -> CsvOf:
    return builders.csv_of


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
