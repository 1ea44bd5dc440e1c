"""The whole path with pandas and pandera: read the file, validate by column, COPY the good rows, write a report."""

import io
import json
from typing import Any

import pandas
import pandera.pandas as pandera

from bench.catalogue import VENDOR_ID
from bench.files import CATEGORIES
from rules.text import BLANKS

_PRICE = r"[0-9]+(\.[0-9]{1,2})?"
_WEIGHT = r"[0-9]+(\.[0-9]{1,3})?"
_REQUIRED = ("vendor_product_id", "product_name", "category", "sku", "price", "stock_quantity")
_LENGTHS = {
    "vendor_product_id": 100,
    "product_name": 200,
    "subcategory": 100,
    "description": 2000,
    "sku": 100,
    "brand": 100,
    "unit": 50,
    "dimensions_cm": 50,
    "image_url": 2048,
}
_REPORT = ["row_number", "vendor_product_id", "sku", "product_name", "column", "check", "price", "stock_quantity"]


def _within(low: float, high: float) -> pandera.Check:
    return pandera.Check(
        lambda cells: pandas.to_numeric(cells, errors="coerce").between(low, high), name=f"between {low} and {high}"
    )


def _column(name: str) -> pandera.Column:
    checks: list[pandera.Check] = []
    if name in _LENGTHS:
        checks.append(pandera.Check.str_length(max_value=_LENGTHS[name]))
    elif name == "category":
        checks.append(pandera.Check.isin(CATEGORIES))
    elif name == "stock_quantity":
        checks += [pandera.Check(lambda cells: cells.str.fullmatch("[0-9]+"), name="whole"), _within(0, 1_000_000)]
    else:
        plain = _WEIGHT if name == "weight_kg" else _PRICE
        limits = {"price": (0.01, 999_999.99), "weight_kg": (0, 9_999_999.999)}.get(name, (0, 99_999_999.99))
        checks += [pandera.Check(lambda cells: cells.str.fullmatch(plain), name="plain number"), _within(*limits)]
    return pandera.Column(str, checks, nullable=name not in _REQUIRED, unique=name in ("sku", "vendor_product_id"))


_COLUMNS = (*_LENGTHS, "category", "price", "compare_at_price", "stock_quantity", "weight_kg")
_SCHEMA = pandera.DataFrameSchema({name: _column(name) for name in _COLUMNS})


def run(connection: Any, body: bytes, upload_id: str, *, same_outcome: bool) -> tuple[int, int]:
    """Take a file to catalogue and report; return how many rows went in and how many were refused.

    As usually written, the good rows go straight into the table: one SKU that is there already fails the file, and
    nothing is kept of the bad rows but the report. `same_outcome` records errors and counts as ours does, and lets the
    database decide about keys that exist. Rows of a wrong width: those with a cell too many are dropped by the reader.
    """
    frame = pandas.read_csv(io.BytesIO(body), dtype=str, keep_default_na=False, on_bad_lines="skip")
    frame = frame.apply(lambda cells: cells.str.strip(BLANKS)).replace("", None)
    frame.insert(0, "row_number", range(1, len(frame) + 1))
    failures = _failures(frame)
    # "unique" names both rows of a pair; the first one is to stay.
    bad = set(failures.loc[~failures["check"].str.contains("unique"), "index"].dropna())
    for name in ("sku", "vendor_product_id"):
        bad |= set(frame.index[frame[name].duplicated() & frame[name].notna()])
    report = failures[failures["index"].isin(bad)].merge(frame, left_on="index", right_index=True)
    report[_REPORT].to_csv(io.StringIO(), index=False)
    good = frame.drop(index=list(bad)).assign(vendor_id=VENDOR_ID, upload_id=upload_id)
    columns = ", ".join(good.columns)
    with connection, connection.cursor() as cursor:
        if not same_outcome:
            cursor.copy_expert(f"COPY products ({columns}) FROM STDIN (FORMAT csv)", _csv(good))
            return len(good), len(bad)
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS incoming ON COMMIT DELETE ROWS AS SELECT {columns} FROM products LIMIT 0"
        )
        cursor.copy_expert("COPY incoming FROM STDIN (FORMAT csv)", _csv(good))
        cursor.execute(
            f"INSERT INTO products ({columns}) SELECT * FROM incoming ON CONFLICT DO NOTHING RETURNING row_number"
        )
        accepted = len(cursor.fetchall())
        cells = list(frame.columns[1:])
        report["original"] = [json.dumps(row) for row in report[cells].fillna("").to_dict("records")]
        errors = report.assign(upload_id=upload_id)[
            ["upload_id", "row_number", "column", "check", "failure_case", "original"]
        ]
        cursor.copy_expert(
            "COPY validation_errors (upload_id, row_number, field, error_type, error_message, original_data)"
            " FROM STDIN (FORMAT csv)",
            _csv(errors.fillna({"failure_case": "missing"}).assign(check=errors["check"].str[:50])),
        )
        cursor.execute(
            "UPDATE upload_history SET valid_records = %s, error_records = %s WHERE upload_id = %s",
            (accepted, len(bad), upload_id),
        )
    return accepted, len(bad)


def _failures(frame: Any) -> Any:
    try:
        _SCHEMA.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        return error.failure_cases
    return pandas.DataFrame({"check": pandas.Series(dtype=str), "column": [], "index": [], "failure_case": []})


def _csv(frame: Any) -> io.StringIO:
    buffer = io.StringIO()
    frame.to_csv(buffer, index=False, header=False)
    buffer.seek(0)
    return buffer
