"""The same generated files for every part of the bench, and what the pipeline makes of them."""

from functools import cache

from bench.catalogue import VENDOR_ID
from onboarding.intake.reading import read_products
from onboarding.rows import ProductRow, StagedRow
from onboarding.stores.ledger import CheckedRow
from onboarding.validation.settling import check_row
from rules import ProductRules
from samples.generate import KINDS, generate

CATEGORIES = frozenset(kind.category for kind in KINDS)
EXPIRES_AT = 1_800_000_000


@cache
def product_rules() -> ProductRules:
    """Return the shipped rules."""
    return ProductRules.load()


@cache
def file_of(rows: int, error_rate: float = 0.05, seed: int = 1) -> bytes:
    """Return a generated CSV file."""
    return generate(rows, error_rate, seed, VENDOR_ID)


@cache
def rows_of(rows: int, error_rate: float = 0.05, seed: int = 1) -> list[ProductRow]:
    """Return the rows that the parser reads from that file."""
    return read_products(file_of(rows, error_rate, seed), product_rules()).rows


def staged(upload_id: str, rows: list[ProductRow]) -> list[StagedRow]:
    """Return rows as they come back from the staging table."""
    return [StagedRow(upload_id, VENDOR_ID, row, EXPIRES_AT) for row in rows]


def checked(upload_id: str, rows: list[ProductRow]) -> list[CheckedRow]:
    """Return rows with the verdict of the rules, ready for the ledger."""
    rules = product_rules()
    return [check_row(rules, row, CATEGORIES) for row in staged(upload_id, rows)]
