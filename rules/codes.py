"""The vocabulary of verdicts: error codes of a row, refusal codes of a file, and the values that carry them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

WHOLE: Mapping[str, int] = MappingProxyType({})
"""No cell of a row was cut."""
AS_JUDGED: Mapping[str, str] = MappingProxyType({})
"""The rules judge the cells of a row as they were sent."""


class ErrorCode(StrEnum):
    """Why a row is refused. The order here is the order of several findings on one cell."""

    MISSING_REQUIRED_FIELD = "MISSING_REQUIRED_FIELD"
    INVALID_PRICE = "INVALID_PRICE"
    INVALID_STOCK_QUANTITY = "INVALID_STOCK_QUANTITY"
    INVALID_CATEGORY = "INVALID_CATEGORY"
    DUPLICATE_SKU = "DUPLICATE_SKU"
    DUPLICATE_VENDOR_PRODUCT_ID = "DUPLICATE_VENDOR_PRODUCT_ID"
    UNKNOWN_PRODUCT = "UNKNOWN_PRODUCT"
    PRODUCT_MISMATCH = "PRODUCT_MISMATCH"
    FIELD_TOO_LONG = "FIELD_TOO_LONG"
    INVALID_FIELD_FORMAT = "INVALID_FIELD_FORMAT"
    MALFORMED_ROW = "MALFORMED_ROW"
    PROCESSING_ERROR = "PROCESSING_ERROR"


class RefusalCode(StrEnum):
    """Why a whole file is refused before any row is looked at."""

    EMPTY_FILE = "EMPTY_FILE"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    MISSING_COLUMNS = "MISSING_COLUMNS"
    DUPLICATE_COLUMNS = "DUPLICATE_COLUMNS"
    NOT_A_CSV = "NOT_A_CSV"
    UNSUPPORTED_FILE = "UNSUPPORTED_FILE"
    UNKNOWN_VENDOR = "UNKNOWN_VENDOR"
    VENDOR_NOT_ACTIVE = "VENDOR_NOT_ACTIVE"


class RowError(NamedTuple):
    """One finding. `field` is a column name, or None when the row as a whole is meant."""

    field: str | None
    code: ErrorCode
    message: str


class Row(Protocol):
    """What the rules look at of one row.

    `cells` is raw text by column, `columns` and `values` the same in two; a missing column is a blank cell. `lengths`
    gives the trimmed length, in characters, of the cells that were cut before staging. `sent` gives the numbers of a
    file with decimal commas as they stand in it: messages quote them and tell corrections that way, the verdict is that
    of `cells`.
    """

    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def values(self) -> Sequence[str]: ...
    @property
    def cells(self) -> Mapping[str, str]: ...
    @property
    def lengths(self) -> Mapping[str, int]: ...
    @property
    def sent(self) -> Mapping[str, str]: ...


class Cells(NamedTuple):
    """A row that is nothing else."""

    columns: tuple[str, ...]
    values: Sequence[str]
    lengths: Mapping[str, int] = WHOLE
    sent: Mapping[str, str] = AS_JUDGED

    @classmethod
    def of(
        cls, cells: Mapping[str, str], lengths: Mapping[str, int] = WHOLE, sent: Mapping[str, str] = AS_JUDGED
    ) -> "Cells":
        """Return the row with these cells by column."""
        return cls(tuple(cells), tuple(cells.values()), lengths, sent)

    @property
    def cells(self) -> dict[str, str]:
        """The cells by column."""
        return dict(zip(self.columns, self.values, strict=True))


class Verdict(NamedTuple):
    """What the field rules say about one row.

    `errors` is empty when the row passes, otherwise in column order with at most one finding per column.
    `values` holds the trimmed cells in column order, None for a blank one; they are text, the database casts them.
    """

    errors: tuple[RowError, ...]
    values: tuple[str | None, ...]
