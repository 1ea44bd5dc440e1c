"""What others would use for the same rules and the same path: pydantic, pandas with pandera, Django.

Their columns and limits are read from the shipped rules, so that all judge by the same ones. None writes our messages.
"""

import io
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any

import django
import pandas
import pandera.pandas as pandera
import tablib
from django.conf import settings
from pydantic import BeforeValidator, Field, ValidationError, create_model

from bench.catalogue import VENDOR_ID
from bench.files import CATEGORIES
from rules import trim
from rules.schema import DEFAULT_RULES, Column, read_rules
from rules.text import BLANKS

_COLUMNS = read_rules(DEFAULT_RULES).columns


def _pattern(column: Column) -> str:
    """Return what a number looks like: plain digits, with at most so many decimals."""
    return rf"[0-9]+(?:\.[0-9]{{1,{column.decimals}}})?" if column.decimals else "[0-9]+"


##### pydantic v2: its core validates in Rust; trimming and the plain-number rule have to be Python.


def _pydantic_type(column: Column) -> Any:
    is_right: Callable[[str], object] = {
        "text": bool,
        "category": CATEGORIES.__contains__,
        "number": re.compile(_pattern(column)).fullmatch,
    }[column.type]

    def trimmed(value: str) -> str | None:
        value = trim(value)
        if value and not is_right(value):
            raise ValueError("not a category, or not a plain number")
        return value or None

    limits = {"text": {"max_length": column.maxlength}, "number": {"ge": column.min, "le": column.max}}
    kind = Decimal if column.type == "number" else str
    kind = Annotated[kind, Field(**limits.get(column.type, {})), BeforeValidator(trimmed)]
    return (kind, ...) if column.required else (kind | None, None)


_MODEL = create_model("Product", **{column.name: _pydantic_type(column) for column in _COLUMNS})


def pydantic_fields(cells: Mapping[str, str]) -> set[str]:
    """Return the columns that pydantic refuses."""
    try:
        _MODEL.model_validate(cells)
    except ValidationError as error:
        return {str(finding["loc"][0]) for finding in error.errors(include_url=False)}
    return set()


##### pandas + pandera: read the file, validate by column, COPY the good rows, write a report.

_REPORT = ["row_number", "vendor_product_id", "sku", "product_name", "column", "check", "price", "stock_quantity"]
_ERRORS = ["upload_id", "row_number", "column", "check", "failure_case", "original"]
_KEYS = ("sku", "vendor_product_id")


def _pandera_column(column: Column) -> pandera.Column:
    low, high, plain = float(column.min), float(column.max), _pattern(column)
    checks = {
        "text": [pandera.Check.str_length(max_value=column.maxlength)],
        "category": [pandera.Check.isin(CATEGORIES)],
        "number": [
            pandera.Check(lambda cells: cells.str.fullmatch(plain), name="plain number"),
            pandera.Check(lambda cells: pandas.to_numeric(cells, errors="coerce").between(low, high), name="limits"),
        ],
    }[column.type]
    return pandera.Column(str, checks, nullable=not column.required, unique=column.name in _KEYS)


_SCHEMA = pandera.DataFrameSchema({column.name: _pandera_column(column) for column in _COLUMNS})


def pandas_path(connection: Any, body: bytes, upload_id: str, *, same_outcome: bool) -> int:
    """Take a file to catalogue and report; return how many rows went in.

    As usually written, the good rows go straight into the table: one SKU that is there already fails the file, and
    nothing is kept of the bad rows but the report. `same_outcome` records errors and counts as ours does, and lets the
    database decide about keys that exist. Rows with a cell too many are dropped by the reader.
    """
    frame = pandas.read_csv(io.BytesIO(body), dtype=str, keep_default_na=False, on_bad_lines="skip")
    frame = frame.apply(lambda cells: cells.str.strip(BLANKS)).replace("", None)
    frame.insert(0, "row_number", range(1, len(frame) + 1))
    failures = pandas.DataFrame({"check": pandas.Series(dtype=str), "column": [], "index": [], "failure_case": []})
    try:
        _SCHEMA.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        failures = error.failure_cases
    # "unique" names both rows of a pair; the first one is to stay.
    bad = set(failures.loc[~failures["check"].str.contains("unique"), "index"].dropna())
    for name in _KEYS:
        bad |= set(frame.index[frame[name].duplicated() & frame[name].notna()])
    report = failures[failures["index"].isin(bad)].merge(frame, left_on="index", right_index=True)
    report[_REPORT].to_csv(io.StringIO(), index=False)
    good = frame.drop(index=list(bad)).assign(vendor_id=VENDOR_ID, upload_id=upload_id)
    columns = ", ".join(good.columns)
    with connection, connection.cursor() as cursor:
        if not same_outcome:
            _copy(cursor, f"products ({columns})", good)
            return len(good)
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS incoming ON COMMIT DELETE ROWS AS SELECT {columns} FROM products LIMIT 0"
        )
        _copy(cursor, "incoming", good)
        cursor.execute(f"INSERT INTO products ({columns}) SELECT * FROM incoming ON CONFLICT DO NOTHING")
        accepted = cursor.rowcount
        cells = report[list(frame.columns[1:])].fillna("").to_dict("records")
        errors = report.assign(upload_id=upload_id, original=[json.dumps(row) for row in cells])[_ERRORS]
        errors = errors.fillna({"failure_case": "missing"}).assign(check=errors["check"].str[:50])
        fields = "upload_id, row_number, field, error_type, error_message, original_data"
        _copy(cursor, f"validation_errors ({fields})", errors)
        counts = "UPDATE upload_history SET valid_records = %s, error_records = %s WHERE upload_id = %s"
        cursor.execute(counts, (accepted, len(bad), upload_id))
    return accepted


def _copy(cursor: Any, table: str, frame: Any) -> None:
    buffer = io.StringIO()
    frame.to_csv(buffer, index=False, header=False)
    buffer.seek(0)
    cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv)", buffer)


##### django-import-export, with every switch set for speed.

# Nothing is looked up for each row: neither its SKU, for all rows are new, nor whether its unique fields are taken.
_TUNED = dict.fromkeys(("force_init_instance", "use_bulk", "skip_diff", "skip_html_diff", "use_transactions"), True)
_TUNED |= {"clean_model_instances": False, "batch_size": 1000}


def django_path(connection: Any) -> Callable[[list[dict[str, Any]]], int]:
    """Return how the library imports parsed rows; once in a process. It returns how many rows were added."""
    database = {name.upper(): getattr(connection.info, name) for name in ("user", "password", "host", "port")}
    database |= {"ENGINE": "django.db.backends.postgresql", "NAME": connection.info.dbname}
    settings.configure(INSTALLED_APPS=["import_export"], USE_TZ=True, DATABASES={"default": database})
    django.setup()
    from django.db import models  # noqa: PLC0415 - only after setup()
    from import_export.resources import ModelResource  # noqa: PLC0415

    def field_of(column: Column) -> Any:
        optional = {} if column.required else {"null": True, "blank": True}
        if column.type == "number" and column.decimals:
            return models.DecimalField(max_digits=10, decimal_places=column.decimals, **optional)
        if column.type == "number":
            return models.IntegerField(**optional)
        return models.CharField(max_length=column.maxlength or 100, unique=column.name == "sku", **optional)

    fields = {
        "product_id": models.BigAutoField(primary_key=True),
        **{name: models.CharField(max_length=50) for name in ("vendor_id", "upload_id")},
        "row_number": models.IntegerField(),
        **{column.name: field_of(column) for column in _COLUMNS},
    }
    of_table = type("Meta", (), {"app_label": "import_export", "db_table": "products", "managed": False})
    product = type("Product", (models.Model,), {**fields, "Meta": of_table, "__module__": __name__})
    meta = {"model": product, "fields": [*fields][1:], "import_id_fields": ("sku",), **_TUNED}
    resource = type("Products", (ModelResource,), {"Meta": type("Meta", (), meta)})

    def run(rows: list[dict[str, Any]]) -> int:
        dataset = tablib.Dataset(*[list(row.values()) for row in rows], headers=list(rows[0]))
        return int(resource().import_data(dataset, dry_run=False, raise_errors=True).totals["new"])

    return run
