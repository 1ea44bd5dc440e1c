"""Builds the error report: the CSV that tells a vendor what to fix."""

import csv
import io
from collections.abc import Iterable

from onboarding.formula_cells import neutralise
from onboarding.rows import REPORTED_COLUMNS, StagedRow

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


def build_report(rows: Iterable[StagedRow]) -> bytes:
    """Return the report as UTF-8 CSV: one line per error, in the order of rows and of each row's errors."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(REPORT_HEADER)
    for staged in rows:
        number = staged.row_number
        product_id, sku, name, price, stock = map(neutralise, staged.row.sent_in(REPORTED_COLUMNS))
        for _, code, message in staged.errors:
            writer.writerow((number, product_id, sku, name, code, neutralise(message), price, stock))
    return buffer.getvalue().encode()
