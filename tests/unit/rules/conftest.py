"""What the tests of the rules share: the shipped rules, a good row, and rules loaded from changed data."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rules import DEFAULT_RULES, ProductRules
from tests.builders import product

Edit = Callable[..., ProductRules]

CATEGORIES = frozenset(
    {"Audio", "Books", "Computer Accessories", "Home & Kitchen", "Laptops", "TV & Home Theater", "Toys & Games"}
)


@pytest.fixture(scope="session")
def rules() -> ProductRules:
    return ProductRules.load()


@pytest.fixture(scope="session")
def categories() -> frozenset[str]:
    return CATEGORIES


@pytest.fixture
def row() -> dict[str, str]:
    return product(1)


@pytest.fixture
def load_edited(tmp_path: Path) -> Edit:
    """Load the shipped rules with some of their text replaced; every replacement must find its text."""

    def load(*edits: tuple[str, str]) -> ProductRules:
        data = DEFAULT_RULES.read_text(encoding="utf-8")
        for old, new in edits:
            assert old in data, f"products.toml no longer holds {old!r}"
            data = data.replace(old, new, 1)
        path = tmp_path / "products.toml"
        path.write_text(data, encoding="utf-8")
        return ProductRules.load(path)

    return load
