"""Decides one row of a file of changes: the rules of a product, for the cells that are there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from rules.codes import AS_JUDGED, WHOLE, Cells, ErrorCode, Row, RowError, Verdict
from rules.damage import Damage
from rules.engine import ProductRules
from rules.schema import Column, Rules
from rules.text import BLANKS, shown

NAMING_COLUMNS = ("vendor_product_id", "sku")
"""Either of them names a product."""
_EITHER_NAME = " or ".join(NAMING_COLUMNS)
_LISTED_BEFORE = frozenset({"formula", "apostrophe", "invisible"})
"""Damage that products of earlier releases may have in their names, which an update only looks up."""


class UpdateRules(ProductRules):
    """The rules of products.toml for changes. Blank cells leave a value, and one word empties an optional one.

    Cerberus decides the cells that are filled in, as for new products. A cell that holds the word is blank to it, and
    the word is forbidden where a value is needed.
    """

    def __init__(self, rules: Rules) -> None:
        clear = rules.updates.clear
        columns = [
            replace(
                column,
                required=False,
                forbidden=(clear,) if column.required and column.type == "text" else (),
                damage=_damage_of(column),
            )
            for column in rules.columns
        ]
        super().__init__(
            replace(rules, columns=(*columns, *rules.updates.columns), duplicates=rules.updates.duplicates)
        )
        self.never_blank = frozenset(column.name for column in rules.columns if column.required)
        self._clear, self._folded = clear, clear.casefold()
        self._clearable = frozenset(column.name for column in rules.columns if not column.required)
        self._worded = self._clearable.union(column.name for column in columns if column.forbidden)
        self._naming = [self.columns.index(name) for name in NAMING_COLUMNS]
        self._words = rules.updates.messages
        self._labels = {column.name: column.label for column in rules.columns}

    def missing_columns(self, present: Collection[str]) -> list[str]:
        """Return what a file with these columns lacks: one that names the product, and one to change."""
        if not set(NAMING_COLUMNS).intersection(present):
            return [_EITHER_NAME]
        if not set(self.columns).difference(NAMING_COLUMNS).intersection(present):
            return ["to change, such as price or stock_quantity"]
        return []

    def nearest_header(self, column: str, headers: Iterable[str]) -> str | None:
        """Return the header that looks most like a name of the column, or of either one that names a product."""
        names = NAMING_COLUMNS if column == _EITHER_NAME else (column,)
        seen = list(headers)
        likely = (super(UpdateRules, self).nearest_header(name, seen) for name in names if name in self.columns)
        return next((header for header in likely if header is not None), None)

    def check_all(self, rows: Sequence[Row], categories: AbstractSet[str]) -> list[Verdict]:
        """Return the verdict on each of the rows; among its values, cells to empty hold the word for it."""
        words = list(map(self._holding_the_word, rows))
        judged = [self._judged(row, names) if names else row for row, names in zip(rows, words, strict=True)]
        return list(map(self._with_cleared, super().check_all(judged, categories), words))

    def reference_check(
        self,
        cells: Mapping[str, str],
        categories: AbstractSet[str],
        *,
        lengths: Mapping[str, int] = WHOLE,
        sent: Mapping[str, str] = AS_JUDGED,
    ) -> Verdict:
        """Return the verdict of Cerberus alone on the cells that are filled in."""
        row = Cells.of(cells, lengths, sent)
        words = self._holding_the_word(row)
        judged = self._judged(row, words)
        verdict = super().reference_check(judged.cells, categories, lengths=lengths, sent=judged.sent)
        return self._with_cleared(verdict, words)

    def is_cleared(self, name: str, value: str | None) -> bool:
        """Tell whether a value of a verdict stands for an emptied cell."""
        return value == self._clear and name in self._clearable

    def unknown_product(self, field: str, value: str) -> RowError:
        """Return the finding for a row whose product is not among the vendor's, whoever else may have it."""
        message = self._words["unknown"].format(label=self._labels[field], value=shown(value))
        return RowError(field, ErrorCode.UNKNOWN_PRODUCT, message)

    def retired_category(self, field: str, value: str, categories: AbstractSet[str]) -> RowError:
        """Return the finding for a row that would move a product into a category that is not active."""
        with self._lock:
            self._take_categories(categories)
            return self._finding(self.columns.index(field), ["allowed"], value, None)

    def product_mismatch(self, names: Mapping[str, str]) -> RowError:
        """Return the finding for a row whose SKU and vendor product id do not name one product of the vendor."""
        message = self._words["mismatch"].format_map({name: shown(value) for name, value in names.items()})
        return RowError("sku", ErrorCode.PRODUCT_MISMATCH, message)

    def _holding_the_word(self, row: Row) -> set[str]:
        """Return the columns whose cells hold the word alone, in whatever capitals."""
        length, folded = len(self._clear), self._folded
        if folded not in "\n".join(row.values).casefold():
            return set()
        return {
            name
            for name, cell in zip(row.columns, row.values, strict=True)
            if name in self._worded and len(text := cell.strip(BLANKS)) == length and text.casefold() == folded
        }

    def _judged(self, row: Row, words: AbstractSet[str]) -> Cells:
        """Return the row with blanks for cells to empty; where a value is needed, with the word as the rules forbid it.

        There messages quote the word as it stands in the cell.
        """
        needed = words - self._clearable
        judged = dict.fromkeys(words, "") | dict.fromkeys(needed, self._clear)
        values = [judged.get(name, cell) for name, cell in zip(row.columns, row.values, strict=True)]
        return Cells(row.columns, values, row.lengths, {**row.sent, **{name: row.cells[name] for name in needed}})

    def _with_cleared(self, verdict: Verdict, words: Collection[str]) -> Verdict:
        """Return the verdict on the cells that are filled in as one on the row."""
        errors, values = verdict
        if not any(map(values.__getitem__, self._naming)):
            unnamed = RowError(NAMING_COLUMNS[0], ErrorCode.MISSING_REQUIRED_FIELD, self._words["unnamed"])
            verdict = Verdict(self.in_order((*errors, unnamed)), values)
        if not words:
            return verdict
        named = zip(self.columns, values, strict=True)
        return Verdict(verdict.errors, tuple(self._clear if name in words else value for name, value in named))


def _damage_of(column: Column) -> tuple[Damage, ...]:
    """Return the kinds of damage that a column of a file of changes refuses."""
    if column.name not in NAMING_COLUMNS:
        return column.damage
    return tuple(damage for damage in column.damage if damage.name not in _LISTED_BEFORE)
