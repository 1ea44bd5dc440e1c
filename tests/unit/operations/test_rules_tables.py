"""The tables in README.md and docs/formats.md are what the rules make."""

from operations.rules_tables import FORMATS, README, formats, readme
from rules import DEFAULT_RULES
from rules.schema import read_rules

ADVICE = "out of date: run `make tables`"


def test_pages_show_the_rules_when_their_tables_are_made_anew() -> None:
    assert README.read_text(encoding="utf-8") == readme(README.read_text(encoding="utf-8")), ADVICE
    assert FORMATS.read_text(encoding="utf-8") == formats(FORMATS.read_text(encoding="utf-8")), ADVICE


def test_page_is_made_right_when_it_said_something_else() -> None:
    page = README.read_text(encoding="utf-8")
    price = next(column for column in read_rules(DEFAULT_RULES).columns if column.name == "price")
    rule = f"| `price` | yes | a number, {price.min} to {price.max}, with at most {price.decimals} decimals |"

    again = readme(page.replace(rule, "| `price` | | anything |"))

    assert rule in page
    assert again == page
