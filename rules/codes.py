"""The vocabulary of verdicts: error codes of a row, refusal codes of a file, and the values that carry them."""

from enum import StrEnum
from typing import NamedTuple


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


class Verdict(NamedTuple):
    """What the field rules say about one row.

    `errors` is empty when the row passes, otherwise in column order with at most one finding per column.
    `values` holds the trimmed cells in column order, None for a blank one; they are text, the database casts them.
    """

    errors: tuple[RowError, ...]
    values: tuple[str | None, ...]
