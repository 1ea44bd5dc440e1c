"""Finds the header of a product list and which of its columns means what."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from onboarding.intake.refusal import FileRefused
from rules import ProductRules, RefusalCode, header_name, spelled_out, trim

SEARCHED_LINES = 10
"""A header stands among so many of the first lines that are not blank; above it there may be a title."""
_LONGEST_NAME = 200
_LONGEST_LINE = 2000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may be the header: its place among the lines, from 0, and how much of it is known."""

    index: int
    cells: Sequence[str]
    known: int
    complete: bool

    @property
    def rank(self) -> tuple[bool, int]:
        return self.complete, self.known


def is_blank(cells: Sequence[str]) -> bool:
    """Tell whether a line holds nothing but blanks."""
    return not any(cells) or not any(map(trim, cells))


def find_header(lines: Iterable[Sequence[str]], rules: ProductRules) -> Candidate | None:
    """Return the first line that has all required columns, or else the one with the most known columns.

    None when there is no line that is not blank.
    """
    best: Candidate | None = None
    searched = 0
    for index, cells in enumerate(lines):
        if is_blank(cells):
            continue
        columns = _choose(_claims(cells, rules))
        candidate = Candidate(index, cells, len(columns), not rules.missing_columns(columns))
        if candidate.complete:
            return candidate
        if best is None or candidate.rank > best.rank:
            best = candidate
        searched += 1
        if searched == SEARCHED_LINES:
            break
    return best


def match_columns(header: Sequence[str], rules: ProductRules, *, sheet: str | None = None) -> dict[str, int]:
    """Return the position of each known column, in the order of the header.

    A column's own name wins over other names for it, and these over names with marks or joined words.

    Raises FileRefused with MISSING_COLUMNS or DUPLICATE_COLUMNS.
    """
    claims = _claims(header, rules)
    columns = _choose(claims)
    where = "The header" if sheet is None else f'The header of the sheet "{sheet}"'
    missing = rules.missing_columns(columns)
    if missing:
        raise FileRefused(
            RefusalCode.MISSING_COLUMNS, _missing_columns_message(where, header, missing, columns.values(), rules)
        )
    repeated = [name for name in rules.columns if name in columns and len(_winners(claims[name])) > 1]
    if repeated:
        raise FileRefused(RefusalCode.DUPLICATE_COLUMNS, _duplicate_columns_message(where, header, repeated, claims))
    return {name: columns[name] for name in sorted(columns, key=columns.__getitem__)}


@dataclass(slots=True)
class _Claims:
    """Positions of the header cells that mean one column: by its own name, other names, and either spelled out."""

    exact: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)
    spelled: list[int] = field(default_factory=list)


def _claims(header: Sequence[str], rules: ProductRules) -> dict[str, _Claims]:
    claims: dict[str, _Claims] = {}
    for position, cell in enumerate(header):
        if not cell or len(cell) > _LONGEST_NAME:
            continue
        name = header_name(cell)
        if name in rules.columns:
            claims.setdefault(name, _Claims()).exact.append(position)
        elif (meant := rules.aliases.get(name)) is not None:
            claims.setdefault(meant, _Claims()).other.append(position)
        elif (meant := _meant(header_name(spelled_out(cell)), rules)) is not None:
            claims.setdefault(meant, _Claims()).spelled.append(position)
    return claims


def _meant(name: str, rules: ProductRules) -> str | None:
    return name if name in rules.columns else rules.aliases.get(name)


def _winners(claims: _Claims) -> list[int]:
    return claims.exact or claims.other or claims.spelled


def _choose(claims: Mapping[str, _Claims]) -> dict[str, int]:
    return {name: _winners(claimed)[0] for name, claimed in claims.items()}


def _missing_columns_message(
    where: str, header: Sequence[str], missing: Sequence[str], taken: Iterable[int], rules: ProductRules
) -> str:
    sent = ", ".join(_quoted(name) for name in header[:20]) + (", …" if len(header) > 20 else "")
    if _is_whole_line(header, rules):
        return (
            f"{where} is one single cell: {sent}. Give each column a cell of its own: in a text file with a comma, "
            "semicolon, tab or vertical bar between the columns and no quotation marks around the whole line."
        )
    plural = "s" if len(missing) > 1 else ""
    matched = set(taken)
    free = [cell for position, cell in enumerate(header[:100]) if position not in matched and trim(cell)]
    questions = []
    for column in missing:
        nearest = rules.nearest_header(column, free)
        if nearest is not None:
            questions.append(f"{_quoted(nearest)} for {column}")
            free.remove(nearest)
    suggestion = f" Did you mean {listed(questions)}? Then rename the column." if questions else ""
    return (
        f"{where} lacks the required column{plural} {listed(missing)}. It has: {sent}.{suggestion} "
        "The first row of the file must name the columns."
    )


def _is_whole_line(header: Sequence[str], rules: ProductRules) -> bool:
    """Tell whether the only cell with anything in it holds the names of several columns."""
    filled = [cell for cell in header if trim(cell)]
    words = map(header_name, re.findall(r"\w+", filled[0][:_LONGEST_LINE])) if len(filled) == 1 else ()
    return len({meant for word in words if (meant := _meant(word, rules)) is not None}) > 1


def _duplicate_columns_message(
    where: str, header: Sequence[str], repeated: Sequence[str], claims: Mapping[str, _Claims]
) -> str:
    same = [name for name in repeated if claims[name].exact]
    sentences = [f"{where} names {listed(same)} more than once. Keep one column of each name."] if same else []
    for name in repeated:
        if name not in same:
            names = listed([_quoted(header[position]) for position in _winners(claims[name])])
            sentences.append(
                f"{where} has {names}, which all mean {name}. Keep one of them, or call the right one {name}."
            )
    return " ".join(sentences)


def _quoted(name: str) -> str:
    return f'"{" ".join(trim(name[:_LONGEST_NAME]).split())[:40]}"'


def listed(names: Sequence[str]) -> str:
    """Return the names as a sentence lists them."""
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]
