"""Signs and codes of currencies that stand beside amounts."""

from __future__ import annotations

import re
from functools import lru_cache

from lichen.kernel.money import currencies

DOLLARS = "USD AUD CAD NZD SGD HKD TWD MXN BRL CLP COP ARS UYU BBD BSD BZD FJD JMD NAD TTD XCD"

SIGNS: dict[str, str] = {
    "US$": "USD",
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

DOTTED = r"(?i:KR|FR|SFR|RS)\."
"""Signs that are also written with a point."""


def possible_currencies(mark: str) -> frozenset[str]:
    """The currencies that a sign or code beside an amount may mean."""
    return frozenset(SIGNS.get(mark, mark).split())


@lru_cache(maxsize=1)
def mark_pattern() -> str:
    """One sign or code, longest first so that `US$` is not read as `$`."""
    names = sorted({*SIGNS, *currencies()}, key=lambda name: (-len(name), name))
    return f"(?i:{'|'.join(map(re.escape, names))})"
