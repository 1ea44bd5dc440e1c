"""Finds how a number should have been written, where there is only one way to read what was sent."""

import re
import unicodedata
from collections.abc import Iterator

_LONGEST = 40
_SAME_MARKS = str.maketrans({"\uff0e": ".", "\uff0c": ",", "\u066b": ".", "\u066c": "\u00a0"})
_WRAPPING = re.compile(r"=?[\"'\s]*(?:US\$|USD|\$)?\s*(.*?)\s*(?:USD|\$)?[\"'\s]*", re.DOTALL | re.IGNORECASE)
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?:([ '\u2019_\u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*)(?:[.,][0-9]+)?")
_COMMA_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})")
_POINT_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})")
# 1,299 may be one thousand or one and a bit; 19,99 and 0,250 can only have a decimal comma.
_DECIMAL_COMMA = re.compile(r"0,[0-9]+|[0-9]+,(?![0-9]{3}\Z)[0-9]+")
_THOUSANDS_OR_DECIMALS = re.compile(r"\+?[1-9][0-9]{0,2}\.[0-9]{3}")
_NO_CENTS = re.compile(r"(.*[0-9])([.,])\s?[-\u2013\u2014]{1,2}")  # 12,- and 12.--
_WHOLE = re.compile(r"\+?[0-9]+|[1-9][0-9]{0,2}([ '\u2019_\u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*")
_WHOLE_WITH_POINTS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_NO_DIGITS = re.compile(r"[^0-9]")
_UNFINISHED = re.compile(r"\+?[0-9]*\.?[0-9]*")
_NEGATIVE_ZERO = re.compile(r"-0+(?:\.0+)?")
_PERCENTAGE = re.compile(r"[+-]?[0-9][0-9.,]*\s*%")
_CURRENCIES = (
    "AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KRW|MXN|MYR|NOK|NZD|PHP|"
    "PLN|RMB|RON|RSD|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
)
"""Any three letters would do, but "5 pcs" and "12 May" are no amounts."""
_CURRENCY = re.compile(
    rf"(?:{_CURRENCIES})\s*[+-]?[0-9][0-9.,' ]*|[+-]?[0-9][0-9.,' ]*\s*(?:{_CURRENCIES})", re.IGNORECASE
)
_AROUND_AMOUNT = re.compile(rf"\A(?:{_CURRENCIES}|[A-Z]{{0,2}}\u00a4)\s*|\s*(?:{_CURRENCIES}|\u00a4)\Z", re.IGNORECASE)
"""A currency beside an amount; U+00A4 stands for the sign of any."""
_DIGIT = re.compile(r"[0-9]")
_EXPONENT = re.compile(r"[+-]?[0-9.,]+[eE][+-]?[0-9]+")


def plain_forms(text: str, *, decimal_comma: bool = False) -> Iterator[str]:
    """Yield plain ways to write the number that was meant, the most literal one first; none when it is ambiguous.

    `decimal_comma` says that the text is from a file with decimal commas. Its numbers have points by now; with anything
    around it, a number stands there as it was sent.
    """
    if len(text) > _LONGEST:
        return
    plain = _plain(text, decimal_comma=decimal_comma)
    if plain is None:
        return
    yield plain
    whole, point, decimals = plain.partition(".")
    while decimals.endswith("0"):
        decimals = decimals[:-1]
        yield whole + point + decimals if decimals else whole


def is_ambiguous(text: str) -> bool:
    """Tell whether a number with a point has two readings: 2.500 is two and a half, or two thousand five hundred."""
    return _THOUSANDS_OR_DECIMALS.fullmatch(text) is not None


def is_exponent(text: str) -> bool:
    """Tell whether the text is a number a spreadsheet shortened, such as 1.2E+05: its digits may be lost."""
    return _EXPONENT.fullmatch(text[:_LONGEST]) is not None


def is_percentage(text: str) -> bool:
    """Tell whether the text is a percentage, such as 15 %."""
    return _PERCENTAGE.fullmatch(text[:_LONGEST]) is not None


def has_digits(text: str) -> bool:
    """Tell whether the text has a digit at all: without one it is neither an amount nor a date."""
    return _DIGIT.search(text) is not None


def has_currency(text: str) -> bool:
    """Tell whether the text is an amount with a currency, such as 19.99 € or CHF 5; dollars are one, too."""
    short = text[:_LONGEST]
    signs = [c for c in short if unicodedata.category(c) == "Sc"]
    return bool(signs and any(c in "0123456789" for c in short)) or _CURRENCY.fullmatch(short) is not None


def has_other_currency(text: str) -> bool:
    """Tell whether the text is an amount with another currency than US dollars."""
    return has_currency(_without_dollars(text))


def _without_dollars(text: str) -> str:
    wrapped = _WRAPPING.fullmatch(text)
    return wrapped[1] if wrapped else text


def _amount(text: str) -> str:
    return _AROUND_AMOUNT.sub("", "".join("\u00a4" if unicodedata.category(c) == "Sc" else c for c in text))


def _plain(sent: str, *, decimal_comma: bool) -> str | None:
    text = sent
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text.translate(_SAME_MARKS))
    bare = _amount(_without_dollars(text))
    if no_cents := _NO_CENTS.fullmatch(bare):
        return _whole(no_cents[1], no_cents[2])
    if is_ambiguous(bare):
        if decimal_comma and bare != sent:
            return _NO_DIGITS.sub("", bare)
        if not decimal_comma:
            return None  # dollars do not tell: where pesos are written so, points stand between thousands
    if not any(c in "0123456789" for c in bare):
        return None
    if spaced := _SPACED.fullmatch(bare):
        return bare.replace(spaced[1], "").replace(",", ".")
    if _COMMA_GROUPS.fullmatch(bare):
        return bare.replace(",", "")
    if _POINT_GROUPS.fullmatch(bare):
        return bare.replace(".", "").replace(",", ".")
    if _DECIMAL_COMMA.fullmatch(bare):
        return bare.replace(",", ".")
    if _NEGATIVE_ZERO.fullmatch(bare):
        return bare[1:].partition(".")[0]
    if _UNFINISHED.fullmatch(bare):
        whole, point, decimals = bare.removeprefix("+").partition(".")
        return (whole or "0") + (point + decimals if decimals else "")
    return None


def _whole(number: str, decimal_sign: str) -> str | None:
    """Return the digits of a number without cents: with a comma before the missing ones, points separate thousands."""
    has_groups = decimal_sign == "," and _WHOLE_WITH_POINTS.fullmatch(number) is not None
    return _NO_DIGITS.sub("", number) if has_groups or _WHOLE.fullmatch(number) else None
