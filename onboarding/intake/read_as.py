"""What was assumed when a file was read: kept with the upload, and told to the vendor when it is not the default."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from onboarding.intake.encodings import UTF_8
from onboarding.intake.formats import Format
from onboarding.intake.header import listed

_SEPARATED = {";": "semicolon-separated", "\t": "tab-separated", "|": "separated by vertical bars"}
_WORKBOOKS = {
    Format.XLSX: "Excel workbook",
    Format.XLSB: "Excel workbook (.xlsb)",
    Format.XLS: "Excel workbook (.xls)",
    Format.ODS: "OpenDocument spreadsheet",
}
_MOST_NAMES = 20
_MOST_NAMES_KEPT = 100
_NAME_CHARACTERS = 100
"""Of a header cell or a sheet. Whatever stands in a header, the outcome must fit into an e-mail and into the output of
an execution: 256 KiB (SNS API reference, "Publish"; Step Functions quotas)."""


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a file was read. `encoding` and `separator` are those of text, `sheet` that of a workbook, of which
    `other_sheets` were not read. `spaced` says that spaces before quotation marks were left out.

    `header_row` is the row of the header as an editor or a spreadsheet numbers it. `columns` gives the header cell of
    each known column, `ignored` the header cells that mean nothing here.
    """

    format: Format
    header_row: int
    columns: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()
    decimal_sign: str = "."
    corrections: bool = False
    spaced: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as `upload_history.read_as` keeps it: names shortened, and with its sentence."""
        return {
            **asdict(self),
            "sheet": None if self.sheet is None else _shown(self.sheet),
            "columns": {name: _shown(sent) for name, sent in self.columns.items()},
            "renamed": {name: _shown(sent) for name, sent in self.renamed.items()},
            "ignored": [_shown(name) for name in self.ignored[:_MOST_NAMES_KEPT]],
            "other_sheets": [_shown(name) for name in self.other_sheets[:_MOST_NAMES_KEPT]],
            "sentence": self.sentence(),
        }

    def sentence(self) -> str | None:
        """Return in plain words what is not the default, a UTF-8 file with commas; None when there is nothing."""
        parts = [*self._format_parts(), *self._reading_parts()]
        sentences = [f"Read as: {', '.join(parts)}."] if parts else []
        if self.renamed:
            names = [f'"{_shown(sent)}" as {column}' for column, sent in self.renamed.items()]
            sentences.append(f"Columns: {listed(names)}.")
        if self.ignored:
            sentences.append(f"Ignored columns: {_first_of(self.ignored)}.")
        if self.other_sheets:
            sentences.append(f"Sheets that were not read: {_first_of(self.other_sheets)}.")
        return " ".join(sentences) or None

    def _format_parts(self) -> list[str]:
        if self.format != Format.TEXT:
            return [_WORKBOOKS[self.format], f'sheet "{_shown(self.sheet or "")}"']
        parts = [_SEPARATED[self.separator]] if self.separator in _SEPARATED else []
        return [*parts, self.encoding] if self.encoding not in (None, UTF_8) else parts

    def _reading_parts(self) -> list[str]:
        parts = ["decimal comma"] if self.decimal_sign == "," else []
        if self.header_row != 1:
            parts.append(f"header in row {self.header_row}")
        if self.spaced:
            parts.append("without the spaces before quotation marks")
        return [*parts, "a corrections file"] if self.corrections else parts


def _first_of(names: Sequence[str]) -> str:
    """Return as many names as a message takes."""
    shown = [_shown(name) for name in names[:_MOST_NAMES]]
    return f"{', '.join(shown)}{', …' if len(names) > len(shown) else ''}"


def _shown(name: str) -> str:
    """Return a name on one line without what no message and no JSONB column takes, and not longer than is readable."""
    line = " ".join("".join(char if char.isprintable() else " " for char in name).split())
    return line if len(line) <= _NAME_CHARACTERS else f"{line[: _NAME_CHARACTERS - 1]}…"
