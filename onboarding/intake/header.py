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
        columns = {name: winners[0] for name, winners in _winners(_claims(cells, rules), rules).items()}
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

    Raises FileRefused with MISSING_COLUMNS or DUPLICATE_COLUMNS.
    """
    claims = _claims(header, rules)
    winners = _winners(claims, rules)
    columns = {name: positions[0] for name, positions in winners.items()}
    where = "The header" if sheet is None else f'The header of the sheet "{sheet}"'
    missing = rules.missing_columns(columns)
    if missing:
        raise FileRefused(
            RefusalCode.MISSING_COLUMNS, _missing_columns_message(where, header, missing, columns.values(), rules)
        )
    repeated = {name: winners[name] for name in rules.columns if len(winners.get(name, ())) > 1}
    if repeated:
        same = [name for name in repeated if claims[name].own]
        raise FileRefused(RefusalCode.DUPLICATE_COLUMNS, _duplicate_columns_message(where, header, repeated, same))
    return {name: columns[name] for name in sorted(columns, key=columns.__getitem__)}


@dataclass(slots=True)
class _Claims:
    """Positions of the header cells that mean one column: by its own name or another one, and by either spelled out.

    `later` are other names that 0.3.0 did not know.
    """

    own: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)
    later: list[int] = field(default_factory=list)
    spelled_own: list[int] = field(default_factory=list)
    spelled_other: list[int] = field(default_factory=list)


def _claims(header: Sequence[str], rules: ProductRules) -> dict[str, _Claims]:
    claims: dict[str, _Claims] = {}
    for position, cell in enumerate(header):
        if not cell or len(cell) > _LONGEST_NAME:
            continue
        name = header_name(cell)
        as_it_stands = _meant(name, rules)
        meant = as_it_stands or _meant(name := header_name(spelled_out(cell)), rules)
        if meant is None:
            continue
        claimed = claims.setdefault(meant, _Claims())
        if as_it_stands is None:
            positions = claimed.spelled_own if name == meant else claimed.spelled_other
        elif name == meant:
            positions = claimed.own
        else:
            positions = claimed.later if name in rules.later_aliases else claimed.other
        positions.append(position)
    return claims


def _meant(name: str, rules: ProductRules) -> str | None:
    return name if name in rules.columns else rules.aliases.get(name)


def _winners(claims: Mapping[str, _Claims], rules: ProductRules) -> dict[str, list[int]]:
    """Return which header cells have the best claim to each column: more than one where that cannot be told.

    A header that is complete by the names that 0.3.0 knew is read by them, as it did: later names, marks and joined
    words only fill what is free. In other headers they count like the rest.
    """
    known_before = [name for name, claimed in claims.items() if claimed.own or claimed.other]
    complete = not rules.missing_columns(known_before)
    winners = {
        name: claimed.own or (_as_before if complete else _as_now)(claimed, needed=name in rules.never_blank)
        for name, claimed in claims.items()
    }
    return {name: positions for name, positions in winners.items() if positions}


def _as_before(claimed: _Claims, *, needed: bool) -> list[int]:
    if claimed.other:
        return sorted(claimed.other + claimed.spelled_own) if needed else claimed.other
    return _only(claimed.spelled_own or claimed.later + claimed.spelled_other)


def _as_now(claimed: _Claims, *, needed: bool) -> list[int]:
    others = sorted(claimed.other + claimed.later)
    if needed:
        return claimed.spelled_own or sorted(others + claimed.spelled_other)
    return _only(claimed.spelled_own) or others or _only(claimed.spelled_other)


def _only(positions: list[int]) -> list[int]:
    """Return the only position; none of several in a column that is not worth a question."""
    return positions if len(positions) == 1 else []


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
    where: str, header: Sequence[str], repeated: Mapping[str, Sequence[int]], same: Sequence[str]
) -> str:
    sentences = [f"{where} names {listed(same)} more than once. Keep one column of each name."] if same else []
    for name, positions in repeated.items():
        if name not in same:
            names = listed([_quoted(header[position]) for position in positions])
            sentences.append(
                f"{where} has {names}, which all mean {name}. Keep one of them, or call the right one {name}."
            )
    return " ".join(sentences)


def _quoted(name: str) -> str:
    return f'"{" ".join(trim(name[:_LONGEST_NAME]).split())[:40]}"'


def listed(names: Sequence[str]) -> str:
    """Return the names as a sentence lists them."""
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]
