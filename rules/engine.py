"""Decides one row: trims its cells, lets the fast lane pass what surely passes, and asks Cerberus about the rest."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher
from functools import cached_property, lru_cache, partial
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from rules.codes import AS_JUDGED, WHOLE, Cells, ErrorCode, Row, RowError, Verdict
from rules.compiled import CellValidator, Test, choice_test, compile_test
from rules.messages import Categories, ColumnMessages
from rules.schema import DEFAULT_RULES, Rules, read_rules
from rules.text import BLANKS, CutText, header_name, shown, trim
from rules.validator import ProductValidator

if TYPE_CHECKING:
    from rules.updates import UpdateRules

_WORDS = re.compile(r"[^\W_]+")
_CLOSE_NAME = 0.7
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_CODE_ORDER = {code: position for position, code in enumerate(ErrorCode)}
# A cell is reported once, with the first of these rules it breaks.
_RULE_ORDER = ("required", "type", "allowed", "forbidden", "undamaged", "min", "max", "decimals", "maxlength")


def _likeness(name: str, header: str) -> float:
    """Return from 0 to 1 how much a header looks like a name; one that has all words of the name looks close."""
    within = set(name.split("_")) <= set(_WORDS.findall(header))
    return max(SequenceMatcher(None, name, header).ratio(), _CLOSE_NAME if within else 0.0)


def _by_column(rows: Sequence[Row]) -> Mapping[str, Sequence[str]]:
    """Return the cells of each column that a row has, blank ones where a row has no cell.

    Rows of one file have the same columns, or the first ones of them.
    """
    columns = max((row.columns for row in rows), key=len, default=())
    if all(row.columns is columns or row.columns == columns[: len(row.columns)] for row in rows):
        width = len(columns)
        values = [
            row.values if len(row.values) == width else (*row.values, *[""] * (width - len(row.values))) for row in rows
        ]
        return dict(zip(columns, zip(*values, strict=True), strict=True))
    cells = [row.cells for row in rows]
    return {name: [some.get(name, "") for some in cells] for name in set[str]().union(*cells)}


def _trimmed(cells: Iterable[str]) -> list[str | None]:
    return [cell.strip(BLANKS) or None for cell in cells]


def _passes(test: Test, cell: str) -> bool:
    return not test([cell])


class ProductRules:
    """The rules of products.toml, ready to judge rows. Safe to share between threads."""

    def __init__(self, rules: Rules) -> None:
        self.columns = tuple(column.name for column in rules.columns)
        self.required = tuple(column.name for column in rules.columns if column.required)
        self.never_blank = frozenset(self.required)
        self.numbers = tuple(column.name for column in rules.columns if column.type == "number")
        self.aliases = {header_name(alias): column.name for column in rules.columns for alias in column.aliases}
        self.later_aliases = {header_name(alias) for column in rules.columns for alias in column.later_aliases}
        self._rules = rules
        self._schema = {column.name: column.cerberus_rules() for column in rules.columns}
        self._category_columns = frozenset(column.name for column in rules.columns if column.type == "category")
        self._tests = [compile_test(self._schema[name]) for name in self.columns]
        self._cell_validator = CellValidator(self._schema)
        self._messages = [
            ColumnMessages(column, rules.hints, partial(_passes, test), rules.damage)
            for column, test in zip(rules.columns, self._tests, strict=True)
        ]
        self._position = {name: position for position, name in enumerate(self.columns)}
        self._lock = Lock()
        self._lane: tuple[AbstractSet[str], list[Test]] = (frozenset(), self._tests)
        self._categories = Categories(frozenset())
        # The same mistake stands in row after row.
        self._finding_of = lru_cache(maxsize=1024)(self._judge)
        self._oracle: tuple[frozenset[str], ProductValidator] | None = None

    @classmethod
    def load(cls, path: Path = DEFAULT_RULES) -> "ProductRules":
        """Return the rules in the file. Raises RulesError, which names the key to fix, when the data is wrong."""
        return cls(read_rules(path))

    @cached_property
    def for_updates(self) -> "UpdateRules":
        """The same rules for files of changes."""
        from rules.updates import UpdateRules  # noqa: PLC0415 - it builds on this class

        return UpdateRules(self._rules)

    def missing_columns(self, present: Collection[str]) -> list[str]:
        """Return the required columns that a file with these columns lacks."""
        return [name for name in self.required if name not in present]

    def check(
        self,
        cells: Mapping[str, str],
        categories: AbstractSet[str],
        *,
        lengths: Mapping[str, int] = WHOLE,
        sent: Mapping[str, str] = AS_JUDGED,
    ) -> Verdict:
        """Return the verdict on one row, given by column; `check_all` is faster for many."""
        (verdict,) = self.check_all([Cells.of(cells, lengths, sent)], categories)
        return verdict

    def check_all(self, rows: Sequence[Row], categories: AbstractSet[str]) -> list[Verdict]:
        """Return the verdict on each of the rows; `categories` holds the names of the active categories.

        The cells are tested column by column, which spares a call for each of them.
        """
        cells_of, blank = _by_column(rows), [None] * len(rows)
        columns = [_trimmed(cells_of[name]) if name in cells_of else blank for name in self.columns]
        verdicts = [Verdict((), values) for values in zip(*columns, strict=True)]
        doubtful: dict[int, list[int]] = {}
        for position, (cells, test) in enumerate(zip(columns, self._lane_for(categories), strict=True)):
            for at in test(cells):
                doubtful.setdefault(at, []).append(position)
        for at, row in enumerate(rows):
            if row.lengths:
                values = self._with_cuts(verdicts[at].values, row.lengths)
                verdicts[at] = Verdict(
                    self._decide(self._judge, range(len(values)), values, categories, row.sent), verdicts[at].values
                )
                doubtful.pop(at, None)
        for at, positions in doubtful.items():
            values = verdicts[at].values
            verdicts[at] = Verdict(self._decide(self._finding_of, positions, values, categories, rows[at].sent), values)
        return verdicts

    def reference_check(
        self,
        cells: Mapping[str, str],
        categories: AbstractSet[str],
        *,
        lengths: Mapping[str, int] = WHOLE,
        sent: Mapping[str, str] = AS_JUDGED,
    ) -> Verdict:
        """Return the verdict of Cerberus alone, used as its manual says: slow, and what `check` is measured against."""
        values = tuple([cells.get(name, "").strip(BLANKS) or None for name in self.columns])
        judged = self._with_cuts(values, lengths)
        document = {name: cell for name, cell in zip(self.columns, judged, strict=True) if cell is not None}
        with self._lock:
            validator = self._stock_validator(frozenset(categories))
            validator.validate(document)
            broken: dict[str, list[str]] = {}
            for error in validator._errors:
                broken.setdefault(error.field, []).append(error.rule)
            self._take_categories(categories)
            return Verdict(
                tuple(
                    [
                        self._finding(position, broken[name], judged[position], sent.get(name))
                        for position, name in enumerate(self.columns)
                        if name in broken
                    ]
                ),
                values,
            )

    def duplicate(self, field: str, value: str, *, earlier_row: int | None) -> RowError:
        """Return the finding for a repeated SKU or vendor product id; `earlier_row` None means it is in the catalogue.

        Raises KeyError for a column that need not be unique.
        """
        rule = self._rules.duplicates[field]
        if earlier_row is None:
            return RowError(field, rule.code, rule.in_catalogue.format(value=shown(value)))
        return RowError(field, rule.code, rule.in_file.format(value=shown(value), row=earlier_row))

    def nearest_header(self, column: str, headers: Iterable[str]) -> str | None:
        """Return the header that looks most like a name of the column, for a suggestion; None when none comes close."""
        keys = self._rules.columns[self._position[column]]
        names = [column, header_name(keys.label), *map(header_name, keys.aliases)]
        scores = [(max(_likeness(name, header_name(header[:60])) for name in names), header) for header in headers]
        best = max(scores, default=(0.0, ""), key=itemgetter(0))
        return best[1] if best[0] >= _CLOSE_NAME else None

    def malformed(self, cells: Sequence[str], header: Sequence[str], separator: str) -> RowError:
        """Return the finding for a row with another number of cells than the header has columns."""
        more = len(cells) > len(header)
        hints = []
        if more and separator == ",":
            hints.append("comma_in_number")
        if more and not any(map(trim, cells[len(header) :])):
            hints.append("blank_end")
        if not more and not any(map(trim, header[len(cells) :])) and trim(header[len(cells) - 1]):
            hints.append("header_end")
        word = _SEPARATORS[separator]
        message = self._rules.messages["more_cells" if more else "fewer_cells"].format(
            cells="1 cell" if len(cells) == 1 else f"{len(cells)} cells",
            expected=len(header),
            separator=word,
            mark=separator.strip(),
            hint="".join([" " + self._rules.hints[hint].format(separator=word) for hint in hints]),
        )
        return RowError(None, ErrorCode.MALFORMED_ROW, message)

    def processing_error(self) -> RowError:
        """Return the finding for a row that our side failed to process: never the vendor's fault."""
        return RowError(None, ErrorCode.PROCESSING_ERROR, self._rules.messages["processing_error"])

    def in_order(self, errors: Iterable[RowError]) -> tuple[RowError, ...]:
        """Return the findings of one row in report order: the row as a whole, then by column, then by code."""
        return tuple(sorted(errors, key=self._report_position))

    def _report_position(self, error: RowError) -> tuple[int, int]:
        column = -1 if error.field is None else self._position.get(error.field, len(self.columns))
        return column, _CODE_ORDER[error.code]

    def _lane_for(self, categories: AbstractSet[str]) -> list[Test]:
        """Return the compiled tests for this set of categories, and keep them for the rows that follow."""
        known, tests = self._lane
        if known is categories:
            return tests
        tests = [
            choice_test(categories, optional=name not in self.required) if name in self._category_columns else test
            for name, test in zip(self.columns, self._tests, strict=True)
        ]
        self._lane = (categories, tests)
        return tests

    def _with_cuts(self, values: tuple[str | None, ...], lengths: Mapping[str, int]) -> tuple[str | None, ...]:
        """Return the cells as the rules must see them: those that were cut carry the length that was sent."""
        return tuple(
            value if value is None or lengths.get(name, len(value)) == len(value) else CutText(value, lengths[name])
            for name, value in zip(self.columns, values, strict=True)
        )

    def _decide(
        self,
        judge: Callable[[int, str | None, str | None], RowError | None],
        positions: Iterable[int],
        cells: Sequence[str | None],
        categories: AbstractSet[str],
        sent: Mapping[str, str],
    ) -> tuple[RowError, ...]:
        """Ask about the cells at the given positions, in column order.

        `judge` is `_finding_of`, which remembers, or `_judge` where a cell was cut: it equals others that were not.
        """
        with self._lock:
            self._take_categories(categories)
            found = [judge(i, cells[i], sent.get(self.columns[i])) for i in positions]
        return tuple([error for error in found if error is not None])

    def _judge(self, position: int, cell: str | None, sent: str | None) -> RowError | None:
        name = self.columns[position]
        allowed = self._categories.names if name in self._category_columns else None
        broken = self._cell_validator.broken_rules(name, cell, allowed)
        return self._finding(position, broken, cell, sent) if broken else None

    def _finding(self, position: int, broken: Sequence[str], cell: str | None, sent: str | None) -> RowError:
        rule = broken[0] if len(broken) == 1 else min(broken, key=_RULE_ORDER.index)
        return self._messages[position].finding(rule, cell or "", self._categories, sent)

    def _take_categories(self, categories: AbstractSet[str]) -> None:
        """Let categories and messages be of this set; what was said before is forgotten when they are others."""
        if self._categories.names is categories:
            return
        current = self._categories.replaced_by(categories)
        if current is not self._categories:
            self._categories = current
            self._finding_of.cache_clear()

    def _stock_validator(self, categories: frozenset[str]) -> ProductValidator:
        if self._oracle is None or self._oracle[0] != categories:
            names = {name: {"allowed": categories} for name in self._category_columns}
            schema = {name: {**rules, **names.get(name, {})} for name, rules in self._schema.items()}
            self._oracle = (categories, ProductValidator(schema))
        return self._oracle[1]
