"""Puts findings into the words of products.toml, for vendors who are not programmers."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from typing import Self

from rules.codes import ErrorCode, RowError
from rules.damage import Damage, first_found
from rules.numbers import (
    has_currency,
    has_digits,
    has_other_currency,
    is_ambiguous,
    is_exponent,
    is_percentage,
    plain_forms,
)
from rules.schema import Column
from rules.text import quoted, shown, trim

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007\u3000", " "))
_COMPARED = 3
_LONGEST_CATEGORY = 100
_LONGEST_LIST = 1000


class ColumnMessages:
    """Writes the findings of one column."""

    def __init__(
        self,
        column: Column,
        hints: Mapping[str, str],
        accepts: Callable[[str], bool],
        damage: Mapping[str, Damage],
    ) -> None:
        """`accepts` tells whether a corrected number keeps the rules, so that no hint leads to the next refusal."""
        self._column = column
        self._hints = hints
        self._accepts = accepts
        self._damage = damage
        self._fixed = {
            "label": column.label,
            "min": f"{column.min:f}",
            "max": f"{column.max:f}",
            "decimals": column.decimals,
            "maxlength": column.maxlength,
            "choices": " or ".join(column.choices),
        }

    def finding(self, rule: str, text: str, categories: "Categories", sent: str | None = None) -> RowError:
        """Return the finding for the Cerberus rule the cell broke. `text` is the trimmed cell, "" for a blank one.

        `sent` is what stands in the file in the place of the cell: a number with a decimal comma, or the word that
        empties cells.
        """
        column = self._column
        if rule == "required":
            return self._write(ErrorCode.MISSING_REQUIRED_FIELD, "required")
        if column.type == "category":
            return self._write(column.code, "category", sent=quoted(text), hint=self._category_hint(text, categories))
        if rule == "undamaged" and (damage := first_found(column.damage, text)) is not None:
            message = damage.message.format(label=column.label, sent=quoted(text), **damage.words_for(text))
            return RowError(column.name, ErrorCode.INVALID_FIELD_FORMAT, message)
        if rule == "forbidden":
            word = quoted(text if sent is None else trim(sent))
            return self._write(ErrorCode.MISSING_REQUIRED_FIELD, "cleared", sent=word)
        if column.type == "choice":
            return self._write(column.code, "choice", sent=quoted(text))
        if rule == "maxlength":
            return self._write(column.code, rule, sent=quoted(text), length=len(text))
        # Programs put spaces of all kinds between thousands; shown as what they are, nobody would know them.
        quote = quoted((text if sent is None else trim(sent)).translate(_SPACES))
        if rule in ("min", "max"):
            return self._write(column.code, rule, sent=quote)
        template = "whole" if column.decimals == 0 else rule
        hint = self._number_hint(rule, text, decimal_comma=sent is not None)
        return self._write(column.code, template, sent=quote, hint=hint)

    def _write(self, code: ErrorCode, template: str, **words: object) -> RowError:
        message = self._column.messages[template].format_map({**self._fixed, **words})
        return RowError(self._column.name, code, message)

    def _number_hint(self, rule: str, text: str, *, decimal_comma: bool) -> str:
        if self._damage["error_value"].found_in(text):
            return " " + self._hints["error_value"]
        if not decimal_comma and is_ambiguous(text):
            return " " + self._hints["digits" if self._column.decimals else "whole_digits"]
        for plain in plain_forms(text, decimal_comma=decimal_comma):
            if self._accepts(plain):
                corrected = plain.replace(".", ",") if decimal_comma else plain
                hint = "amount" if has_other_currency(text) else "corrected"
                return " " + self._hints[hint].format(corrected=corrected)
        if rule == "decimals":
            return ""
        if not has_digits(text):
            return " " + self._hints["digits" if self._column.decimals else "whole_digits"]
        if self._damage["date"].found_in(text):
            return " " + self._hints["date"]
        if is_exponent(text):
            return " " + self._hints["exponent"]
        if is_percentage(text):
            return " " + self._hints["percent"]
        if has_currency(text):
            return " " + self._hints["currency"]
        return " " + self._hints["digits" if self._column.decimals else "whole_digits"]

    def _category_hint(self, text: str, categories: "Categories") -> str:
        if self._damage["error_value"].found_in(text):
            return " " + self._hints["error_value"]
        was_one, name = categories.became_of(text)
        if was_one:
            return " " + (self._hints["renamed"].format(name=name) if name else self._hints["retired"])
        nearest = categories.nearest(text)
        if nearest is not None:
            return " " + self._hints["suggestion"].format(suggestion=nearest)
        if categories.listed:
            return " " + self._hints["categories"].format(categories=categories.listed)
        return ""


class CategoryNames(frozenset[str]):
    """The names that a category cell may have today, and what became of others that it could have before."""

    former: Mapping[str, str | None]
    """By a name of former times: the one that the category has now, or None for a retired category."""

    def __new__(cls, names: Iterable[str] = (), former: Mapping[str, str | None] | None = None) -> Self:
        found = super().__new__(cls, names)
        found.former = former or {}
        return found


class Categories:
    """The active categories, prepared for finding the one a vendor meant."""

    def __init__(self, names: AbstractSet[str]) -> None:
        self.names = names
        former = _former_of(names)
        offered = {name for name in names if former.get(name, name) is not None}
        self._former = {_folded(name): now for name, now in former.items()}
        self.listed = _listed(sorted(offered))
        self._by_folded = {_folded(name): name for name in sorted(offered, reverse=True)}
        self._pairs = {folded: _letter_pairs(folded) for folded in sorted(self._by_folded)}
        # A vendor's own category names repeat from row to row, and comparing is slow.
        self.nearest = lru_cache(maxsize=1024)(self._nearest)

    def replaced_by(self, names: AbstractSet[str]) -> "Categories":
        """Return these categories if the names say the same, else those of the names."""
        return self if names == self.names and _former_of(names) == _former_of(self.names) else Categories(names)

    def became_of(self, text: str) -> tuple[bool, str | None]:
        """Tell whether the text was a category once, and return its present name; None for a retired one."""
        folded = _folded(text[: _LONGEST_CATEGORY + 1])
        return folded in self._former, self._former.get(folded)

    def _nearest(self, text: str) -> str | None:
        """Return the category that looks most like the text, or None when none comes close."""
        folded = _folded(text[: _LONGEST_CATEGORY + 1])
        if folded in self._by_folded:
            return self._by_folded[folded]
        if len(folded) > _LONGEST_CATEGORY:
            return None
        pairs = _letter_pairs(folded)
        shared = {name: len(pairs & others) for name, others in self._pairs.items()}
        likely = sorted((name for name, count in shared.items() if count), key=shared.__getitem__, reverse=True)
        close = get_close_matches(folded, likely[:_COMPARED], n=1)
        return self._by_folded[close[0]] if close else None


def _former_of(names: AbstractSet[str]) -> Mapping[str, str | None]:
    return names.former if isinstance(names, CategoryNames) else {}


def _folded(name: str) -> str:
    """Return the name as people compare it: without regard to case, spacing and "and" for "&"."""
    return " ".join(name.casefold().replace("&", " and ").split())


def _letter_pairs(name: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(name)))


def _listed(names: Iterable[str]) -> str:
    listed = ", ".join(shown(name) for name in names)
    if len(listed) <= _LONGEST_LIST:
        return listed
    return listed[:_LONGEST_LIST].rpartition(", ")[0] + ", …"
