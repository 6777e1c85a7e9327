"""Money in minor units: an int64 and an ISO 4217 currency, rounded half to even, once."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """Every ISO 4217 code known to the CLDR data that Babel ships."""
    from babel.core import get_global

    return frozenset(get_global("all_currencies"))


@lru_cache(maxsize=512)
def currency_digits(currency: str) -> int:
    """How many decimal digits the currency's minor unit has (USD 2, JPY 0, KWD 3)."""
    from babel.numbers import get_currency_precision

    return int(get_currency_precision(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in minor units, rounded half to even."""
    scaled = amount.scaleb(currency_digits(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def from_minor(minor: int, currency: str) -> Decimal:
    """Minor units as an exact decimal amount in the currency's major unit."""
    return Decimal(minor).scaleb(-currency_digits(currency))


def convert_minor(minor: int, currency: str, into: str, rate: Decimal) -> int:
    """Minor units of `currency` as minor units of `into`; `rate` is `into` for one unit."""
    return to_minor(from_minor(minor, currency) * rate, into)
