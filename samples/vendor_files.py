"""Makes one file of 100 products for each sample vendor, and what must become of it: `make samples`.

The words and the mistakes are data, in vendors.toml. What is expected is written from the same data, never from what
the reader or the rules say about the files.
"""

import csv
import io
import json
import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from local.pages import replaced, table
from samples.generate import COLUMNS

FOLDER = Path(__file__).parent
EXPECTED = FOLDER / "expected.json"
README = FOLDER / "README.md"
_COLUMNS = (*COLUMNS, "barcode")
_NUMBERS = ("price", "compare_at_price", "stock_quantity", "weight_kg", "barcode")
_MADE = datetime(2026, 11, 24, tzinfo=UTC)
_NOTES = ("Prices are in US dollars.", "Ask us for pictures in print quality.", "Valid until the end of the year.")

Cells = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row that is not as it should be; vendors.toml explains the keys."""

    row: int
    what: str
    codes: Sequence[str]
    cells: Mapping[str, Any] = field(default_factory=dict)
    repeat: Mapping[str, str] = field(default_factory=dict)
    spill: int = 1
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor's file as vendors.toml describes it. `titles` gives columns other names."""

    file: str
    vendor_id: str
    prefix: str
    variants: Sequence[str]
    brands: Sequence[str]
    phrases: Sequence[str]
    lines: Sequence[Mapping[str, Any]]
    mistakes: Sequence[Mistake]
    titles: Mapping[str, str] = field(default_factory=dict)
    units: Sequence[str] = ("piece", "piece", "set", "box")
    sheet: str = ""
    title: str = ""

    @property
    def header(self) -> list[str]:
        return [self.titles.get(name, name) for name in _COLUMNS if name in COLUMNS or name in self.titles]

    @property
    def expected(self) -> dict[str, Any]:
        """What must become of the file, in the form of expected.json."""
        errors = {str(mistake.row): list(mistake.codes) for mistake in self.mistakes}
        return {"vendor_id": self.vendor_id, "total_records": len(self.lines) * len(self.variants), "errors": errors}


def read_vendors() -> list[Vendor]:
    """Return the vendors of vendors.toml."""
    data = tomllib.loads((FOLDER / "vendors.toml").read_text(encoding="utf-8"))
    return [Vendor(**{**each, "mistakes": [Mistake(**one) for one in each["mistakes"]]}) for each in data["vendors"]]


def make_files() -> dict[str, bytes]:
    """Return the content of each file by its name. The same data always give the same bytes."""
    vendors = read_vendors()
    right = {vendor.vendor_id: _products(vendor) for vendor in vendors}
    return {vendor.file: _written(vendor, _spoilt(vendor, right)) for vendor in vendors}


def expected_json() -> str:
    """Return expected.json with the outcomes of these files in it; the others stay."""
    known: dict[str, dict[str, Any]] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    known |= {vendor.file: vendor.expected for vendor in read_vendors()}
    text = json.dumps(known, indent=2, ensure_ascii=False)
    return re.sub(r"\[\s+(.*?)\s+\]", lambda codes: f"[{' '.join(codes[1].split())}]", text, flags=re.DOTALL) + "\n"


def readme() -> str:
    """Return README.md with the tables of these files' mistakes in it."""
    tables = {vendor.file: _table(vendor) for vendor in read_vendors()}
    return replaced(README.read_text(encoding="utf-8"), "rows", tables)


def _table(vendor: Vendor) -> str:
    rows = [
        (str(mistake.row), mistake.what, ", ".join(f"`{code}`" for code in mistake.codes))
        for mistake in vendor.mistakes
    ]
    return table(("row", "what about it", "error codes"), rows, numbers_from=3)


def _products(vendor: Vendor) -> list[Cells]:
    """Return the vendor's products without mistakes: every line in every variant. Numbers are numbers."""
    chance = random.Random(vendor.file)
    pairs = [(line, variant) for line in vendor.lines for variant in vendor.variants]
    return [_product(chance, vendor, number, *pair) for number, pair in enumerate(pairs, start=1)]


def _product(chance: random.Random, vendor: Vendor, number: int, line: Mapping[str, Any], variant: str) -> Cells:
    price = line["price"] + chance.randrange(0, max(line["price"] // 3, 2)) + chance.choice((0.9, 0.95, 0.99, 0.5))
    name = f"{line['name']} {variant}"
    initials = "".join(word[0] for word in line["category"].replace("&", "").split())
    return {
        "vendor_product_id": f"{vendor.prefix}-{1000 + number}",
        "product_name": name,
        "category": line["category"],
        "subcategory": line["subcategory"],
        "description": f"{name}. {' '.join(chance.sample(vendor.phrases, 2))}",
        "sku": f"{vendor.prefix}-{initials}-{number:03d}",
        "brand": chance.choice(vendor.brands),
        "price": round(price, 2),
        "compare_at_price": round(price * 1.2, 2) if chance.random() < 0.4 else None,
        "stock_quantity": chance.randrange(0, 900),
        "unit": chance.choice(vendor.units),
        "weight_kg": round(line["grams"] * chance.uniform(0.9, 1.1) / 1000, 3),
        "dimensions_cm": line["size"],
        "image_url": f"https://images.example.com/{vendor.prefix.lower()}/{1000 + number}.jpg",
        "barcode": chance.randrange(4_000_000_000_000, 4_100_000_000_000),
    }


def _spoilt(vendor: Vendor, right: Mapping[str, Sequence[Cells]]) -> list[list[Any]]:
    """Return the rows of the vendor's file, its mistakes included."""
    mistakes = {mistake.row: mistake for mistake in vendor.mistakes}
    rows = []
    for number, product in enumerate(right[vendor.vendor_id], start=1):
        mistake = mistakes.get(number, Mistake(number, "", ()))
        cells = {**product, **mistake.cells, **dict(_repeated(mistake, right))}
        row = [cells[name] for name in _COLUMNS if name in COLUMNS or name in vendor.titles]
        if mistake.spill > 1:
            at = _COLUMNS.index("description")
            row[at : at + 1] = row[at].split(" ", mistake.spill - 1)
        rows.append(row[: mistake.cut])
    return rows


def _repeated(mistake: Mistake, right: Mapping[str, Sequence[Cells]]) -> Iterator[tuple[str, Any]]:
    for name, place in mistake.repeat.items():
        vendor_id, _, row = place.partition("/")
        yield name, right[vendor_id][int(row) - 1][name]


def _written(vendor: Vendor, rows: Sequence[Sequence[Any]]) -> bytes:
    if vendor.sheet:
        return _workbook(vendor, rows)
    german = bool(vendor.titles)
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow(vendor.header)
    writer.writerows([[_text(cell, german=german) for cell in row] for row in rows])
    if german:  # the row below the last product, which a spreadsheet saves as well when it has a format
        writer.writerow([""] * len(vendor.header))
    return file.getvalue().encode("cp1252" if german else "utf-8")


def _text(cell: Any, *, german: bool) -> str:
    """Return a cell as a spreadsheet writes it: `1.049,90` in German."""
    if cell is None:
        return ""
    if not isinstance(cell, float):
        return str(cell)
    plain = f"{cell:.2f}" if cell == round(cell, 2) else f"{cell:.3f}"
    if not german:
        return plain
    whole, _, decimals = plain.partition(".")
    return f"{int(whole):,}".replace(",", ".") + f",{decimals}"


def _workbook(vendor: Vendor, rows: Sequence[Sequence[Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.set_properties({"created": _MADE})  # so that the same data give the same file
        notes = book.add_worksheet("Notes")
        notes.write_column(0, 0, _NOTES)
        sheet = book.add_worksheet(vendor.sheet)
        bold = book.add_format({"bold": True})
        percent, day = book.add_format({"num_format": "0%"}), book.add_format({"num_format": "dd/mmm"})
        sheet.write_string(0, 0, vendor.title, bold)
        sheet.write_row(2, 0, vendor.header, bold)
        for number, cells in enumerate(rows, start=3):
            for column, cell in enumerate(cells):
                _write(sheet, number, column, cell, {"percent": percent, "day": day})
    return file.getvalue()


def _write(sheet: Worksheet, row: int, column: int, cell: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["day"])
    elif not isinstance(cell, dict):
        sheet.write(row, column, cell)
    elif "percent" in cell:
        sheet.write_number(row, column, cell["percent"], formats["percent"])
    else:
        sheet.write_formula(row, column, "=NA()" if cell["error"] == "#N/A" else "=1/0", None, cell["error"])


def main() -> None:
    """Write the files, what is expected of them, and the tables that explain them."""
    for name, body in make_files().items():
        (FOLDER / name).write_bytes(body)
    EXPECTED.write_text(expected_json(), encoding="utf-8")
    README.write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    main()
