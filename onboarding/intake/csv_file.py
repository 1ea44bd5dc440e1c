"""Reads a vendor's CSV file: bytes in, rows or one refusal out. No AWS, no database."""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence

from onboarding.intake.refusal import FileRefused
from onboarding.rows import ProductRow
from rules import STAGED_CHARACTERS, ProductRules, RefusalCode, RowError, trim

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def read_products(body: bytes, rules: ProductRules) -> list[ProductRow]:
    """Return the data rows of a file in order, at least one.

    Row 1 is the first line after the header. Rows whose cells are all blank count as rows but are left out.

    Raises FileRefused.
    """
    if len(body) > MAX_FILE_BYTES:
        raise file_too_large(len(body))
    lines = _read_lines(_decode(body))
    header = next((cells for cells in lines if not _is_blank(cells)), None)
    if header is None:
        raise FileRefused(RefusalCode.EMPTY_FILE, "The file is empty. Add a header row and at least one product.")
    columns = _match_columns(header, rules)
    rows: list[ProductRow] = []
    for row_number, cells in enumerate(lines, start=1):
        if _is_blank(cells):
            continue
        if len(rows) == MAX_ROWS:
            raise FileRefused(
                RefusalCode.TOO_MANY_ROWS,
                f"The file has more than {MAX_ROWS:,} products. Split it into files of at most {MAX_ROWS:,} rows each.",
            )
        rows.append(_read_row(row_number, cells, columns, len(header), rules))
    if not rows:
        raise FileRefused(
            RefusalCode.EMPTY_FILE, "The file has a header but no products. Add one row for each product below it."
        )
    return _mark_repeated_keys(rows, rules)


def file_too_large(size: int) -> FileRefused:
    """Return the refusal of a file of `size` bytes."""
    megabytes = math.ceil(size * 10 / 1024 / 1024) / 10  # rounded up: 10.0 MB would seem to be allowed
    return FileRefused(
        RefusalCode.FILE_TOO_LARGE,
        f"The file has {megabytes} MB; at most {MAX_FILE_BYTES // 1024 // 1024} MB are allowed. "
        "Split it into smaller files.",
    )


def _decode(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_a_csv("it is encoded as UTF-16")
    nul = body.find(b"\0")
    if nul >= 0:
        raise _not_a_csv(f"it has a NUL byte in line {_line_of(body, nul)}, as spreadsheet and UTF-16 files do")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_a_csv(f"line {_line_of(body, error.start)} is not encoded as UTF-8") from None


def _line_of(body: bytes, position: int) -> int:
    return body.count(b"\n", 0, position) + 1


def _not_a_csv(reason: str) -> FileRefused:
    return FileRefused(
        RefusalCode.NOT_A_CSV,
        f'The file cannot be read as a CSV: {reason}. Save it as "CSV UTF-8 (comma delimited)" and upload it again.',
    )


def _read_lines(text: str) -> Iterator[list[str]]:
    # A cell may hold any text up to the size of the file: rules, not the reader, judge its length.
    csv.field_size_limit(MAX_FILE_BYTES + 1)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise _not_a_csv(
            f"the quotation marks do not match at or before line {reader.line_num} ({error}); "
            'a quotation mark inside a cell is written twice ("")'
        ) from None


def _is_blank(cells: Sequence[str]) -> bool:
    return not any(cells) or not any(trim(cell) for cell in cells)


def _normalise(name: str) -> str:
    return re.sub(r"[\s-]+", "_", trim(name).casefold())


def _match_columns(header: Sequence[str], rules: ProductRules) -> list[tuple[int, str]]:
    """Return position and name of each known column in the header."""
    names = [_normalise(name) for name in header]
    missing = rules.missing_columns(names)
    if missing:
        raise FileRefused(RefusalCode.MISSING_COLUMNS, _missing_columns_message(header, missing))
    repeated = [column for column in rules.columns if names.count(column) > 1]
    if repeated:
        raise FileRefused(
            RefusalCode.DUPLICATE_COLUMNS,
            f"The header names {_listed(repeated)} more than once. Keep one column of each name.",
        )
    return [(position, name) for position, name in enumerate(names) if name in rules.columns]


def _missing_columns_message(header: Sequence[str], missing: Sequence[str]) -> str:
    sent = ", ".join(f'"{trim(name)[:40]}"' for name in header[:20]) + (", …" if len(header) > 20 else "")
    message = (
        f"The header lacks the required column{'s' if len(missing) > 1 else ''} {_listed(missing)}. It has: {sent}."
    )
    if len(header) == 1:
        for separator, name in _SEPARATORS.items():
            if separator in header[0]:
                return f"{message} The columns seem to be separated by {name}: save the file with commas instead."
    return f"{message} The first row of the file must name the columns."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]


def _read_row(
    row_number: int, cells: Sequence[str], columns: Sequence[tuple[int, str]], width: int, rules: ProductRules
) -> ProductRow:
    if len(cells) == width:
        sent = {name: cells[position] for position, name in columns if cells[position]}
        findings: tuple[RowError, ...] = ()
    else:
        sent = {name: cells[position] for position, name in columns if position < len(cells) and cells[position]}
        findings = (rules.malformed(len(cells), width),)
    if max(map(len, cells)) <= STAGED_CHARACTERS:
        return ProductRow(row_number, sent, findings=findings)
    long = {name: trim(cell) for name, cell in sent.items() if len(cell) > STAGED_CHARACTERS}
    return ProductRow(
        row_number,
        cells={**sent, **{name: cell[:STAGED_CHARACTERS] for name, cell in long.items()}},
        lengths={name: len(cell) for name, cell in long.items() if len(cell) > STAGED_CHARACTERS},
        findings=findings,
    )


def _mark_repeated_keys(rows: list[ProductRow], rules: ProductRules) -> list[ProductRow]:
    """Mark each row whose SKU or vendor product id an earlier row has; the earlier row keeps it, valid or not."""
    first_rows: dict[str, dict[str, int]] = {"vendor_product_id": {}, "sku": {}}
    marked: list[ProductRow] = []
    for row in rows:
        if row.findings:  # its cells may stand in the wrong columns
            marked.append(row)
            continue
        repeated: list[RowError] = []
        for name, seen in first_rows.items():
            value = trim(row.cells.get(name, ""))
            if value and (first := seen.setdefault(value, row.row_number)) != row.row_number:
                repeated.append(rules.duplicate(name, value, earlier_row=first))
        marked.append(ProductRow(row.row_number, row.cells, row.lengths, tuple(repeated)) if repeated else row)
    return marked
