"""A row on its way: as it stands in the file, and as it is staged.

These are named tuples: six are made for each row of a file, and a frozen dataclass takes three times as long to make.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from onboarding.uploads import Upload
from rules import RowError

RETENTION_SECONDS = 7 * 24 * 3600
"""How long DynamoDB keeps a staged row."""
REPORTED_COLUMNS = ("vendor_product_id", "sku", "product_name", "price", "stock_quantity")
"""The cells that an error report shows of a row; on the way to it nothing else is carried."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def matching(columns: Sequence[str], cells: Sequence[str]) -> tuple[str, ...]:
    """Return the cells of these columns. Raises ValueError when there are more or fewer."""
    if len(cells) != len(columns):
        raise ValueError(f"{len(cells)} cells for {len(columns)} columns")
    return tuple(cells)


class ProductRow(NamedTuple):
    """One data row: the known columns of the file, which its rows share, and their cells as the rules judge them.

    They are the cells as sent, but for numbers with a decimal comma: `sent` holds those as they were, and what else in
    the columns of numbers has a comma or a point. A column that the row does not reach is missing.
    `lengths` holds the trimmed length of each cell that was cut to STAGED_CHARACTERS;
    `findings` what only the whole file can tell: a wrong number of cells, a key that an earlier row has.
    """

    row_number: int
    columns: tuple[str, ...]
    values: tuple[str, ...]
    lengths: Mapping[str, int] = _NOTHING
    findings: tuple[RowError, ...] = ()
    sent: Mapping[str, str] = _NOTHING

    @classmethod
    def of(cls, row_number: int, cells: Mapping[str, str], **others: Any) -> "ProductRow":
        """Return the row with these cells by column."""
        return cls(row_number, tuple(cells), tuple(cells.values()), **others)

    @property
    def cells(self) -> dict[str, str]:
        """The cells by column, put together each time."""
        return dict(zip(self.columns, self.values, strict=True))

    def with_cells(self, changed: Mapping[str, str]) -> "ProductRow":
        """Return the row with these cells instead of those it has in their columns."""
        named = zip(self.columns, self.values, strict=True)
        return self._replace(values=tuple([changed.get(name, cell) for name, cell in named]))

    def sent_in(self, columns: tuple[str, ...]) -> Sequence[str]:
        """Return what stands in these columns of the file, blank where there is nothing: what reports show."""
        if self.columns == columns and not self.sent:
            return self.values
        cells = {**self.cells, **self.sent}
        return [cells.get(name, "") for name in columns]


class RowStatus(StrEnum):
    """Values of a staged row's `status`."""

    PENDING = "pending_validation"
    VALIDATED = "validated"
    ERROR = "error"


class StagedRow(NamedTuple):
    """A row of an upload as staged; `errors` once they are known."""

    upload_id: str
    vendor_id: str
    row: ProductRow
    expires_at: int
    errors: tuple[RowError, ...] = ()

    @property
    def row_number(self) -> int:
        return self.row.row_number

    def with_errors(self, errors: tuple[RowError, ...]) -> "StagedRow":
        """Return the row with these errors; `_replace` takes three times as long."""
        return StagedRow(self.upload_id, self.vendor_id, self.row, self.expires_at, errors)


class CheckedRow(NamedTuple):
    """A staged row, what the rules found, and its values in the order of the columns of its mode's rules.

    There are no values when the row as a whole is in error.
    """

    staged: StagedRow
    errors: tuple[RowError, ...]
    values: tuple[str | None, ...]

    @property
    def row_number(self) -> int:
        return self.staged.row.row_number


def stage(upload: Upload, rows: Iterable[ProductRow], now: float | None = None) -> list[StagedRow]:
    """Return the rows of an upload as they are to be staged."""
    expires_at = int((now if now is not None else time.time()) + RETENTION_SECONDS)
    return [StagedRow(upload.upload_id, upload.vendor_id, row, expires_at) for row in rows]
