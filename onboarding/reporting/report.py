"""Builds the error report: the CSV that tells a vendor what to fix."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a report link needs the report's key alone
    from onboarding.rows import StagedRow

REPORT_HEADER = (
    "Row Number",
    "Vendor Product ID",
    "SKU",
    "Product Name",
    "Error Type",
    "Error Message",
    "Price",
    "Stock Quantity",
)
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?", re.ASCII)


def build_report(rows: Iterable[StagedRow]) -> bytes:
    """Return the report as UTF-8 CSV: one line per error, in the order of rows and of each row's errors."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(REPORT_HEADER)
    for staged in rows:
        cells = staged.row.cells
        for error in staged.errors:
            writer.writerow(
                (
                    staged.row_number,
                    neutralise(cells.get("vendor_product_id", "")),
                    neutralise(cells.get("sku", "")),
                    neutralise(cells.get("product_name", "")),
                    error.code,
                    neutralise(error.message),
                    neutralise(cells.get("price", "")),
                    neutralise(cells.get("stock_quantity", "")),
                )
            )
    return buffer.getvalue().encode()


def neutralise(cell: str) -> str:
    """Return the cell so that no spreadsheet runs it as a formula (OWASP, "CSV Injection").

    A plain number with a sign stays as it is.
    """
    if cell.startswith(_FORMULA_START) and not _PLAIN_NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def report_key(vendor_id: str, upload_id: str) -> str:
    """Return the S3 key of an upload's error report."""
    return f"errors/{vendor_id}/{upload_id}_errors.csv"
