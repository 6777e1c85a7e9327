"""What a value looks like, told from its text alone: dates, numbers, codes, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from lichen.vocabulary.entities import Kind

DAY = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{2,4}"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}|(19|20)\d{6}"
)
MOMENT = re.compile(
    rf"({DAY.pattern})[T ]\d{{1,2}}:\d{{2}}(:\d{{2}})?([.,]\d+)?( ?([AaPp][Mm]))?"
    r"( ?(Z|z|UTC|[+-]\d{2}(:?\d{2})?))?"
)
EPOCH = re.compile(r"1[0-9]{9}([0-9]{3})?")
MONTH = re.compile(r"\d{4}[-./]\d{2}|\d{2}[-./]\d{4}|(19|20)\d{2}(0[1-9]|1[0-2])")
INTEGER = re.compile(r"[+-]?(\d+|\d{1,3}([,.' ]\d{3})+)(\.0+)?")
NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}([,.' \u00a0]\d{3})+)?([.,]\d+)?([eE][+-]?\d+)?")
MONEY = re.compile(rf"\(?-?[A-Z]{{0,3}}[$€£¥₹]? ?({NUMBER.pattern}) ?([A-Z]{{3}}|[$€£¥₹%])?\)?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
DOMAIN = re.compile(r"(https?://)?([\w-]+\.)+[A-Za-z]{2,}(/\S*)?")
CODE = re.compile(r"[A-Za-z]{3}")
PHONE = re.compile(r"\+?[\d\s().-]{7,20}")
YES_NO = {"true", "false", "yes", "no", "y", "n", "t", "f", "0", "1", "ja", "nein", "oui", "non"}


def is_day(text: str) -> bool:
    """A date, in any of the usual orders."""
    return DAY.fullmatch(text) is not None


def is_moment(text: str) -> bool:
    """A date with a time of day."""
    return MOMENT.fullmatch(text) is not None


def is_dated(text: str) -> bool:
    """A date, with or without a time, or seconds since 1970."""
    return is_day(text) or is_moment(text) or EPOCH.fullmatch(text) is not None


def is_month(text: str) -> bool:
    """A month, or any date in it."""
    return MONTH.fullmatch(text) is not None or is_dated(text)


def is_integer(text: str) -> bool:
    """A whole number, thousands separated or not."""
    return INTEGER.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """A number with either decimal mark."""
    return any(letter.isdigit() for letter in text) and NUMBER.fullmatch(text) is not None


def is_money(text: str) -> bool:
    """A number that may carry a currency."""
    return any(letter.isdigit() for letter in text) and MONEY.fullmatch(text) is not None


def is_yes_or_no(text: str) -> bool:
    """A word for true or false."""
    return text.lower() in YES_NO


def is_currency(text: str) -> bool:
    """A code of three letters that names a currency, whatever its case."""
    from lichen.kernel.money import currencies

    return CODE.fullmatch(text) is not None and text.upper() in currencies()


def is_email(text: str) -> bool:
    """An e-mail address."""
    return EMAIL.fullmatch(text) is not None


def is_domain(text: str) -> bool:
    """A host name or the address of a web page."""
    return DOMAIN.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """A telephone number: digits in groups, not a date."""
    return PHONE.fullmatch(text) is not None and not is_dated(text) and not is_number(text)


FITS: dict[Kind, Callable[[str], bool]] = {
    Kind.INTEGER: is_integer,
    Kind.NUMBER: is_number,
    Kind.RATE: is_number,
    Kind.AMOUNT: is_money,
    Kind.BOOLEAN: is_yes_or_no,
    Kind.DATE: is_dated,
    Kind.INSTANT: is_dated,
    Kind.MONTH: is_month,
    Kind.CURRENCY: is_currency,
}
"""How the values of a kind look; kinds of text are not here."""


@lru_cache(maxsize=1 << 14)
def share(values: tuple[str, ...], fits: Callable[[str], bool]) -> float:
    """The share of the values for which it holds; 0 of none."""
    return sum(map(fits, values)) / len(values) if values else 0.0


def simple_type(values: Iterable[str]) -> str:
    """text, integer, number, date or boolean: what nearly all of the values are."""
    found = tuple(value for value in values if value)
    if not found:
        return "text"
    words: dict[str, Callable[[str], bool]] = {
        "boolean": lambda text: text.lower() in YES_NO - {"0", "1"},
        "date": lambda text: is_day(text) or is_moment(text),
        "integer": is_integer,
        "number": is_number,
    }
    return next((name for name, fits in words.items() if share(found, fits) >= 0.95), "text")
