"""The product rules as others would write them: a pydantic model, and plain Python. They write no messages."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, ValidationError

from bench.files import CATEGORIES
from rules import trim

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def _blank_is_none(value: Any) -> Any:
    return trim(value) or None if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    """Refuse what Decimal would take and the rules do not: exponents, NaN, signs, underscores, other digits."""
    value = _blank_is_none(value)
    if value is not None and not _NUMBER.fullmatch(value):
        raise ValueError("not a plain number")
    return value


def _known(value: str) -> str:
    if value not in CATEGORIES:
        raise ValueError("not an active category")
    return value


def _text(longest: int) -> Any:
    return Annotated[str, StringConstraints(max_length=longest), BeforeValidator(_blank_is_none)]


def _number(low: str, high: str, places: int) -> Any:
    limits = Field(ge=Decimal(low), le=Decimal(high), decimal_places=places)
    return Annotated[Decimal, limits, BeforeValidator(_plain)]


class ProductModel(BaseModel):
    """pydantic v2: its core validates in Rust; trimming and the plain-number rule have to be Python."""

    vendor_product_id: _text(100)  # type: ignore[valid-type]
    product_name: _text(200)  # type: ignore[valid-type]
    category: Annotated[str, BeforeValidator(_blank_is_none), BeforeValidator(_known)]
    subcategory: _text(100) | None = None  # type: ignore[valid-type]
    description: _text(2000) | None = None  # type: ignore[valid-type]
    sku: _text(100)  # type: ignore[valid-type]
    brand: _text(100) | None = None  # type: ignore[valid-type]
    price: _number("0.01", "999999.99", 2)  # type: ignore[valid-type]
    compare_at_price: _number("0", "99999999.99", 2) | None = None  # type: ignore[valid-type]
    stock_quantity: _number("0", "1000000", 0)  # type: ignore[valid-type]
    unit: _text(50) | None = None  # type: ignore[valid-type]
    weight_kg: _number("0", "9999999.999", 3) | None = None  # type: ignore[valid-type]
    dimensions_cm: _text(50) | None = None  # type: ignore[valid-type]
    image_url: _text(2048) | None = None  # type: ignore[valid-type]


def pydantic_fields(cells: Mapping[str, str]) -> set[str]:
    """Return the columns that pydantic refuses."""
    try:
        ProductModel.model_validate(cells)
    except ValidationError as error:
        return {str(finding["loc"][0]) for finding in error.errors(include_url=False)}
    return set()


_TEXTS = (
    ("vendor_product_id", 100, True),
    ("product_name", 200, True),
    ("subcategory", 100, False),
    ("description", 2000, False),
    ("sku", 100, True),
    ("brand", 100, False),
    ("unit", 50, False),
    ("dimensions_cm", 50, False),
    ("image_url", 2048, False),
)
_PRICE = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")
_WEIGHT = re.compile(r"[0-9]+(?:\.[0-9]{1,3})?")
_WHOLE = re.compile(r"[0-9]+")
_NUMBERS = (
    ("price", _PRICE, 0.01, 999_999.99, True),
    ("compare_at_price", _PRICE, 0, 99_999_999.99, False),
    ("stock_quantity", _WHOLE, 0, 1_000_000, True),
    ("weight_kg", _WEIGHT, 0, 9_999_999.999, False),
)


def handwritten_fields(cells: Mapping[str, str]) -> set[str]:
    """Return the columns that plain Python refuses; its limits are fixed in code."""
    refused = set()
    for name, longest, required in _TEXTS:
        value = trim(cells.get(name, ""))
        if len(value) > longest or (required and not value):
            refused.add(name)
    for name, plain, low, high, required in _NUMBERS:
        value = trim(cells.get(name, ""))
        if not value:
            if required:
                refused.add(name)
        elif not plain.fullmatch(value) or not low <= float(value) <= high:
            refused.add(name)
    if trim(cells.get("category", "")) not in CATEGORIES:
        refused.add("category")
    return refused
