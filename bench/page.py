"""Writes a run's figures into docs/performance.md, between the markers that name their part."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def figure(value: object) -> str:
    """Return a value of a table as text, numbers to three digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def tables_of(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, ...], list[Mapping[str, Any]]]:
    """Return the rows in tables: rows with other columns stand in a table of their own."""
    tables: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        tables.setdefault(tuple(row), []).append(row)
    return tables


def update(parts: Mapping[str, Mapping[str, Any]], page: Path = PAGE) -> None:
    """Replace what stands between `<!-- bench:NAME -->` and `<!-- end -->`; `goals` is the list of all goals."""
    text = page.read_text(encoding="utf-8")
    blocks = {name: _part(part) for name, part in parts.items()} | {"goals": _goals(parts)}
    for name, block in blocks.items():
        pattern = re.compile(rf"(<!-- bench:{name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = pattern.sub(lambda found, block=block: f"{found[1]}{block}\n{found[2]}", text)
    page.write_text(text, encoding="utf-8")


def _part(part: Mapping[str, Any]) -> str:
    kind = "full" if part["full"] else "quick"
    setting = f"*{part['setting']}. A {kind} run of {part['measured_at'][:10]}, {part['cores']} cores.*"
    tables = [_table(columns, rows) for columns, rows in tables_of(part["rows"]).items()]
    return "\n\n".join([setting, *tables, *part["notes"]])


def _goals(parts: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        {
            "goal": goal["name"],
            "limit": f"{goal['direction']} {figure(goal['limit'])} {goal['unit']}".strip(),
            "measured": goal["measured"],
            "": "met" if goal["met"] else "**missed**",
        }
        for part in parts.values()
        for goal in part["goals"]
    ]
    return _table(("goal", "limit", "measured", ""), rows)


def _table(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    columns = tuple(columns)
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(figure(row[column]) for column in columns) + " |" for row in rows]
    return "\n".join(lines)
