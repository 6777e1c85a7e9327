"""Signs and codes of currencies that stand beside amounts."""

from __future__ import annotations

import re
from functools import lru_cache

from lichen.engines.text import literal, matches
from lichen.kernel.money import currencies

DOLLARS = "USD AUD CAD NZD SGD HKD TWD MXN BRL CLP COP ARS UYU BBD BSD BZD FJD JMD NAD TTD XCD"

SIGNS: dict[str, str] = {
    "US$": "USD",
    "$US": "USD",
    "$CA": "CAD",
    "$AU": "AUD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "S$": "SGD",
    "HK$": "HKD",
    "NT$": "TWD",
    "MX$": "MXN",
    "R$": "BRL",
    "$": DOLLARS,
    "€": "EUR",
    "£": "GBP EGP FKP GIP SHP SSP SYP LBP SDG",
    "¥": "JPY CNY",
    "￥": "JPY CNY",
    "CN¥": "CNY",
    "JP¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₪": "ILS",
    "₫": "VND",
    "₦": "NGN",
    "₱": "PHP",
    "₴": "UAH",
    "฿": "THB",
    "KR": "SEK NOK DKK ISK",
    "ZŁ": "PLN",
    "KČ": "CZK",
    "FT": "HUF",
    "FR": "CHF",
    "SFR": "CHF",
    "RS": "INR PKR LKR NPR MUR SCR",
}
"""Signs in capitals, with the currencies that they may mean."""


NUMERIC_TEXT = r"-0-9 .,'’()%+−\x{a0}\x{2009}\x{202f}"
"""All that a number consists of but its marks, as the inside of a class of letters."""

LETTERS = f"[^{NUMERIC_TEXT}]{{1,4}}"
"""What may be a mark."""


def possible_currencies(mark: str) -> frozenset[str]:
    """The currencies that a sign or code beside an amount may mean."""
    return frozenset(SIGNS.get(mark, mark).split())


@lru_cache(maxsize=1)
def _one_mark() -> str:
    """One sign or code, longest first so that `US$` is not read as `$`."""
    names = sorted({*SIGNS, *currencies()}, key=lambda name: (-len(name), name))
    return f"(?i:{'|'.join(map(re.escape, names))})"


def known_marks(cell: str) -> str:
    """SQL of whether a number has no mark beside it, or known ones before and after it."""
    lone = matches(cell, f"[{NUMERIC_TEXT}]*(?:{LETTERS})?[{NUMERIC_TEXT}]*")
    last = f"regexp_extract({cell}, {literal(f'({LETTERS})[{NUMERIC_TEXT}]*$')}, 1)"
    return (
        f"CASE WHEN NOT {matches(_letters(cell), f'(?:{_one_mark()})?')} THEN false "
        f"WHEN {lone} THEN true ELSE {matches(last, _one_mark())} END"
    )


def first_mark(cell: str) -> str:
    """SQL of the first mark beside a number, in capitals; null without one."""
    return f"nullif(upper({_letters(cell)}), '')"


def _letters(cell: str) -> str:
    return f"regexp_extract({cell}, {literal(LETTERS)})"
