"""The same generated files for every part of the bench, and what the pipeline makes of them."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeVar

from bench.catalogue import VENDOR_ID
from onboarding.intake.reading import read_products
from onboarding.rows import CheckedRow, ProductRow, StagedRow
from onboarding.validation.settling import check_rows
from operations.scale import usual_setting
from rules import ProductRules
from samples.generate import KINDS, generate

T = TypeVar("T")


_PARAMETERS = usual_setting()
STREAM_BATCH, SHARDS = _PARAMETERS["streamBatchSize"], _PARAMETERS["stagingShards"]
"""As deployed: rows that the stream gives the validator at once, and partition keys that an upload's rows go round."""
CATEGORIES = frozenset(kind.category for kind in KINDS)
ERROR_RATE, SEED = 0.05, 1


@cache
def product_rules() -> ProductRules:
    """Return the shipped rules."""
    return ProductRules.load()


@cache
def file_of(rows: int, error_rate: float = ERROR_RATE) -> bytes:
    """Return a generated CSV file."""
    return generate(rows, error_rate, SEED, VENDOR_ID)


@cache
def rows_of(rows: int, error_rate: float = ERROR_RATE) -> list[ProductRow]:
    """Return the rows that the parser reads from that file."""
    return read_products(file_of(rows, error_rate), product_rules()).rows


def staged(upload_id: str, rows: Sequence[ProductRow]) -> list[StagedRow]:
    """Return rows as they come back from the staging table."""
    return [StagedRow(upload_id, VENDOR_ID, row, expires_at=1_800_000_000) for row in rows]


def checked(upload_id: str, rows: Sequence[ProductRow]) -> list[CheckedRow]:
    """Return rows with the verdict of the rules, ready for the ledger."""
    return check_rows(product_rules(), staged(upload_id, rows), CATEGORIES)


def batches(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the rows in slices of this size."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
