"""What was assumed when a file was read: kept with the upload, and told to the vendor when it is not the default."""

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a file was read. `encoding` and `separator` are those of text, `sheet` that of a workbook.

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
    decimal_sign: str = "."
    corrections: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as `upload_history.read_as` keeps it."""
        return {**asdict(self), "columns": dict(self.columns), "ignored": list(self.ignored), "note": self.note()}

    def note(self) -> str | None:
        """Return what the vendor must know about the format, or None."""
        if self.format in (Format.XLS, Format.XLSB):
            return (
                f"Formula errors such as #N/A look like blank cells in a workbook of the .{self.format} format: "
                "save it as .xlsx to have them reported."
            )
        return None

    def sentence(self) -> str | None:
        """Return in plain words what is not the default, a UTF-8 file with commas; None when there is nothing."""
        parts = [*self._format_parts(), *self._reading_parts()]
        sentences = [f"Read as: {', '.join(parts)}."] if parts else []
        if self.renamed:
            names = [f'"{sent}" as {column}' for column, sent in self.renamed.items()]
            sentences.append(f"Columns: {listed(names)}.")
        if self.ignored:
            shown = list(self.ignored[:_MOST_NAMES])
            sentences.append(f"Ignored columns: {', '.join(shown)}{', …' if len(self.ignored) > len(shown) else ''}.")
        note = self.note()
        return " ".join([*sentences, *([note] if note else [])]) or None

    def _format_parts(self) -> list[str]:
        if self.format != Format.TEXT:
            return [_WORKBOOKS[self.format], f'sheet "{self.sheet}"']
        parts = [_SEPARATED[self.separator]] if self.separator in _SEPARATED else []
        return [*parts, self.encoding] if self.encoding not in (None, UTF_8) else parts

    def _reading_parts(self) -> list[str]:
        parts = ["decimal comma"] if self.decimal_sign == "," else []
        if self.header_row != 1:
            parts.append(f"header in row {self.header_row}")
        return [*parts, "a corrections file"] if self.corrections else parts
