"""Reads a vendor's file, whatever program wrote it: bytes in, rows or one refusal out. No AWS, no database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from onboarding.formula_cells import restore
from onboarding.intake.corrections_file import before_corrections, errors_column, tells_decimal_comma
from onboarding.intake.decimals import has_decimal_commas, with_decimal_points
from onboarding.intake.encodings import decode
from onboarding.intake.formats import Format, format_of
from onboarding.intake.header import find_header, is_blank, match_columns
from onboarding.intake.limits import MAX_FILE_BYTES, MAX_ROWS
from onboarding.intake.read_as import ReadAs
from onboarding.intake.refusal import FileRefused, empty_file, file_too_large
from onboarding.intake.text_table import COMMA, TextTable, open_table
from onboarding.intake.workbook import SheetTable, open_workbook
from onboarding.rows import ProductRow
from rules import STAGED_CHARACTERS, ProductRules, RefusalCode, RowError, header_name, trim


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its data rows in order, at least one, and what was assumed."""

    rows: list[ProductRow]
    read_as: ReadAs
    header: tuple[str, ...]
    _table: TextTable | SheetTable
    _header_index: int

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield row number and all cells, as sent, of each row below the header; `header` names them."""
        errors_at = len(self.header) if self.read_as.corrections else None
        yield from enumerate(_lines_of(self._table, errors_at, self._header_index), start=1)


def read_products(body: bytes, rules: ProductRules) -> ReadFile:
    """Return the products of a file. The same bytes are always read the same way.

    Row 1 is the first line after the header. Rows whose cells are all blank count as rows but are left out.

    Raises FileRefused.
    """
    if len(body) > MAX_FILE_BYTES:
        raise file_too_large(len(body))
    if not body:
        raise empty_file()
    kind = format_of(body)
    if kind != Format.TEXT:
        table = open_workbook(body, kind, rules, most_rows=MAX_ROWS)
        return _read(table, ReadAs(kind, 0, {}, sheet=table.name, other_sheets=table.others), rules)
    decoded = decode(body)
    text = open_table(decoded.text, rules)
    read_as = ReadAs(kind, 0, {}, encoding=decoded.encoding, separator=text.separator, spaced=text.spaced)
    return _read(text, read_as, rules)


def _read(table: TextTable | SheetTable, read_as: ReadAs, rules: ProductRules) -> ReadFile:
    found = find_header(table.lines(), rules)
    if found is None:
        raise empty_file()
    errors_at = errors_column(found.cells)
    corrections = errors_at is not None
    header = [restore(cell) for cell in found.cells[:errors_at]] if corrections else list(found.cells)
    columns = match_columns(header, rules, sheet=read_as.sheet)
    header = _as_wide_as_rows(header, _lines_of(table, errors_at, found.index))
    lines = _lines_of(table, errors_at, found.index)
    rows = _read_rows(lines, columns, header, rules, read_as.separator or COMMA)
    decimal_comma = (
        read_as.separator != COMMA and has_decimal_commas(rows, rules.numbers, points=read_as.sheet is None)
        if errors_at is None
        else tells_decimal_comma(found.cells[errors_at])
    )
    if decimal_comma:
        rows = [with_decimal_points(row, rules.numbers) for row in rows]
    known = set(columns.values())
    sent = {name: trim(header[position]) for name, position in columns.items()}
    return ReadFile(
        _mark_repeated_keys(rows, rules),
        replace(
            read_as,
            header_row=_row_of(table, found.index),
            columns=sent,
            renamed={name: cell for name, cell in sent.items() if header_name(cell) != name},
            ignored=tuple(trim(cell) for at, cell in enumerate(header) if at not in known and trim(cell)),
            decimal_sign="," if decimal_comma else ".",
            corrections=corrections,
        ),
        tuple(header),
        table,
        found.index,
    )


def _as_wide_as_rows(header: list[str], lines: Iterator[list[str]]) -> list[str]:
    """Return the header without the separators at its end if no row has them.

    A row with as many cells as there are names must fill the last of them: else it may lack another cell and have the
    separator. Rows with fewer cells lack some in either case.
    """
    named = max(at for at, cell in enumerate(header, start=1) if trim(cell))
    rows = (cells for cells in lines if not is_blank(cells))
    if named < len(header) and all(len(cells) < named or (len(cells) == named and trim(cells[-1])) for cells in rows):
        return header[:named]
    return header


def _row_of(table: TextTable | SheetTable, index: int) -> int:
    """Return the number of a line as an editor or a spreadsheet shows it."""
    return index + 1 + (table.skipped if isinstance(table, TextTable) else 0)


def _lines_of(table: TextTable | SheetTable, errors_at: int | None, header_index: int) -> Iterator[list[str]]:
    """Yield the lines below the header; those of a corrections file as they were before it was made."""
    lines = islice(table.lines(), header_index + 1, None)
    return lines if errors_at is None else (before_corrections(cells, errors_at) for cells in lines)


def _read_rows(
    lines: Iterator[list[str]], columns: Mapping[str, int], header: Sequence[str], rules: ProductRules, separator: str
) -> list[ProductRow]:
    rows: list[ProductRow] = []
    width = len(header)
    names, positions = tuple(columns), tuple(columns.values())
    for row_number, cells in enumerate(lines, start=1):
        together = "".join(cells)
        if not trim(together):
            continue
        if len(rows) == MAX_ROWS:
            raise FileRefused(
                RefusalCode.TOO_MANY_ROWS,
                f"The file has more than {MAX_ROWS:,} products. Split it into files of at most {MAX_ROWS:,} rows each.",
            )
        if len(cells) == width:
            row = ProductRow(row_number, names, tuple([cells[at] for at in positions]))
        else:
            reached = tuple([cells[at] for at in positions if at < len(cells)])
            finding = rules.malformed(cells, header, separator)
            row = ProductRow(row_number, names[: len(reached)], reached, findings=(finding,))
        rows.append(_cut(row) if len(together) > STAGED_CHARACTERS else row)
    if not rows:
        raise FileRefused(
            RefusalCode.EMPTY_FILE, "The file has a header but no products. Add one row for each product below it."
        )
    return rows


def _cut(row: ProductRow) -> ProductRow:
    """Return the row with its long cells as they are staged."""
    long = {name: trim(cell) for name, cell in row.cells.items() if len(cell) > STAGED_CHARACTERS}
    return row.with_cells({name: cell[:STAGED_CHARACTERS] for name, cell in long.items()})._replace(
        lengths={name: len(cell) for name, cell in long.items() if len(cell) > STAGED_CHARACTERS}
    )


def _mark_repeated_keys(rows: list[ProductRow], rules: ProductRules) -> list[ProductRow]:
    """Mark each row whose SKU or vendor product id an earlier row has; the earlier row keeps it, valid or not."""
    judged = [row for row in rows if not row.findings]  # the cells of others may stand in the wrong columns
    repeated: dict[int, list[RowError]] = {}
    columns = judged[0].columns if judged else ()
    for name in ("vendor_product_id", "sku"):
        if name not in columns:
            continue
        at = columns.index(name)
        values = [trim(row.values[at]) for row in judged]
        if len(set(values)) == len(values):
            continue
        first_rows: dict[str, int] = {}
        for row, value in zip(judged, values, strict=True):
            if value and (first := first_rows.setdefault(value, row.row_number)) != row.row_number:
                repeated.setdefault(row.row_number, []).append(rules.duplicate(name, value, earlier_row=first))
    if not repeated:
        return rows
    return [
        row._replace(findings=tuple(repeated[row.row_number])) if row.row_number in repeated else row for row in rows
    ]
