"""Builds the corrections file: the rows with errors, as the vendor sent them, to be fixed and uploaded again."""

import csv
import io
from collections.abc import Mapping, Sequence

from onboarding.formula_cells import neutralise
from onboarding.intake.corrections_file import ERRORS_COLUMN, ERRORS_COLUMN_DECIMAL_COMMA
from onboarding.intake.reading import ReadFile
from onboarding.intake.text_table import COMMA
from rules import RowError


def build_corrections(file: ReadFile, errors_by_row: Mapping[int, Sequence[RowError]]) -> bytes:
    """Return the rows with errors as CSV: all columns of the file and their cells as sent, and what is wrong with each.

    It has the separator and the decimal sign of the file (of a workbook: the comma and the sign of its text), and
    begins with a byte order mark, by which spreadsheets know UTF-8. Cells that a spreadsheet would run are neutralised;
    the reader restores them. Cells beyond the header's columns stand behind the errors.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=file.read_as.separator or COMMA)
    width = len(file.header)
    errors_column = ERRORS_COLUMN if file.read_as.decimal_sign == "." else ERRORS_COLUMN_DECIMAL_COMMA
    writer.writerow([*map(neutralise, file.header), errors_column])
    for row_number, cells in file.lines():
        errors = errors_by_row.get(row_number)
        if errors:
            safe = [neutralise(cell) for cell in cells]
            blanks = [""] * (width - len(safe))
            writer.writerow([*safe[:width], *blanks, neutralise(_explained(errors)), *safe[width:]])
    return buffer.getvalue().encode("utf-8-sig")


def _explained(errors: Sequence[RowError]) -> str:
    return " | ".join(f"{error.code}: {error.message}" for error in errors)
