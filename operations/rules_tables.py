"""`make tables`: writes the columns and codes into README.md and docs/formats.md, as the rules have them."""

from collections.abc import Iterable
from pathlib import Path

from local.pages import replaced, table
from rules import DEFAULT_RULES, ErrorCode, RefusalCode
from rules.fixes import read_fixes, read_meanings
from rules.schema import Column, read_rules

KIND = "rules"
_PROJECT = Path(__file__).parent.parent
README = _PROJECT / "README.md"
FORMATS = _PROJECT / "docs" / "formats.md"
_UNIQUE = {"vendor_product_id": "once per vendor", "sku": "once on the whole platform"}


def readme(page: str) -> str:
    """Return README.md with the tables of columns and codes that the rules make."""
    rules, meanings = read_rules(DEFAULT_RULES), read_meanings()
    columns = [(f"`{column.name}`", "yes" if column.required else "", _rule(column)) for column in rules.columns]
    return replaced(
        page,
        KIND,
        {
            "columns": table(("column", "required", "rule"), columns, numbers_from=3),
            "row-codes": _codes("meaning", ((code, meanings[code]) for code in ErrorCode)),
            "file-codes": _codes("meaning", ((code, meanings[code]) for code in RefusalCode)),
        },
    )


def formats(page: str) -> str:
    """Return docs/formats.md with the tables of other names for columns and of what to do about each code."""
    rules = read_rules(DEFAULT_RULES)
    names = [(f"`{column.name}`", ", ".join(column.aliases)) for column in rules.columns]
    rows, files = read_fixes()
    return replaced(
        page,
        KIND,
        {
            "names": table(("column", "other names"), names, numbers_from=2),
            "update-columns": table(
                ("column", "rule"),
                [(f"`{column.name}`", _rule(column)) for column in rules.updates.columns],
                numbers_from=2,
            ),
            "row-fixes": _codes("what to do", rows.items()),
            "file-fixes": _codes("what to do", files.items()),
        },
    )


def _codes(what: str, texts: Iterable[tuple[ErrorCode | RefusalCode, str]]) -> str:
    return table(("code", what), [(f"`{code}`", text) for code, text in texts], numbers_from=2)


def _rule(column: Column) -> str:
    """Return in a few words what the column takes."""
    if column.type == "category":
        return "one of the active categories, written exactly so"
    if column.type == "choice":
        return " or ".join(f"`{choice}`" for choice in column.choices)
    if column.type == "text":
        unique = f", {_UNIQUE[column.name]}" if column.name in _UNIQUE else ""
        return f"up to {column.maxlength:,} characters{unique}"
    limits = f"{column.min} to {column.max}"
    if column.decimals == 0:
        return f"a whole number, {limits}"
    return f"a number, {limits}, with at most {column.decimals} decimals"


def main() -> None:
    """Write both pages anew."""
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
    FORMATS.write_text(formats(FORMATS.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
