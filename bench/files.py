"""The same generated files for every part of the bench, and what the pipeline makes of them."""

import csv
import io
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeVar

import yaml

from bench.catalogue import VENDOR_ID
from bench.results import PROJECT
from onboarding.intake.limits import MAX_FILE_BYTES
from onboarding.intake.reading import read_products
from onboarding.rows import ProductRow, StagedRow
from onboarding.stores.ledger import CheckedRow
from onboarding.validation.settling import check_row
from rules import ProductRules
from samples.generate import KINDS, generate

T = TypeVar("T")


class _Loader(yaml.SafeLoader):
    """Reads the stages' parameters; CloudFormation's tags stand for nothing here."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: None)
PARAMETERS = yaml.load((PROJECT / "stages" / "default.yml").read_text("utf-8"), Loader=_Loader)
STREAM_BATCH: int = PARAMETERS["streamBatchSize"]
"""Rows that the stream gives the validator at once, as deployed."""
SHARDS: int = PARAMETERS["stagingShards"]
"""Partition keys that the rows of an upload go round, as deployed."""
CATEGORIES = frozenset(kind.category for kind in KINDS)
EXPIRES_AT = 1_800_000_000
ERROR_RATE = 0.05


@cache
def product_rules() -> ProductRules:
    """Return the shipped rules."""
    return ProductRules.load()


@cache
def file_of(rows: int, error_rate: float = ERROR_RATE, seed: int = 1) -> bytes:
    """Return a generated CSV file."""
    return generate(rows, error_rate, seed, VENDOR_ID)


def padded(rows: int) -> bytes:
    """Return that file with descriptions as long as it takes to fill the 10 MB that are allowed."""
    body = file_of(rows)
    room = (MAX_FILE_BYTES - len(body)) // rows - 1
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for number, cells in enumerate(csv.reader(io.StringIO(body.decode(), newline=""))):
        writer.writerow([*cells[:4], f"{cells[4]} {'x' * (room - 3)}", *cells[5:]] if number else cells)
    return out.getvalue().encode()


@cache
def rows_of(rows: int, error_rate: float = ERROR_RATE, seed: int = 1) -> list[ProductRow]:
    """Return the rows that the parser reads from that file."""
    return read_products(file_of(rows, error_rate, seed), product_rules()).rows


def staged(upload_id: str, rows: list[ProductRow]) -> list[StagedRow]:
    """Return rows as they come back from the staging table."""
    return [StagedRow(upload_id, VENDOR_ID, row, EXPIRES_AT) for row in rows]


def checked(upload_id: str, rows: list[ProductRow]) -> list[CheckedRow]:
    """Return rows with the verdict of the rules, ready for the ledger."""
    return [check_row(product_rules(), row, CATEGORIES) for row in staged(upload_id, rows)]


def batches(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the rows in slices of this size."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
